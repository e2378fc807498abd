/**
 * The examples that make wrote beside the pages.
 * @typedef {{ key: string, original: string, result: string, report: string, facts: import("./job.js").Report }} Example
 * @typedef {Example & { title: string, histogram: number[] }} Demo
 * @typedef {{ colors: number, image: string, bytes: number, palette: (import("./palette.js").Swatch & import("./cloud.js").Point)[], metrics: Record<string, any> }} Step
 * @typedef {{ demos: Demo[], steps: Step[], cloud: import("./cloud.js").Point[] }} Runs
 */

/**
 * @param {string} name
 * @returns {Promise<any>}
 */
async function load(name) {
  const response = await fetch(`demos/${name}.json`).catch(() => null);
  return response?.ok ? response.json() : null;
}

/** @returns {Promise<Example[] | null>} what the two-up tells of each; null where they were not made */
export function loadExamples() {
  return load("index");
}

/** @returns {Promise<Runs | null>} everything that is drawn of them; null where they were not made */
export function loadRuns() {
  return load("runs");
}
