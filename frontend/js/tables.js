/** Tables, pairs and folds. Each owns what it makes. */

import { make } from "./dom.js";

/* Roles are named, since a narrow window lays some tables out as blocks. */

/**
 * @param {string[]} heads an empty one is a column of buttons or remarks
 * @param {(string | Node)[][]} rows the first cell names the row
 * @param {string} caption for those who do not see the heading above
 * @returns {HTMLElement} a table that scrolls sideways where it must
 */
export function makeTable(heads, rows, caption) {
  const head = make("tr", { role: "row" }, heads.map((text) => (text === "" ? make("td", { role: "cell" }) : make("th", { scope: "col", role: "columnheader", text }))));
  const body = rows.map((row) => make("tr", { role: "row" }, row.map((cell, index) => (index === 0 ? make("th", { scope: "row", role: "rowheader" }, [cell]) : make("td", { role: "cell" }, [cell])))));
  const table = make("table", { role: "table", ...(heads.length > 3 ? { class: "broad" } : {}) }, [
    make("caption", { class: "unseen", text: caption }), make("thead", { role: "rowgroup" }, [head]), make("tbody", { role: "rowgroup" }, body)]);
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
