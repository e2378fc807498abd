/**
 * The palette as swatches with shares.
 * @typedef {{ hex: string, alpha: number, share: number }} Swatch
 */

import { make } from "./dom.js";
import { formatPercent } from "./format.js";

const SHOWN = 24;

/**
 * Writes a colour as CSS does. Pure.
 * @param {Pick<Swatch, "hex" | "alpha">} swatch `alpha` from 0 to 255
 * @returns {string} such as "#1b2021", or "#1b202180" where it is half transparent
 */
function writeColor({ hex, alpha }) {
  return alpha < 255 ? hex + alpha.toString(16).padStart(2, "0") : hex;
}

/**
 * Names a colour for people. Pure.
 * @param {Pick<Swatch, "hex" | "alpha">} swatch
 * @returns {string} what CSS calls it; what cannot be seen has no hue
 */
export function nameColor(swatch) {
  return swatch.alpha === 0 ? "transparent" : writeColor(swatch);
}

/**
 * Writes a palette as CSS custom properties. Pure.
 * @param {readonly Swatch[]} palette
 * @returns {string}
 */
export function writeCss(palette) {
  const lines = palette.map((swatch, index) => `  --color-${index + 1}: ${writeColor(swatch)};`);
  return `:root {\n${lines.join("\n")}\n}\n`;
}

/**
 * @param {Swatch} swatch
 * @returns {HTMLElement}
 */
function makeSwatch(swatch) {
  const chip = make("span", { class: "chip", "aria-hidden": "true" });
  chip.style.setProperty("--chip", writeColor(swatch));
  return make("li", {}, [chip, make("code", { text: nameColor(swatch) }), make("span", { class: "share", text: formatPercent(swatch.share, 1) })]);
}

/**
 * @param {readonly Swatch[]} palette
 * @returns {HTMLElement} the colours in proportion, beside each other
 */
export function makeStrip(palette) {
  const strip = make("div", { class: "strip", "aria-hidden": "true" });
  for (const swatch of palette) {
    const part = make("span");
    part.style.setProperty("--chip", writeColor(swatch));
    part.style.setProperty("flex-grow", String(swatch.share));
    strip.append(part);
  }
  return strip;
}

/**
 * @param {readonly Swatch[]} palette
 * @returns {HTMLElement} a strip in proportion, the swatches by falling share, and a button that copies them as CSS
 */
export function makePalette(palette) {
  const copy = make("button", { type: "button", class: "button", text: "Copy as CSS" });
  copy.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(writeCss(palette)).then(() => true, () => false);
    copy.textContent = copied ? "Copied" : "Not copied: the browser refused";
  });
  const sorted = [...palette].sort((a, b) => b.share - a.share);
  const list = make("ul", { class: "swatches" }, sorted.slice(0, SHOWN).map(makeSwatch));
  const actions = make("div", { class: "palette-actions" }, [copy]);
  if (palette.length > SHOWN) {
    const more = make("button", { type: "button", class: "button", text: `Show all ${palette.length}` });
    more.addEventListener("click", () => {
      list.append(...sorted.slice(SHOWN).map(makeSwatch));
      more.remove();
      copy.focus();
    });
    actions.append(more);
  }
  return make("div", { class: "palette" }, [makeStrip(palette), list, actions]);
}
