/**
 * Says what happens to those who do not see it: progress politely at the start, half way and the end, trouble at once.
 * @typedef {import("./job.js").Job} Job
 */

import { formatBytes, formatChange } from "./format.js";

/** Owns the two live regions of the page. */
export class Announcer {
  #status;
  #notice;
  #cause = "";
  /** @type {Map<string, string>} */
  #said = new Map();

  /**
   * @param {HTMLElement} status polite
   * @param {HTMLElement} notice assertive and visible
   */
  constructor(status, notice) {
    this.#status = status;
    this.#notice = notice;
  }

  /** @param {string} text */
  say(text) {
    this.#status.textContent = text;
  }

  /**
   * Shows a warning in the place of the one before.
   * @param {string} text
   * @param {string} cause what may be settled later, such as "offline"
   */
  warn(text, cause) {
    this.#cause = cause;
    this.#notice.textContent = text;
    this.#notice.hidden = false;
  }

  /**
   * Takes a warning away once what it says is no longer so; one of another cause stays.
   * @param {...string} causes
   */
  settle(...causes) {
    if (!causes.includes(this.#cause)) return;
    this.#cause = this.#notice.textContent = "";
    this.#notice.hidden = true;
  }

  /**
   * Says where a job stands, once for each step that matters.
   * @param {Job} job
   */
  follow(job) {
    const step = job.state === "uploading" ? (job.progress >= 0.5 ? "half" : "start") : job.state;
    const key = `${job.run}/${step}`;
    if (this.#said.get(job.id) === key) return;
    this.#said.set(job.id, key);
    if (job.state === "uploading" || job.state === "waiting") this.settle("service");
    const text = this.#phrase(job, step);
    if (text !== "") this.say(text);
  }

  /**
   * @param {Job} job
   * @param {string} step
   * @returns {string}
   */
  #phrase(job, step) {
    if (step === "start") return `Uploading ${job.name}, 0 %`;
    if (step === "half") return `Uploading ${job.name}, 50 %`;
    if (step === "waiting") return `${job.name} is uploaded, 100 %`;
    if (step === "failed") return `${job.name} failed. ${job.problem?.detail ?? ""}`;
    const { input, output } = job.outcome?.report ?? {};
    if (step === "done" && output) return `${job.name} is done: ${formatBytes(output.bytes)}, ${formatChange(input.bytes, output.bytes)}`;
    return "";
  }
}
