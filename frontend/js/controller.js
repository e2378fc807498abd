/**
 * The only file that knows everyone: files come in, jobs run, rows show them.
 *
 * @typedef {import("./job.js").Job} Job
 * @typedef {import("./dropzone.js").Incoming} Incoming
 * @typedef {import("./settings.js").Options} Options
 */

import { Access, readKey } from "./access.js";
import { Announcer } from "./announcer.js";
import { arrange, find } from "./dom.js";
import { Dropzone } from "./dropzone.js";
import { formatNumber } from "./format.js";
import { receive } from "./intake.js";
import { revive } from "./job.js";
import { nameResult } from "./names.js";
import { Panels } from "./panels.js";
import { toProblem } from "./problems.js";
import { Row } from "./row.js";
import { SettingsPanel } from "./settings-panel.js";
import { readOptions, writeOptions } from "./settings.js";
import { watchKeys } from "./shortcuts.js";
import { sortJobs } from "./sorting.js";
import { describeTab } from "./tab.js";
import { sumUp, Totals } from "./totals.js";
import { Workshop } from "./workshop.js";
import { makeZip, save } from "./zip.js";

const DENIED = "access_denied";

/** Ties the pieces of compress.html together. */
export class Controller {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  #panels = new Panels();
  /** @type {Set<string>} */
  #fresh = new Set();
  #resuming = false;
  #title = document.title;
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
    this.access = new Access(find(document, "#access", HTMLFormElement), find(document, "#key-kept", HTMLElement));
    this.totals = new Totals(find(document, "#totals", HTMLElement));
    this.announcer = new Announcer(find(document, "#status", HTMLElement), find(document, "#notice", HTMLElement));
    this.list = find(document, "#rows", HTMLElement);
    this.template = find(document, "#row-template", HTMLTemplateElement);
    this.sort = find(document, "#sort", HTMLSelectElement);
    this.settings.show(readOptions(location.search));
    this.#listen();
    this.#listenKeys();
  }

  #listen() {
    /** @type {<T>(target: EventTarget, type: string, act: (detail: T) => void) => void} */
    const on = (target, type, act) => target.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail));
    on(this.zone.element, "files", (/** @type {Incoming[]} */ files) => this.#take(files));
    on(this.zone.element, "trouble", (/** @type {string} */ text) => this.announcer.warn(text, "intake"));
    on(find(document, "#samples", HTMLElement), "files", (/** @type {Incoming[]} */ files) => this.#take(files));
    on(this.#store, "full", () => this.announcer.warn("This browser does not keep these files: it has no room, or is told to keep nothing. They are compressed all the same, but a reload loses them: download the results first.", "full"));
    on(this.access.element, "key", () => this.#denied.forEach(({ id }) => this.workshop.again(id)));
    on(this.workshop, "job", (/** @type {Job} */ job) => this.#show(job));
    on(this.settings.element, "settings", (/** @type {Options} */ options) => this.#keep(options));
    on(this.settings.element, "apply", (/** @type {Options} */ options) => this.#apply(options));
    on(this.list, "row-act", (/** @type {{ id: string, act: string }} */ { id, act }) => this.#act(id, act));
    on(this.totals.element, "zip", () => this.#zip());
    on(this.totals.element, "clear", () => this.#clear());
    /** @type {(event: Event) => string} */
    const idOf = ({ target }) => (target instanceof Element && target.closest("li")?.dataset.id) || "";
    this.list.addEventListener("run", (event) => this.workshop.again(idOf(event), /** @type {CustomEvent<Options>} */ (event).detail));
    this.list.addEventListener("forget", (event) => {
      const id = idOf(event);
      this.#tellService(() => this.workshop.forget(id), "Deleted on the service; the row and its files stay here.").then(() => this.#rows.get(id)?.refocus());
    });
    this.sort.addEventListener("change", () => this.#order());
    window.addEventListener("online", () => this.announcer.settle("offline"));
    window.addEventListener("offline", () => this.announcer.warn("You are offline. What is running goes on when the connection is back; nothing is lost meanwhile.", "offline"));
  }

  #listenKeys() {
    const help = find(document, "#shortcuts", HTMLDialogElement);
    find(document, "#help", HTMLButtonElement).addEventListener("click", () => help.showModal());
    watchKeys({ "?": () => help.showModal(), a: () => this.zone.open(), z: () => this.#zip() });
  }

  /**
   * Brings back the rows of an earlier visit.
   * @param {readonly Job[]} jobs
   */
  async resume(jobs) {
    this.#resuming = true;
    for (const job of jobs) {
      const files = await this.#store.loadFiles(job.id);
      if (files) this.workshop.add({ ...revive(job), session: this.#session }, files);
      else await this.#store.deleteJob(job.id);
    }
    this.#resuming = false;
    if (readKey() !== "") this.#denied.forEach(({ id }) => this.workshop.again(id));
    else if (this.#denied.length > 0) this.access.ask();
  }

  /** @returns {Job[]} rows that the service refused for want of a key */
  get #denied() {
    return this.workshop.jobs.filter(({ state, problem }) => state === "failed" && problem?.code === DENIED);
  }

  /** @param {Incoming[]} incoming */
  async #take(incoming) {
    this.announcer.settle("intake");
    const options = this.settings.read();
    for (const one of incoming) {
      const job = await receive(one, { session: this.#session, options, limits: this.limits, store: this.#store });
      this.#fresh.add(job.id);
      this.workshop.add(job, { original: one.file, result: null, preview: null });
    }
  }

  /** @param {Options} options */
  #keep(options) {
    history.replaceState(null, "", location.pathname + writeOptions(options));
    this.#offerApply(options);
  }

  /**
   * @param {Options} options
   * @returns {Job[]} finished rows that were made with other options
   */
  #outdated(options) {
    const wanted = writeOptions(options);
    return this.workshop.jobs.filter((job) => job.state === "done" && writeOptions(job.options) !== wanted);
  }

  /** @param {Options} options */
  #offerApply(options) {
    this.settings.offerApply(this.#outdated(options).length);
  }

  /** @param {Options} options */
  #apply(options) {
    for (const job of this.#outdated(options)) this.workshop.again(job.id, options);
    this.#offerApply(options);
  }

  /** @param {Job} job */
  #show(job) {
    const row = this.#rows.get(job.id) ?? this.#addRow(job);
    row.update(job);
    this.announcer.follow(job);
    if (job.state !== "uploading") this.#showTotals();
    if (job.state === "done") this.#finish(job, row);
    // A row of an earlier visit tells nothing about the key of this one.
    if (job.problem?.code === DENIED && !this.#resuming) this.access.ask();
  }

  /**
   * @param {Job} job done
   * @param {Row} row
   */
  #finish(job, row) {
    const files = this.workshop.files(job.id);
    if (!files?.result) return;
    row.offer(files.result, nameResult(job.name, job.outcome?.report.output?.format ?? ""));
    this.#panels.refresh(job, files);
    // Whoever brings one image wants to see it: its comparison opens by itself, once.
    if (this.#fresh.delete(job.id) && this.workshop.jobs.length === 1 && row.panel("compare").hidden) this.#panels.toggle(row, "compare", job, files);
    this.#offerApply(this.settings.read());
    // No other order changes with a result.
    if (this.sort.value === "saved") this.#order();
  }

  #showTotals() {
    const { jobs } = this.workshop;
    this.totals.show(jobs);
    document.title = describeTab(sumUp(jobs), jobs.length) || this.#title;
    find(document, "#empty", HTMLElement).hidden = jobs.length > 0;
    find(document, "#list-head", HTMLElement).hidden = jobs.length === 0;
    find(document, "#count", HTMLElement).textContent = formatNumber(jobs.length, "image");
  }

  #order() {
    arrange(this.list, sortJobs(this.workshop.jobs, this.sort.value).flatMap(({ id }) => this.#rows.get(id)?.element ?? []));
  }

  /**
   * @param {Job} job
   * @returns {Row}
   */
  #addRow(job) {
    const row = new Row(this.template, job);
    this.#rows.set(job.id, row);
    this.list.append(row.element);
    const files = this.workshop.files(job.id);
    if (files) row.picture(files.preview ?? files.original, job);
    if (this.sort.value !== "order") this.#order();
    return row;
  }

  /**
   * @param {string} id
   * @param {string} act
   */
  async #act(id, act) {
    const job = this.workshop.job(id);
    const row = this.#rows.get(id);
    const files = this.workshop.files(id);
    if (!job || !row || !files) return;
    if (act === "retry") this.workshop.again(id);
    if (act === "cancel") this.workshop.cancel(id);
    if (act === "restore") this.workshop.restore(id);
    if (act === "delete") await this.#delete([id]);
    if (act === "compare" || act === "details") await this.#panels.toggle(row, act, job, files);
    else row.refocus();
  }

  /** @param {readonly string[]} ids */
  async #delete(ids) {
    const mark = (/** @type {boolean} */ on) => ids.forEach((id) => this.#rows.get(id)?.leave(on));
    mark(true);
    for (const id of ids) {
      if (!(await this.#tellService(() => this.workshop.remove(id), ""))) break;
      this.#forget(id);
    }
    mark(false);
    this.#showTotals();
    this.#offerApply(this.settings.read());
  }

  /**
   * @param {() => Promise<void>} act deletes something there
   * @param {string} done what is said when it is
   * @returns {Promise<boolean>} whether it is; if not, the user has been told why
   */
  async #tellService(act, done) {
    try {
      await act();
    } catch (error) {
      const { code, detail } = toProblem(error);
      this.announcer.warn(`Not deleted from the service. ${code === DENIED ? "It asks for an access key: enter it, then delete once more." : detail}`, "deletion");
      if (code === DENIED) this.access.ask();
      return false;
    }
    this.announcer.settle("deletion");
    if (done !== "") this.announcer.say(done);
    return true;
  }

  /** @param {string} id of a row that is gone; the focus goes to its neighbour */
  #forget(id) {
    const row = this.#rows.get(id);
    if (!row) return;
    const held = row.element.contains(document.activeElement);
    const neighbour = row.element.nextElementSibling ?? row.element.previousElementSibling;
    this.#panels.drop(id);
    row.remove();
    this.#rows.delete(id);
    this.announcer.say("Deleted here and on the service.");
    if (!held) return;
    const next = neighbour instanceof HTMLElement ? this.#rows.get(neighbour.dataset.id ?? "") : undefined;
    if (next) next.refocus(true);
    else find(this.zone.element, "input", HTMLInputElement).focus();
  }

  async #clear() {
    const { jobs } = this.workshop;
    const question = find(document, "#clear-dialog", HTMLDialogElement);
    find(question, "p", HTMLElement).textContent = `${jobs.length === 1 ? "The image is" : `All ${jobs.length} images are`} deleted now, in this browser and on the service. Files that you downloaded stay.`;
    question.showModal();
    await new Promise((resolve) => question.addEventListener("close", resolve, { once: true }));
    if (question.returnValue === "delete") await this.#delete(jobs.map(({ id }) => id));
    question.returnValue = "";
    // The button that asked is gone with the last row.
    if (this.workshop.jobs.length === 0) find(this.zone.element, "input", HTMLInputElement).focus();
  }

  async #zip() {
    const files = this.workshop.jobs.flatMap((job) => {
      const blob = this.workshop.files(job.id)?.result;
      return job.state === "done" && blob ? [{ name: job.folder + nameResult(job.name, job.outcome?.report.output?.format ?? ""), blob }] : [];
    });
    if (files.length === 0) return;
    try {
      save(await makeZip(files), "auto-k.zip");
      this.announcer.settle("zip");
      this.announcer.say(`ZIP with ${formatNumber(files.length, "file")} is ready.`);
    } catch (error) {
      this.announcer.warn(`The ZIP could not be made. ${toProblem(error).detail}`, "zip");
    }
  }
}
