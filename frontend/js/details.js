/**
 * What the report tells about a result. Owns its element; sends `run` upward when a point of the curve is used, and
 * `forget` when the service is to delete what it has.
 * @typedef {import("./job.js").Job} Job
 * @typedef {import("./job.js").Report} Report
 * @typedef {import("./store.js").Files} Files
 */

import { Adjust } from "./adjust.js";
import { colorsAt, drawCurve, pickLandmarks, scoreOf } from "./curve.js";
import { make, send } from "./dom.js";
import { formatBytes, formatNumber, formatScore } from "./format.js";
import { describeCost, describeFile, describeMetadata, describeMetrics, listClocks } from "./facts.js";
import { makeContest } from "./contest.js";
import { paletteOf } from "./job.js";
import { makePalette } from "./palette.js";
import { Receipt } from "./receipt.js";
import { makeFold, makePairs, makeTable } from "./tables.js";

const CURVE_HEIGHT = 260;

/** The panel under a row. */
export class Details {
  /** @type {import("./curve.js").CurvePoint[]} */
  #curve = [];
  /** @type {Receipt | undefined} */
  #receipt;

  /**
   * @param {Job} job with an outcome
   * @param {Files} files
   */
  constructor(job, files) {
    this.why = make("p", { class: "why" });
    this.drawing = make("div", { class: "curve-frame" });
    this.adjust = new Adjust({});
    this.body = make("div", { class: "details-body" });
    this.element = make("div", { class: "details" }, [this.why, this.drawing, this.adjust.element, this.body]);
    this.drawing.addEventListener("click", (event) => this.#use(event));
    this.body.addEventListener("click", (event) => this.#use(event));
    new ResizeObserver(() => this.#draw()).observe(this.drawing);
    this.update(job, files);
  }

  /**
   * Shows another result in place; the focus stays where it was.
   * @param {Job} job with an outcome
   * @param {Files} files
   */
  update(job, files) {
    const { report, options } = /** @type {import("./job.js").Outcome} */ (job.outcome);
    const focused = document.activeElement instanceof HTMLElement && this.body.contains(document.activeElement) ? document.activeElement.dataset.colors : undefined;
    this.#curve = report.curve ?? [];
    this.why.textContent = [report.why, ...(report.notes ?? [])].filter(Boolean).join(" ");
    this.drawing.hidden = this.#curve.length === 0;
    this.adjust.show(report.decision?.colors ?? 256, options);
    this.#receipt?.close();
    this.#receipt = new Receipt(job, files);
    this.body.replaceChildren(...this.#sections(report));
    this.#draw();
    if (focused !== undefined) /** @type {HTMLElement | null} */ (this.body.querySelector(`button[data-colors="${focused}"]`))?.focus();
  }

  #draw() {
    const width = Math.round(this.drawing.clientWidth);
    if (width === 0 || this.#curve.length === 0) return;
    this.drawing.replaceChildren(drawCurve(this.#curve, { width, height: CURVE_HEIGHT }, this.#summary()));
  }

  /** @returns {string} */
  #summary() {
    const chosen = this.#curve.find((point) => point.chosen);
    const spoken = chosen ? `K ${chosen.colors} was chosen: quality ${formatScore(scoreOf(chosen))}${chosen.bytes === null ? "" : `, ${formatBytes(chosen.bytes)}`}.` : "";
    return `Quality and bytes against K, from ${this.#curve[0].colors} to ${this.#curve.at(-1)?.colors} colours. ${spoken} The table below says the same.`;
  }

  /** @param {MouseEvent} event on the drawing or on a button of its table */
  #use(event) {
    if (!(event.target instanceof Element)) return;
    const named = event.target.closest("[data-colors]")?.getAttribute("data-colors");
    const frame = this.drawing.getBoundingClientRect();
    const colors = named ?? (this.drawing.contains(event.target) ? colorsAt(this.#curve, event.clientX - frame.left, frame.width) : null);
    if (colors === null) return;
    const { quality: _quality, target: _target, ...rest } = this.adjust.options;
    send(this.element, "run", { ...rest, colors: Number(colors) });
  }

  /**
   * @param {Report} report
   * @returns {HTMLElement[]}
   */
  #sections(report) {
    const section = (/** @type {string} */ title, /** @type {Node[]} */ children, wide = false) =>
      make("section", wide ? { class: "wide" } : {}, [make("h4", { text: title }), ...children]);
    const parts = [];
    if (this.#curve.length > 0) parts.push(makeFold("The curve as a table", [this.#table()]));
    if (report.palette?.length) parts.push(section(`${paletteOf(report) === null ? "Best palette" : "Palette"}, ${formatNumber(report.palette.length, "colour")}`, [makePalette(report.palette)], true));
    if (report.contest?.length)
      {parts.push(section("The contest", [makeContest(report, "What each way of writing this image weighs")], true));}
    if (report.metrics) parts.push(section("Likeness to the original", [makePairs(describeMetrics(report))]));
    if (report.timings_ms) parts.push(section("Time", [makePairs(listClocks(report))]));
    parts.push(section("Metadata", [makePairs(describeMetadata(report))]));
    if (report.cost) parts.push(section("Cost of this image", [makePairs(describeCost(report))]));
    parts.push(section("Files", [makePairs(describeFile(report)), ...(this.#receipt ? [this.#receipt.element] : [])], true));
    if (this.#receipt) parts.push(this.#receipt.json);
    return parts;
  }

  /** Lets go of what runs. */
  close() {
    this.#receipt?.close();
    this.element.remove();
  }

  /** @returns {HTMLElement} */
  #table() {
    const rows = pickLandmarks(this.#curve).map((point) => [
      `K ${point.colors}${point.chosen ? ", chosen" : ""}`,
      `${formatScore(scoreOf(point))}${point.score === null ? " (predicted)" : ""}`,
      point.bytes === null ? "not tried" : formatBytes(point.bytes),
      make("button", { type: "button", class: "button", "data-colors": point.colors, text: "Use", "aria-label": `Use K ${point.colors}` }),
    ]);
    return makeTable(["Colours", "Quality", "Size", ""], rows, "Quality and size for each K");
  }
}
