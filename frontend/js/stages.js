/**
 * What a job is doing, in words. Pure.
 * @typedef {import("./job.js").Job} Job
 */

import { formatBytes, formatPercent } from "./format.js";
import { paletteOf } from "./job.js";

/** @type {Record<string, string>} */
const STAGES = {
  starting: "Waking the engine",
  decode: "Reading the picture",
  scale: "Choosing the scale",
  analyze: "Measuring colours and detail",
  plan: "Choosing where to start",
  search: "Choosing the colours",
  encode: "Writing the candidates",
  contest: "Letting them compete",
  metrics: "Measuring the likeness",
  preview: "Making a preview",
  fetching: "Fetching the result",
};

/**
 * @param {string} stage as the service names it
 * @returns {string}
 */
export function describeStage(stage) {
  return STAGES[stage] ?? (stage === "" ? "Compressing" : stage[0].toUpperCase() + stage.slice(1).replaceAll("_", " "));
}

/**
 * @param {Job} job
 * @returns {string} one short line
 */
export function describeJob(job) {
  switch (job.state) {
    case "queued":
      return sized(job, "Waiting for its turn");
    case "signing":
      return sized(job, job.source ? "Asking for another run" : "Getting an upload address");
    case "uploading":
      return sized(job, `Uploading, ${formatPercent(job.progress)}`);
    case "waiting":
      return sized(job, "Uploaded, waiting");
    case "compressing":
      return sized(job, `${describeStage(job.stage)}…`);
    case "cancelled":
      return "Cancelled. The service was told to delete what it had of it; Retry begins again.";
    case "failed":
      return job.problem ? `${job.problem.title}. ${job.problem.detail}` : "Failed";
    case "done":
      return describeOutcome(job);
  }
}

/**
 * @param {Job} job
 * @param {string} words
 * @returns {string} the words after the old size, where the finished row will say it
 */
function sized(job, words) {
  return `${tie(formatBytes(job.size))}\u00a0· ${words}`;
}

/**
 * @param {string} text
 * @returns {string} the same, on one line
 */
function tie(text) {
  return text.replaceAll(" ", "\u00a0");
}

/**
 * @param {Job} job done
 * @returns {string}
 */
function describeOutcome(job) {
  const report = job.outcome?.report ?? {};
  const { input, output } = report;
  if (!output) return "Done";
  const colors = paletteOf(report);
  return `${tie(formatBytes(input.bytes))} → ${tie(formatBytes(output.bytes))}\u00a0· ${String(output.format).toUpperCase()}${colors === null ? "" : `, K\u00a0${colors}`}`;
}
