/** The contest as a table whose sizes are bars too: what won, what lost, and by how much. */

import { listContest, rankContest } from "./facts.js";
import { make } from "./dom.js";
import { makeTable } from "./tables.js";

/**
 * A length beside its number; the number alone is read out.
 * @param {string} text
 * @param {number} share of the full length, 0 to 1
 * @param {"" | "chosen" | "foretold"} [kind]
 * @returns {HTMLElement}
 */
export function makeBar(text, share, kind = "") {
  const bar = make("span", { class: `bar ${kind}`.trim(), "aria-hidden": "true" });
  bar.style.setProperty("--share", String(Math.min(1, Math.max(0, share))));
  return make("div", { class: "barred" }, [bar, make("span", { text })]);
}

/**
 * @param {import("./job.js").Report} report
 * @param {string} caption
 * @returns {HTMLElement}
 */
export function makeContest(report, caption) {
  const ranked = rankContest(report);
  const most = Math.max(...ranked.map(({ bytes }) => bytes));
  const rows = listContest(report).map(([file, size, quality, remark], index) => {
    const { bytes, chosen, predicted } = ranked[index];
    return [file, makeBar(size, bytes / most, chosen ? "chosen" : predicted ? "foretold" : ""), quality, remark];
  });
  const table = makeTable(["File", "Size", "Quality", ""], rows, caption);
  table.classList.add("contest");
  return table;
}
