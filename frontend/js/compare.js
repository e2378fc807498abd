/**
 * The two-up: original and result in one place, a native range input as the divider, one view for both.
 * @typedef {{ original: Blob | string, result: Blob | string, report: import("./job.js").Report, most?: number }} Pair
 *   `most` is the largest scale that "Fit" may choose; unless told, 1, and more for icons.
 */

import { make } from "./dom.js";
import { formatBytes, formatChange } from "./format.js";
import { watchGestures } from "./gestures.js";
import { paletteOf } from "./job.js";
import { centre, enlargement, fit, pan, readPercent, showTile, zoomAt } from "./viewport.js";
import { findWorst } from "./worst.js";

const STEP = 1.25;
const [NARROW_PX, MARGINS_PX] = [600, 50];

/**
 * Says how good a result is. Pure.
 * @param {import("./job.js").Report} report
 * @returns {string} such as "K 48 · score 72 · SSIM 0.982"
 */
export function describeLikeness(report) {
  const { metrics } = report;
  const colors = paletteOf(report);
  const words = colors === null ? [] : [`K ${colors}`];
  if (metrics?.ssimulacra2 != null) words.push(`score ${metrics.ssimulacra2.toFixed(0)}`);
  if (metrics?.ssim != null) words.push(`SSIM ${metrics.ssim.toFixed(3)}`);
  return words.join(" · ");
}

/**
 * Says a result in one line, for those who do not see the picture. Pure.
 * @param {import("./job.js").Report} report
 * @returns {string} such as "K 48, 71 % smaller, score 72, SSIM 0.982"
 */
export function summarize(report) {
  const { input, output, metrics } = report;
  const colors = paletteOf(report);
  const words = [...(colors === null ? [] : [`K ${colors}`]), formatChange(input.bytes, output.bytes)];
  if (metrics?.ssimulacra2 != null) words.push(`score ${metrics.ssimulacra2.toFixed(0)}`);
  if (metrics?.ssim != null) words.push(`SSIM ${metrics.ssim.toFixed(3)}`);
  return words.join(", ");
}

/** One comparison. Owns its element; keys work while the focus is inside it. */
export class Compare {
  /** @type {import("./viewport.js").View} */
  #view = { scale: 1, x: 0, y: 0 };
  #fitted = true;
  /** @type {string[]} */
  #addresses = [];

  /** @param {Pair} pair */
  constructor(pair) {
    const { input, output } = pair.report;
    this.picture = { width: output.width, height: output.height };
    if (input.width * input.height > output.width * output.height && input.width / input.height > 0)
      {this.picture = { width: input.width, height: input.height };}
    this.pair = { ...pair, most: pair.most ?? enlargement(this.picture) };
    this.original = this.#image(pair.original, "Original");
    this.result = this.#image(pair.result, "Result");
    this.split = make("input", { type: "range", class: "split", min: 0, max: 100, step: 1, value: 50, "aria-label": "Divider between original and result" });
    this.mark = make("div", { class: "worst", hidden: true });
    this.tag = make("span", { class: "tag tag-after", "aria-hidden": "true", text: `Result ${formatBytes(output.bytes)}` });
    this.before = make("div", { class: "layer before" }, [this.original]);
    this.after = make("div", { class: "layer after" }, [this.result]);
    this.stage = make("div", { class: "stage", tabindex: -1 }, [
      make("div", { class: "layers" }, [this.before, this.after]),
      this.mark,
      make("div", { class: "divider", "aria-hidden": "true" }),
      make("span", { class: "tag tag-before", "aria-hidden": "true", text: `Original ${formatBytes(input.bytes)}` }),
      this.tag,
      this.split,
    ]);
    // A guess until the stage is on the page and knows its width, so that nothing turns over before the eyes.
    this.stage.classList.toggle("upright", document.documentElement.clientWidth - MARGINS_PX < NARROW_PX);
    this.stage.style.setProperty("--ratio", `${this.picture.width} / ${this.picture.height}`);
    this.percent = make("input", { type: "text", class: "zoom-value", inputmode: "numeric", autocomplete: "off", "aria-label": "Zoom, in percent" });
    this.change = make("strong", { class: "change" });
    this.likeness = make("p", { class: "likeness" });
    this.why = make("p", { class: "why" });
    const told = make("figcaption", {}, [make("div", {}, [this.change, this.likeness]), this.why]);
    this.element = make("figure", { class: "compare" }, [this.stage, this.#tools(), told]);
    this.#tell(pair.report);
    if (pair.most === undefined && this.pair.most !== 1) this.#toggleSharp();
    this.#listen();
  }

  /** @param {import("./job.js").Report} report */
  #tell(report) {
    this.change.textContent = formatChange(report.input.bytes, report.output.bytes);
    this.likeness.textContent = describeLikeness(report);
    this.why.textContent = report.why ?? "";
    this.element.setAttribute("aria-label", summarize(report));
  }

  /**
   * @param {Blob | string} source
   * @param {string} alt
   * @returns {HTMLImageElement}
   */
  #image(source, alt) {
    const address = typeof source === "string" ? source : URL.createObjectURL(source);
    if (typeof source !== "string") this.#addresses.push(address);
    const { width, height } = this.picture;
    const image = make("img", { src: address, alt, width, height, draggable: "false", decoding: "async" });
    // Only what is decoded hides the ground: nothing flashes through meanwhile.
    image.addEventListener("load", () => image.decode().catch(() => {}).then(() => image.classList.add("loaded")));
    image.addEventListener("error", () => this.stage.classList.add("unshown"));
    return image;
  }

  /**
   * Shows another result of the same original; view and divider stay.
   * @param {Blob} result
   * @param {import("./job.js").Report} report
   */
  update(result, report) {
    if (result === this.pair.result) return;
    this.pair = { ...this.pair, result, report };
    this.#addresses.push(URL.createObjectURL(result));
    this.result.src = this.#addresses.at(-1) ?? "";
    this.tag.textContent = `Result ${formatBytes(report.output.bytes)}`;
    if (this.ground) this.ground.hidden = report.output.format === "jpeg";
    this.#tell(report);
    this.mark.hidden = true;
    this.tile = undefined;
  }

  /** @returns {HTMLElement} */
  #tools() {
    /** @type {(label: string, act: () => void, attributes?: Record<string, string>) => HTMLButtonElement} */
    const button = (label, act, attributes = {}) => {
      const element = make("button", { type: "button", class: "button", text: label, ...attributes });
      element.addEventListener("click", act);
      return element;
    };
    this.hold = button("Hold for original", () => {}, { title: "Hold the Space bar" });
    this.difference = button("Difference", () => this.#toggleDifference(), { "aria-pressed": "false", title: "Differences, eight times as strong (D)" });
    this.sharp = button("Pixels", () => this.#toggleSharp(), { "aria-pressed": "false", title: "Draw pixels as squares when zoomed in" });
    this.ground = button("Plain ground", () => this.#toggleGround(), { "aria-pressed": "false", title: "No checks behind what is transparent" });
    // A JPEG holds no transparency that could show the ground.
    this.ground.hidden = this.pair.report.output.format === "jpeg";
    return make("div", { class: "compare-tools", role: "toolbar", "aria-label": "View" }, [
      make("span", { class: "zoom" }, [
        button("−", () => this.#zoom(1 / STEP), { "aria-label": "Zoom out" }), this.percent,
        button("+", () => this.#zoom(STEP), { "aria-label": "Zoom in" })]),
      button("Fit", () => this.#fit(), { title: "The whole picture (0)" }),
      button("1:1", () => this.#actual(), { title: "Actual pixels (1)" }),
      this.hold, this.difference,
      button("Worst spot", () => this.#jump(), { title: "Where result and original differ most (W)" }),
      this.sharp, this.ground,
    ]);
  }

  #listen() {
    this.split.addEventListener("input", () => this.#showSplit());
    // Keys work where the hand was. The press has put the focus on the stage, without a ring, so none is drawn here.
    this.stage.addEventListener("click", () => this.split.focus({ preventScroll: true }));
    watchGestures(this.stage, {
      onPan: (dx, dy) => this.#set(pan(this.#view, dx, dy, this.picture, this.#room())),
      onZoom: (factor, point) => this.#set(zoomAt(this.#view, factor, point, this.picture, this.#room())),
    });
    this.percent.addEventListener("change", () => this.#zoomTo(this.percent.value));
    this.stage.addEventListener("dblclick", () => (this.#fitted ? this.#actual() : this.#fit()));
    this.element.addEventListener("keydown", (event) => this.#press(event));
    this.element.addEventListener("keyup", (event) => event.key === " " && this.#peek(false));
    this.element.addEventListener("focusout", () => this.#peek(false));
    this.hold?.addEventListener("pointerdown", () => this.#peek(true));
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) this.hold?.addEventListener(end, () => this.#peek(false));
    new ResizeObserver(() => this.#resize()).observe(this.stage);
    this.#showSplit();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === this.percent) return;
    const held = event.target === this.hold;
    if (event.key === " " && (held || !(event.target instanceof HTMLButtonElement))) {
      event.preventDefault();
      this.#peek(true);
      return;
    }
    /** @type {Record<string, () => void>} */
    const keys = {
      "+": () => this.#zoom(STEP), "=": () => this.#zoom(STEP), "-": () => this.#zoom(1 / STEP),
      0: () => this.#fit(), 1: () => this.#actual(), d: () => this.#toggleDifference(), w: () => this.#jump(),
    };
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #showSplit() {
    const share = Number(this.split.value);
    this.stage.style.setProperty("--split", `${share}%`);
    this.split.setAttribute("aria-valuetext", `showing ${share} % original`);
  }

  /** @param {boolean} on */
  #peek(on) {
    this.stage.classList.toggle("peek", on);
  }

  #toggleDifference() {
    const on = this.stage.classList.toggle("difference");
    this.difference?.setAttribute("aria-pressed", String(on));
  }

  #toggleSharp() {
    const pixels = this.stage.classList.toggle("pixels");
    this.sharp?.setAttribute("aria-pressed", String(pixels));
  }

  #toggleGround() {
    const bare = this.stage.classList.toggle("bare");
    this.ground?.setAttribute("aria-pressed", String(bare));
  }

  async #jump() {
    const tile = this.#scaleTile(this.pair.report.metrics?.worst_tile) ?? (await findWorst(this.original, this.result, this.picture));
    if (!tile) return;
    this.mark.hidden = false;
    this.tile = tile;
    this.#set(showTile(tile, this.picture, this.#room()));
  }

  /**
   * @param {{ x: number, y: number, size: number } | undefined} tile in the result's pixels
   * @returns {{ x: number, y: number, size: number } | null} in the pixels of the shared view
   */
  #scaleTile(tile) {
    if (!tile) return null;
    const ratio = this.picture.width / this.pair.report.output.width;
    return { x: tile.x * ratio, y: tile.y * ratio, size: tile.size * ratio };
  }

  /** @returns {import("./viewport.js").Size} */
  #room() {
    return { width: this.stage.clientWidth, height: this.stage.clientHeight };
  }

  /** @param {number} factor */
  #zoom(factor) {
    const { width, height } = this.#room();
    this.#set(zoomAt(this.#view, factor, { x: width / 2, y: height / 2 }, this.picture, { width, height }));
  }

  /** @param {string} text a percentage, as it was typed; what is none leaves the zoom as it is */
  #zoomTo(text) {
    const share = readPercent(text);
    if (share === null) this.#set(this.#view, this.#fitted);
    else this.#zoom(share / devicePixelRatio / this.#view.scale);
  }

  #fit() {
    this.#set(fit(this.picture, this.#room(), this.pair.most), true);
  }

  #actual() {
    this.#set(centre(this.picture, this.#room(), 1 / devicePixelRatio));
  }

  #resize() {
    const narrow = this.stage.clientWidth < NARROW_PX;
    this.stage.classList.toggle("upright", narrow);
    if (this.#fitted) this.#fit();
    else this.#set(this.#view);
  }

  /**
   * @param {import("./viewport.js").View} view
   * @param {boolean} [fitted]
   */
  #set(view, fitted = false) {
    this.#view = view;
    this.#fitted = fitted;
    this.stage.classList.toggle("zoomed", !fitted);
    const { style } = this.stage;
    style.setProperty("--x", `${view.x}px`);
    style.setProperty("--y", `${view.y}px`);
    style.setProperty("--scale", String(view.scale));
    this.percent.value = `${Math.round(view.scale * devicePixelRatio * 100)} %`;
    if (this.tile) {
      style.setProperty("--tile-x", `${view.x + this.tile.x * view.scale}px`);
      style.setProperty("--tile-y", `${view.y + this.tile.y * view.scale}px`);
      style.setProperty("--tile-size", `${this.tile.size * view.scale}px`);
    }
  }

  /** Lets go of the images. */
  close() {
    for (const address of this.#addresses) URL.revokeObjectURL(address);
    this.element.remove();
  }
}
