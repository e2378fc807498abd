/**
 * The only file that knows everyone: files come in, jobs run, rows show them.
 *
 * @typedef {import("./job.js").Job} Job
 * @typedef {import("./dropzone.js").Incoming} Incoming
 * @typedef {import("./settings.js").Options} Options
 */

import { Announcer } from "./announcer.js";
import { find } from "./dom.js";
import { Dropzone } from "./dropzone.js";
import { receive } from "./intake.js";
import { isActive, revive } from "./job.js";
import { nameResult } from "./names.js";
import { toProblem } from "./problems.js";
import { Row } from "./row.js";
import { SettingsPanel } from "./settings-panel.js";
import { readOptions, writeOptions } from "./settings.js";
import { Totals } from "./totals.js";
import { Workshop } from "./workshop.js";

/** Ties the pieces of compress.html together. */
export class Controller {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  #session;
  #store;

  /**
   * @param {{ api: import("./api.js").Api, store: import("./store.js").Store, session: string, limits: import("./sniff.js").Limits }} parts
   */
  constructor({ api, store, session, limits }) {
    this.#session = session;
    this.#store = store;
    this.limits = limits;
    this.workshop = new Workshop(api, store);
    this.zone = new Dropzone(find(document, ".intake", HTMLElement));
    this.settings = new SettingsPanel(find(document, "#settings", HTMLFormElement));
    this.totals = new Totals(find(document, "#totals", HTMLElement));
    this.announcer = new Announcer(find(document, "#status", HTMLElement), find(document, "#notice", HTMLElement));
    this.list = find(document, "#rows", HTMLElement);
    this.template = find(document, "#row-template", HTMLTemplateElement);
    this.settings.show(readOptions(location.search));
    this.#listen();
  }

  #listen() {
    this.zone.element.addEventListener("files", (event) => this.#take(/** @type {CustomEvent<Incoming[]>} */ (event).detail));
    this.workshop.addEventListener("job", (event) => this.#show(/** @type {CustomEvent<Job>} */ (event).detail));
    this.settings.element.addEventListener("settings", (event) => this.#keep(/** @type {CustomEvent<Options>} */ (event).detail));
    this.list.addEventListener("row-act", (event) => {
      const { id, act } = /** @type {CustomEvent<{ id: string, act: string }>} */ (event).detail;
      this.#act(id, act);
    });
  }

  /** Brings back the rows of an earlier visit.
   * @param {readonly Job[]} jobs
   */
  async resume(jobs) {
    for (const job of jobs) {
      const files = await this.#store.loadFiles(job.id);
      if (files) this.workshop.add({ ...revive(job), session: this.#session }, files);
      else await this.#store.deleteJob(job.id);
    }
  }

  /** @param {Incoming[]} incoming */
  async #take(incoming) {
    const options = this.settings.read();
    for (const one of incoming) {
      const job = await receive(one, { session: this.#session, options, limits: this.limits, store: this.#store });
      this.workshop.add(job, { original: one.file, result: null, preview: null });
    }
  }

  /** @param {Options} options */
  #keep(options) {
    history.replaceState(null, "", location.pathname + writeOptions(options));
  }

  /** @param {Job} job */
  #show(job) {
    const row = this.#rows.get(job.id) ?? this.#addRow(job);
    row.update(job);
    this.announcer.follow(job);
    const result = this.workshop.files(job.id)?.result;
    if (job.state === "done" && result) row.offer(result, nameResult(job.name, job.outcome?.report.output?.format ?? ""));
    this.#showTotals();
  }

  #showTotals() {
    const { jobs } = this.workshop;
    this.totals.show(jobs);
    find(document, "#empty", HTMLElement).hidden = jobs.length > 0;
    find(document, "#list-head", HTMLElement).hidden = jobs.length === 0;
    find(document, "#count", HTMLElement).textContent = jobs.length === 1 ? "1 image" : `${jobs.length} images`;
  }

  /**
   * @param {Job} job
   * @returns {Row}
   */
  #addRow(job) {
    const row = new Row(this.template, job);
    this.#rows.set(job.id, row);
    this.list.append(row.element);
    const original = this.workshop.files(job.id)?.original;
    if (original) row.picture(original, job.type.replace(/^image\//, "").toUpperCase());
    return row;
  }

  /**
   * @param {string} id
   * @param {string} act
   */
  async #act(id, act) {
    const job = this.workshop.job(id);
    if (!job) return;
    if (act === "retry") this.workshop.again(id);
    if (act === "cancel") this.workshop.cancel(id);
    if (act === "restore") this.workshop.restore(id);
    if (act === "delete") await this.#delete(id);
    if (act === "compare" || act === "details") await this.#toggle(job, act);
  }

  /**
   * Opens or closes what lies under a row; its code is loaded when it is first needed.
   * @param {Job} job
   * @param {"compare" | "details"} kind
   */
  async #toggle(job, kind) {
    const row = this.#rows.get(job.id);
    if (!row) return;
    const open = row.panel(kind).hidden === true;
    row.toggle(kind, open);
    if (open) await this.#fill(job, kind);
    else row.panel(kind).replaceChildren();
  }

  /**
   * @param {Job} job
   * @param {"compare" | "details"} kind
   */
  async #fill(job, kind) {
    const files = this.workshop.files(job.id);
    const panel = this.#rows.get(job.id)?.panel(kind);
    const report = job.outcome?.report;
    if (!files?.result || !panel || !report) return;
    if (kind === "compare") {
      const { Compare } = await import("./compare.js");
      panel.replaceChildren(new Compare({ original: files.preview ?? files.original, result: files.result, report }).element);
    } else {
      const { Details } = await import("./details.js");
      panel.replaceChildren(new Details(report).element);
    }
  }

  /** @param {string} id */
  async #delete(id) {
    try {
      await this.workshop.remove(id);
    } catch (error) {
      this.announcer.warn(`Not deleted. ${toProblem(error).detail}`);
      return;
    }
    this.#rows.get(id)?.remove();
    this.#rows.delete(id);
    this.#showTotals();
  }
}
