/**
 * One row of the list. Owns its element; sends `row-act` upward with what was pressed.
 * @typedef {import("./job.js").Job} Job
 */

import { find, send } from "./dom.js";
import { formatChange, formatSaved } from "./format.js";
import { isActive } from "./job.js";
import { describeJob } from "./stages.js";
import { drawThumbnail } from "./thumbnail.js";

const LONG = 2;

/** @type {Record<string, (job: Job) => boolean>} */
const OFFERED = {
  download: (job) => job.state === "done",
  compare: (job) => job.outcome !== null,
  details: (job) => job.outcome !== null,
  retry: (job) => job.state === "cancelled" || (job.state === "failed" && job.problem?.retryable !== false),
  restore: (job) => job.state === "failed" && job.outcome !== null,
  cancel: isActive,
  delete: (job) => !isActive(job),
};

/** The view of a job. */
export class Row {
  #address = "";
  #leaving = false;

  /**
   * @param {HTMLTemplateElement} template
   * @param {Job} job
   */
  constructor(template, job) {
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.element = find(copy, "li", HTMLLIElement);
    this.element.dataset.id = job.id;
    find(this.element, ".row-name", HTMLElement).textContent = job.folder + job.name;
    find(this.element, ".row-name", HTMLElement).title = job.folder + job.name;
    find(this.element, ".row-bar", HTMLElement).setAttribute("aria-label", `Progress of ${job.name}`);
    for (const button of this.#buttons()) {
      const word = button.textContent?.trim();
      button.setAttribute("aria-label", `${word} ${job.name}`);
      button.addEventListener("click", (event) => this.#press(event, button.dataset.act));
    }
    this.job = job;
    this.update(job);
  }

  /**
   * @param {MouseEvent} event
   * @param {string} [act]
   */
  #press(event, act) {
    // What the first click of two has done may have put another button, or another row, under the pointer.
    if (event.detail > 1 || this.#leaving) event.preventDefault();
    else send(this.element, "row-act", { id: this.job.id, act });
  }

  /** @returns {HTMLElement[]} */
  #buttons() {
    return [...this.element.querySelectorAll("[data-act]")].filter((button) => button instanceof HTMLElement);
  }

  /**
   * Shows a job's state.
   * @param {Job} job
   */
  update(job) {
    this.job = job;
    this.element.dataset.state = job.state;
    find(this.element, ".row-line", HTMLElement).textContent = this.#leaving ? "Deleting here and on the service…" : describeJob(job);
    const bar = find(this.element, ".row-bar", HTMLProgressElement);
    bar.hidden = !isActive(job) && !this.#leaving;
    if (this.#leaving || job.state === "waiting" || job.state === "compressing") bar.removeAttribute("value");
    else bar.value = job.progress;
    this.#showSaved(job);
    for (const button of this.#buttons()) button.hidden = !OFFERED[button.dataset.act ?? ""]?.(job);
  }

  /**
   * Shows that the row is being deleted, for which a slow service may take its time; until then nothing can be pressed.
   * @param {boolean} on
   */
  leave(on) {
    this.#leaving = on;
    this.element.setAttribute("aria-busy", String(on));
    this.update(this.job);
  }

  /** @param {Job} job */
  #showSaved(job) {
    const saved = find(this.element, ".row-saved", HTMLElement);
    const { input, output } = job.outcome?.report ?? {};
    if (job.state !== "done" || !output) {
      saved.textContent = "";
      return;
    }
    const change = 1 - output.bytes / input.bytes;
    saved.textContent = change > 0 ? `−${formatSaved(change)}` : "±0 %";
    saved.title = formatChange(input.bytes, output.bytes);
  }

  /**
   * Draws the thumbnail; a format that browsers cannot show gets its name instead.
   * @param {Blob} blob
   * @param {Job} job
   */
  async picture(blob, job) {
    const label = /^image\/[a-z]{2,5}$/.test(job.type) ? job.type.slice(6).toUpperCase() : "?";
    const ratio = job.width / job.height;
    // Of a long strip, such as a written name, a square cut from the middle says nothing: it is fitted by its long side.
    const whole = ratio > LONG || ratio < 1 / LONG;
    const canvas = find(this.element, "canvas", HTMLCanvasElement);
    const drawn = await drawThumbnail(canvas, blob, whole ? ratio < 1 : ratio > 1);
    find(this.element, ".thumb-label", HTMLElement).textContent = drawn ? "" : label;
    canvas.classList.toggle("whole", whole);
  }

  /**
   * Lets the download button hand out a file.
   * @param {Blob} blob
   * @param {string} name
   */
  offer(blob, name) {
    this.#revoke();
    this.#address = URL.createObjectURL(blob);
    const link = find(this.element, "[data-act=download]", HTMLAnchorElement);
    link.href = this.#address;
    link.download = name;
  }

  /**
   * @param {"compare" | "details"} kind
   * @returns {HTMLElement} the panel under the row
   */
  panel(kind) {
    return find(this.element, `[data-panel=${kind}]`, HTMLElement);
  }

  /**
   * Opens or closes a panel.
   * @param {"compare" | "details"} kind
   * @param {boolean} open
   */
  toggle(kind, open) {
    this.panel(kind).hidden = !open;
    find(this.element, `[data-act=${kind}]`, HTMLElement).setAttribute("aria-expanded", String(open));
  }

  /**
   * Brings the focus back to the row when the button that had it is gone.
   * @param {boolean} [always] also where the focus is elsewhere
   */
  refocus(always = false) {
    const active = document.activeElement;
    const lost = active === null || active === document.body || (this.element.contains(active) && active instanceof HTMLElement && active.hidden);
    if (lost || always) this.#buttons().find((button) => !button.hidden)?.focus();
  }

  /** Takes the row off the page. */
  remove() {
    this.#revoke();
    this.element.remove();
  }

  #revoke() {
    if (this.#address !== "") URL.revokeObjectURL(this.#address);
  }
}
