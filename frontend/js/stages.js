/**
 * What a job is doing, in words. Pure.
 * @typedef {import("./job.js").Job} Job
 */

import { formatBytes, formatPercent } from "./format.js";

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
      return "Waiting for its turn";
    case "signing":
      return job.source ? "Asking for another run" : "Getting an upload address";
    case "uploading":
      return `Uploading, ${formatPercent(job.progress)} of ${formatBytes(job.size)}`;
    case "waiting":
      return "Uploaded, waiting for the function";
    case "compressing":
      return `${describeStage(job.stage)}…`;
    case "cancelled":
      return "Cancelled. Nothing of it is left on the service; Retry begins again.";
    case "failed":
      return job.problem ? `${job.problem.title}. ${job.problem.detail}` : "Failed";
    case "done":
      return describeOutcome(job);
  }
}

/**
 * @param {Job} job done
 * @returns {string}
 */
function describeOutcome(job) {
  const { input, output, decision } = job.outcome?.report ?? {};
  if (!output) return "Done";
  const colors = output.format === "png" && decision?.colors ? `, K ${decision.colors}` : "";
  return `${formatBytes(input.bytes)} → ${formatBytes(output.bytes)} · ${String(output.format).toUpperCase()}${colors}`;
}
