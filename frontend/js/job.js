/**
 * The states of one image and the only ways between them. Pure: a job is a value, and an event makes a new one.
 *
 * queued -> signing -> uploading -> waiting -> compressing -> done
 * Every state but the last three may fail or be cancelled; a finished job may be asked for again, which starts
 * a new run. An event of an older run changes nothing: that is what guards against stale answers.
 *
 * @typedef {"queued" | "signing" | "uploading" | "waiting" | "compressing" | "done" | "failed" | "cancelled"} State
 * @typedef {import("./settings.js").Options} Options
 * @typedef {{ code: string, title: string, detail: string, retryable: boolean }} Problem
 * @typedef {Record<string, any>} Report the JSON that the service writes beside a result
 * @typedef {{ remote: string | null, options: Options, report: Report, finished: number }} Outcome
 * @typedef {{
 *   id: string, session: string, order: number, run: number, state: State,
 *   name: string, folder: string, size: number, type: string, width: number, height: number,
 *   options: Options, progress: number, stage: string,
 *   remote: string | null, source: string | null,
 *   outcome: Outcome | null, problem: Problem | null,
 * }} Job
 *   `remote` is the id of this run on the service, `source` the id whose upload is stored there and can be used
 *   again, `outcome` the last result there is; its `remote` is null once it was deleted there and kept here.
 * @typedef {(
 *   { type: "start" } | { type: "signed", remote: string } | { type: "sent", share: number } | { type: "uploaded" } |
 *   { type: "stage", stage: string } | { type: "finished", report: Report, time: number } |
 *   { type: "failed", problem: Problem } | { type: "cancel" } | { type: "again", options: Options } | { type: "restore" } |
 *   { type: "forgotten" }
 * )} Event
 */

/** @type {readonly State[]} */
const ACTIVE = ["queued", "signing", "uploading", "waiting", "compressing"];

/**
 * @param {Job} job
 * @returns {boolean} whether work is under way or waits to be
 */
export function isActive(job) {
  return ACTIVE.includes(job.state);
}

/**
 * Says how many colours the file that was written has a palette of: the best palette may have lost the contest to a
 * file without one.
 * @param {Report} report
 * @returns {number | null} K; null where the result has no palette
 */
export function paletteOf({ output, decision, contest }) {
  const winner = contest?.find((/** @type {any} */ one) => one.chosen);
  const colors = winner ? winner.colors : decision?.colors;
  return output?.format === "png" && colors ? colors : null;
}

/**
 * Makes a job that waits for its turn.
 * @param {Pick<Job, "id" | "session" | "order" | "name" | "folder" | "size" | "type" | "width" | "height" | "options">} facts
 * @returns {Job}
 */
export function makeJob(facts) {
  return {
    ...facts, run: 1, state: "queued", progress: 0, stage: "",
    remote: null, source: null, outcome: null, problem: null,
  };
}

/** @type {{ [T in Event["type"]]: (job: Job, event: Extract<Event, { type: T }>) => Job }} */
const MOVES = {
  start: (job) => (job.state === "queued" ? { ...job, state: "signing", progress: 0 } : job),
  signed: (job, { remote }) => (job.state === "signing" ? { ...job, state: "uploading", remote } : job),
  sent: (job, { share }) => (job.state === "uploading" ? { ...job, progress: share } : job),
  uploaded: (job) =>
    job.state === "uploading" ? { ...job, state: "waiting", progress: 1, source: job.remote } : job,
  stage: (job, { stage }) =>
    job.state === "waiting" || job.state === "compressing" ? { ...job, state: "compressing", stage } : job,
  finished: (job, { report, time }) =>
    (job.state === "waiting" || job.state === "compressing") && job.remote !== null
      ? {
          ...job, state: "done", stage: "", problem: null,
          outcome: { remote: job.remote, options: job.options, report, finished: time },
        }
      : job,
  failed: (job, { problem }) => (isActive(job) ? { ...job, state: "failed", stage: "", problem } : job),
  cancel: (job) => {
    if (!isActive(job)) return job;
    return job.outcome ? restore(job) : { ...job, state: "cancelled", stage: "", remote: null, run: job.run + 1 };
  },
  again: (job, { options }) => ({
    ...job, state: "queued", run: job.run + 1, options, progress: 0, stage: "", problem: null, remote: null,
  }),
  restore: (job) => (job.outcome ? restore(job) : job),
  forgotten: (job) =>
    job.state === "done" && job.outcome
      ? { ...job, remote: null, source: null, outcome: { ...job.outcome, remote: null } }
      : job,
};

/**
 * @param {Job} job with an outcome
 * @returns {Job} the job as its last result left it
 */
function restore(job) {
  const { outcome } = job;
  if (!outcome) return job;
  return {
    ...job, state: "done", run: job.run + 1, stage: "", problem: null,
    options: outcome.options, remote: outcome.remote, source: outcome.remote,
  };
}

/**
 * Applies an event.
 * @param {Job} job
 * @param {Event} event
 * @param {number} [run] the run that the event belongs to; the current one unless told
 * @returns {Job} a new job, or the same one where the event is stale or does not apply
 */
export function advance(job, event, run = job.run) {
  if (run !== job.run) return job;
  const move = /** @type {(job: Job, event: Event) => Job} */ (MOVES[event.type]);
  return move(job, event);
}

/**
 * Makes a job that a reload interrupted fit to go on: what was uploaded is awaited, everything before begins again.
 * @param {Job} job as it was stored
 * @returns {Job}
 */
export function revive(job) {
  if (job.state === "waiting" || job.state === "compressing") return { ...job, run: job.run + 1 };
  if (!isActive(job)) return job;
  return { ...job, run: job.run + 1, state: "queued", progress: 0, stage: "", remote: null };
}
