/**
 * Another K or another target for one image. Owns its element; sends `run` upward with the options, a quarter of a
 * second after the last change.
 * @typedef {import("./settings.js").Options} Options
 */

import { make, send } from "./dom.js";
import { readTarget } from "./settings.js";

const PAUSE_MS = 250;

/**
 * The K that a key moves to. Pure.
 * @param {string} key of a keyboard event
 * @param {number} colors
 * @returns {number | null} null for keys that move nothing
 */
export function stepColors(key, colors) {
  /** @type {Record<string, number>} */
  const moves = {
    ArrowLeft: colors - 1, ArrowDown: colors - 1, ArrowRight: colors + 1, ArrowUp: colors + 1,
    PageDown: Math.round(colors / Math.SQRT2), PageUp: Math.round(colors * Math.SQRT2), Home: 2, End: 256,
  };
  return key in moves ? Math.min(256, Math.max(2, moves[key])) : null;
}

/** Slider and numbers under the curve. */
export class Adjust {
  #timer = 0;
  #colors = 2;

  /** @param {Options} options those of the run that is shown */
  constructor(options) {
    this.options = options;
    this.slider = make("input", { type: "range", min: 1, max: 8, step: "any", class: "adjust-slider", "aria-label": "K, the number of colours" });
    this.number = make("input", { type: "number", min: 2, max: 256, inputmode: "numeric", "aria-label": "K, typed" });
    this.target = make("input", { type: "text", placeholder: "60% or 200kB", autocomplete: "off", "aria-label": "Target size" });
    const auto = make("button", { type: "button", class: "button", text: "Auto K" });
    this.element = make("div", { class: "adjust" }, [
      this.slider,
      make("div", { class: "adjust-line" }, [
        make("label", {}, ["K ", this.number]), make("label", {}, ["Target ", this.target]), auto,
        make("span", { class: "hint", text: "A change runs this image again; nothing is uploaded twice." }),
      ]),
    ]);
    auto.addEventListener("click", () => this.#give({}));
    this.#listen();
  }

  #listen() {
    this.slider.addEventListener("input", () => this.#choose(Math.round(2 ** Number(this.slider.value))));
    this.slider.addEventListener("keydown", (event) => {
      const colors = stepColors(event.key, Number(this.number.value));
      if (colors === null) return;
      event.preventDefault();
      this.#choose(colors);
    });
    this.number.addEventListener("change", () => {
      if (this.number.value !== "" && this.number.validity.valid) this.#choose(Number(this.number.value));
      else this.#mark(this.#colors);
    });
    this.target.addEventListener("change", () => {
      const target = readTarget(this.target.value);
      this.target.setAttribute("aria-invalid", String(target === undefined && this.target.value !== ""));
      if (target !== undefined) this.#give({ target });
    });
  }

  /**
   * Shows what was decided.
   * @param {number} colors
   * @param {Options} options
   */
  show(colors, options) {
    this.options = options;
    this.#mark(colors);
    this.target.value = options.target ?? "";
  }

  /** @param {number} colors */
  #mark(colors) {
    this.#colors = colors;
    this.slider.value = String(Math.log2(Math.max(2, colors)));
    this.slider.setAttribute("aria-valuetext", `${colors} colours`);
    this.number.value = String(Math.max(2, colors));
  }

  /** @param {number} colors */
  #choose(colors) {
    this.#mark(colors);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#give({ colors }), PAUSE_MS);
  }

  /** @param {Options} goal replaces quality, colours and target; everything else stays */
  #give(goal) {
    clearTimeout(this.#timer);
    const { quality: _quality, colors: _colors, target: _target, ...rest } = this.options;
    send(this.element, "run", { ...rest, ...goal });
  }
}
