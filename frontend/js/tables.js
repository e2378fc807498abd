/** Tables, pairs and folds. Each owns what it makes. */

import { make } from "./dom.js";

/**
 * @param {string[]} heads an empty one is a column of buttons or remarks
 * @param {(string | Node)[][]} rows the first cell names the row
 * @param {string} caption for those who do not see the heading above
 * @returns {HTMLElement} a table that scrolls sideways where it must
 */
export function makeTable(heads, rows, caption) {
  const head = make("tr", {}, heads.map((text) => (text === "" ? make("td") : make("th", { scope: "col", text }))));
  const body = rows.map((row) => make("tr", {}, row.map((cell, index) => make(index === 0 ? "th" : "td", index === 0 ? { scope: "row" } : {}, [cell]))));
  const table = make("table", heads.length > 3 ? { class: "broad" } : {}, [make("caption", { class: "unseen", text: caption }), make("thead", {}, [head]), make("tbody", {}, body)]);
  return make("div", { class: "table", tabindex: 0, role: "region", "aria-label": caption }, [table]);
}

/**
 * @param {[string, string][]} pairs
 * @returns {HTMLElement}
 */
export function makePairs(pairs) {
  return make("dl", { class: "pairs" }, pairs.map(([name, value]) => make("div", {}, [make("dt", { text: name }), make("dd", { text: value })])));
}

/**
 * @param {string} title
 * @param {Node[]} children
 * @returns {HTMLElement} closed until it is opened
 */
export function makeFold(title, children) {
  return make("details", { class: "fold wide" }, [make("summary", { text: title }), ...children]);
}
