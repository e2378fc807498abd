/** What the tab says while the page is out of sight. Pure. */

import { formatSaved } from "./format.js";

const NAME = "Auto-K";

/**
 * @param {{ done: number, active: number, before: number, after: number }} sum of all rows
 * @param {number} rows how many there are
 * @returns {string} how far the work is, then what it saved; empty where there is nothing to tell
 */
export function describeTab({ done, active, before, after }, rows) {
  if (active > 0) return `${rows - active} of ${rows} · ${NAME}`;
  if (done > 0 && before > after) return `${formatSaved(1 - after / before)} smaller · ${NAME}`;
  return "";
}
