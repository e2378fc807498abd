/**
 * Runs the jobs: three uploads at once, the rest queue; what is uploaded is awaited outside the queue.
 * Knows jobs, files, service and store, but no element. Sends `job` events with the job that changed.
 *
 * @typedef {import("./job.js").Job} Job
 * @typedef {import("./job.js").Event} Event
 * @typedef {import("./store.js").Files} Files
 */

import { advance, isActive } from "./job.js";
import { awaitResult, fetchFile, send } from "./journey.js";
import { makeNotDeleted, toProblem } from "./problems.js";
import { Queue } from "./queue.js";

const UPLOADS = 3;

/** Codes of problems after which the service still has the run, or may have finished it. */
const UNFINISHED = ["deadline", "download_stalled"];

/** The jobs of this tab. */
export class Workshop extends EventTarget {
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  /** @type {Map<string, Files>} */
  #files = new Map();
  /** @type {Map<string, AbortController>} */
  #work = new Map();
  /** @type {Set<string>} */
  #leaving = new Set();
  #queue = new Queue(UPLOADS);
  #api;
  #store;

  /**
   * @param {import("./api.js").Api} api
   * @param {import("./store.js").Store} store
   */
  constructor(api, store) {
    super();
    this.#api = api;
    this.#store = store;
  }

  /** @returns {Job[]} in the order in which they were added */
  get jobs() {
    return [...this.#jobs.values()];
  }

  /**
   * @param {string} id
   * @returns {Job | undefined}
   */
  job(id) {
    return this.#jobs.get(id);
  }

  /**
   * @param {string} id
   * @returns {Files | undefined}
   */
  files(id) {
    return this.#files.get(id);
  }

  /**
   * Takes a job in, and starts it where there is something to do.
   * @param {Job} job
   * @param {Files} files
   */
  add(job, files) {
    this.#files.set(job.id, files);
    this.#set(job);
    if (isActive(job)) this.#run(job);
  }

  /**
   * Runs a job again, with other options where they are given.
   * @param {string} id
   * @param {import("./settings.js").Options} [options]
   */
  again(id, options) {
    const job = this.#jobs.get(id);
    // A run that begins while its image is being deleted would stay on the service.
    if (!job || this.#leaving.has(id)) return;
    this.#stop(id);
    // What lies on the service is asked for once more: that costs nothing, another run costs its work or all bytes again.
    const waits = UNFINISHED.includes(job.problem?.code ?? "") && options === undefined;
    const next = advance(job, { type: "again", options: options ?? job.options });
    this.#set(waits ? { ...next, state: "waiting", remote: job.remote } : next);
    this.#run(/** @type {Job} */ (this.#jobs.get(id)));
  }

  /**
   * Stops a job; what it had on the service is deleted, an earlier result comes back.
   * @param {string} id
   */
  cancel(id) {
    const job = this.#jobs.get(id);
    if (!job) return;
    this.#stop(id);
    const { remote, outcome } = job;
    this.#apply(id, { type: "cancel" });
    if (remote !== null && remote !== outcome?.remote) this.#api.deleteResult(remote).catch(() => {});
  }

  /**
   * Goes back to the last result after a run that failed.
   * @param {string} id
   */
  restore(id) {
    this.#apply(id, { type: "restore" });
  }

  /**
   * Deletes a job, here and on the service.
   * @param {string} id
   * @returns {Promise<void>}
   * @throws {import("./problems.js").PageError} where the service could not be told; the job stays then, stopped
   */
  async remove(id) {
    const job = this.#jobs.get(id);
    if (!job) return;
    this.#stop(id);
    this.#leaving.add(id);
    try {
      await this.#deleteRemotes(job);
    } catch (error) {
      this.#apply(id, { type: "failed", problem: makeNotDeleted().problem }, job.run);
      throw error;
    } finally {
      this.#leaving.delete(id);
    }
    await this.#store.deleteJob(id);
    this.#jobs.delete(id);
    this.#files.delete(id);
  }

  /**
   * Deletes a finished job on the service alone; row and files stay here.
   * @param {string} id
   * @returns {Promise<void>}
   * @throws {import("./problems.js").PageError} where the service could not be told
   */
  async forget(id) {
    const job = this.#jobs.get(id);
    if (!job || job.state !== "done") return;
    await this.#deleteRemotes(job);
    this.#apply(id, { type: "forgotten" }, job.run);
  }

  /** @param {Job} job */
  async #deleteRemotes({ remote, source, outcome }) {
    const remotes = new Set([remote, source, outcome?.remote].filter((one) => typeof one === "string"));
    await Promise.all([...remotes].map((one) => this.#api.deleteResult(one)));
  }

  /** @param {string} id */
  #stop(id) {
    this.#work.get(id)?.abort(new DOMException("cancelled", "AbortError"));
    this.#work.delete(id);
  }

  /**
   * @param {string} id
   * @param {Event} event
   * @param {number} [run]
   */
  #apply(id, event, run) {
    const job = this.#jobs.get(id);
    const next = job ? advance(job, event, run) : undefined;
    // Progress comes many times a second; to keep it would write the database as often.
    if (next && next !== job) this.#set(next, event.type !== "sent");
  }

  /**
   * @param {Job} job
   * @param {boolean} [save]
   */
  #set(job, save = true) {
    this.#jobs.set(job.id, job);
    if (save) this.#store.saveJob(job);
    this.dispatchEvent(new CustomEvent("job", { detail: job }));
  }

  /** @param {Job} job */
  async #run(job) {
    const control = new AbortController();
    this.#work.set(job.id, control);
    const { signal } = control;
    const files = /** @type {Files} */ (this.#files.get(job.id));
    // A cancelled run may still be in the middle of an answer, which is not to change the run after it.
    /** @type {(event: Event) => void} */
    const emit = (event) => signal.aborted || this.#apply(job.id, event, job.run);
    const context = { api: this.#api, signal, emit };
    try {
      const waits = job.remote !== null && (job.state === "waiting" || job.state === "compressing");
      const remote = waits ? job.remote : await this.#queue.add(() => send(job, files.original, context), signal);
      await this.#collect(job, files, /** @type {string} */ (remote), context);
    } catch (error) {
      if (!signal.aborted) emit({ type: "failed", problem: toProblem(error) });
    } finally {
      // By then the entry may be that of a newer run.
      if (this.#work.get(job.id) === control) this.#work.delete(job.id);
    }
  }

  /**
   * Waits for the result and takes it in; earlier runs of the same image are deleted on the service then.
   * @param {Job} job
   * @param {Files} files
   * @param {string} remote
   * @param {{ api: import("./api.js").Api, signal: AbortSignal, emit: (event: Event) => void }} context
   */
  async #collect(job, files, remote, context) {
    const answer = await awaitResult(remote, context);
    context.emit({ type: "stage", stage: "fetching" });
    const result = await fetchFile(remote, answer, "download", context);
    const preview = answer.preview ? await fetchFile(remote, answer, "preview", context) : files.preview;
    this.#files.set(job.id, { ...files, result, preview });
    await this.#store.saveFile(job.id, "result", result);
    if (preview) await this.#store.saveFile(job.id, "preview", preview);
    // Only once the new result is here and kept: until then the earlier one is what the row can go back to.
    const older = [job.source, job.outcome?.remote].filter((id) => typeof id === "string" && id !== remote);
    context.emit({ type: "finished", report: answer.report ?? {}, time: Date.now() });
    for (const id of new Set(older)) this.#api.deleteResult(/** @type {string} */ (id)).catch(() => {});
  }
}
