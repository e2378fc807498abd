/**
 * What proves a result, and how long the service keeps it. Owns its elements; sends `forget` upward.
 * @typedef {import("./job.js").Job} Job
 * @typedef {import("./job.js").Outcome} Outcome
 * @typedef {import("./store.js").Files} Files
 */

import { serviceTime } from "./clock.js";
import { make, send } from "./dom.js";
import { describeStay } from "./facts.js";
import { checkFiles } from "./hashes.js";
import { makeFold } from "./tables.js";
import { save } from "./zip.js";

const MINUTE_MS = 60_000;

/** The foot of the details. */
export class Receipt {
  #timer = 0;

  /**
   * @param {Job} job with an outcome
   * @param {Files} files
   */
  constructor(job, files) {
    const outcome = /** @type {Outcome} */ (job.outcome);
    this.stay = make("p");
    this.verdict = make("p", { class: "verdict", text: "Comparing the files in this browser with these hashes" });
    this.element = make("div", { class: "receipt" }, [this.verdict, this.#stay(outcome)]);
    this.json = makeReport(job.name, outcome.report);
    this.#check(outcome, files);
  }

  /**
   * @param {Outcome} outcome
   * @returns {HTMLElement}
   */
  #stay({ remote, report }) {
    if (remote === null) return make("p", { text: "Nothing of it is on the service any more; original and result are in this browser." });
    const count = () => (this.stay.textContent = describeStay(report, serviceTime()));
    count();
    this.#timer = window.setInterval(count, MINUTE_MS);
    const button = make("button", { type: "button", class: "button", text: "Delete from the service now" });
    button.addEventListener("click", () => send(button, "forget"));
    return make("div", { class: "stay" }, [this.stay, button]);
  }

  /**
   * @param {Outcome} outcome
   * @param {Files} files
   */
  async #check({ report }, { original, result }) {
    const { fits, text } = await checkFiles(report, original, result).catch(() => ({ fits: false, text: "Not checked: this browser could not read the files once more." }));
    this.verdict.textContent = text;
    this.verdict.classList.add(fits ? "good" : "bad");
  }

  /** Lets go of the clock. */
  close() {
    clearInterval(this.#timer);
  }
}

/**
 * @param {string} name of the upload
 * @param {import("./job.js").Report} report
 * @returns {HTMLElement} the report to read, to copy and to save
 */
function makeReport(name, report) {
  const text = JSON.stringify(report, null, 2);
  const file = `${name}.autok.json`;
  const copy = make("button", { type: "button", class: "button", text: "Copy" });
  copy.addEventListener("click", async () => {
    copy.textContent = await navigator.clipboard.writeText(text).then(() => "Copied", () => "Not allowed by the browser");
  });
  const keep = make("button", { type: "button", class: "button", text: "Save" });
  keep.addEventListener("click", () => save(new Blob([text], { type: "application/json" }), file));
  const hint = make("p", { class: "hint" }, ["With the original beside it, ", make("code", { text: `autok verify ${file} ${name}` }), " makes the result again and says whether it is the same to the byte."]);
  const pre = make("pre", { tabindex: 0, role: "region", "aria-label": "Report as JSON" }, [make("code", { text })]);
  return makeFold("The report as JSON", [make("div", { class: "json" }, [make("p", { class: "json-actions" }, [copy, keep]), hint, pre])]);
}
