/**
 * What all rows saved together. Owns its element; sends `zip` and `clear` upward.
 * @typedef {import("./job.js").Job} Job
 */

import { find, make, send } from "./dom.js";
import { formatBytes, formatDollars, formatSaved } from "./format.js";
import { isActive } from "./job.js";

/**
 * Adds up. Pure.
 * @param {readonly Job[]} jobs
 * @returns {{ done: number, active: number, before: number, after: number, usd: number }} counts, bytes and cost of what is done
 */
export function sumUp(jobs) {
  const total = { done: 0, active: 0, before: 0, after: 0, usd: 0 };
  for (const job of jobs) {
    if (isActive(job)) total.active += 1;
    if (job.state !== "done" || !job.outcome?.report.output) continue;
    total.done += 1;
    total.before += job.outcome.report.input.bytes;
    total.after += job.outcome.report.output.bytes;
    total.usd += job.outcome.report.cost?.usd ?? 0;
  }
  return total;
}

/** The bar at the foot of the page. */
export class Totals {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.zip = find(element, "#zip", HTMLButtonElement);
    // The second click of two would make the same file once more.
    this.zip.addEventListener("click", ({ detail }) => detail > 1 || send(element, "zip"));
    find(element, "#clear", HTMLButtonElement).addEventListener("click", () => send(element, "clear"));
  }

  /** @param {readonly Job[]} jobs */
  show(jobs) {
    const { done, active, before, after, usd } = sumUp(jobs);
    this.element.hidden = jobs.length === 0;
    this.zip.disabled = done === 0;
    const saved = done > 0 && before > 0 ? `${formatSaved(Math.max(0, 1 - after / before))} smaller, ${formatBytes(Math.max(0, before - after))} saved` : "Nothing finished yet";
    const count = `${done} of ${jobs.length} done${active > 0 ? `, ${active} under way` : ""}`;
    const cost = make("span", { class: "total-cost", text: usd > 0 ? ` · ${formatDollars(usd)} at list price` : "" });
    find(this.element, "#total", HTMLElement).replaceChildren(saved, " ", make("span", { class: "total-more" }, [count, cost]));
  }
}
