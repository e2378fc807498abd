/**
 * The order of the rows. Pure.
 * @typedef {import("./job.js").Job} Job
 */

/**
 * @param {Job} job
 * @returns {number} share saved, below every share where nothing is known
 */
function savedOf(job) {
  return job.outcome?.report.output?.saved ?? -1;
}

/** @type {Record<string, (a: Job, b: Job) => number>} */
const ORDERS = {
  order: () => 0,
  name: (a, b) => (a.folder + a.name).localeCompare(b.folder + b.name, undefined, { numeric: true }),
  size: (a, b) => b.size - a.size,
  saved: (a, b) => savedOf(b) - savedOf(a),
};

/**
 * @param {readonly Job[]} jobs
 * @param {string} key one of order, name, size, saved
 * @returns {Job[]} equal ones in the order in which they were added
 */
export function sortJobs(jobs, key) {
  return [...jobs].sort((a, b) => ORDERS[key](a, b) || a.order - b.order);
}
