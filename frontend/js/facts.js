/**
 * The report in rows of words. Pure.
 * @typedef {import("./job.js").Report} Report
 * @typedef {[string, string][]} Pairs
 */

import { formatBytes, formatCount, formatDollars, formatDuration, formatPercent, formatSpan } from "./format.js";

const DAY_MS = 86_400_000;

/** @type {Record<string, string>} */
const CLOCKS = {
  decode: "Reading", scale: "Scaling", analyze: "Measuring", plan: "Planning", search: "Choosing colours", encode: "Writing",
  contest: "Contest", metrics: "Comparing", total: "Together",
};

/**
 * @param {Report} report
 * @returns {any[]} the candidates, the smallest first
 */
export function rankContest(report) {
  return [...report.contest].sort((a, b) => a.bytes - b.bytes);
}

/**
 * @param {Report} report
 * @returns {string[][]} file, size, quality, remark; the smallest first
 */
export function listContest(report) {
  const smallest = report.output?.bytes ?? 1;
  return rankContest(report).map((/** @type {any} */ one) => {
    const setting = one.colors ? `, K ${one.colors}` : one.quality ? `, quality ${one.quality}` : "";
    const remark = one.chosen ? "chosen" : [one.bytes > smallest ? `${formatPercent(one.bytes / smallest - 1)} larger` : "", one.note].filter(Boolean).join(". ");
    return [
      `${String(one.format).toUpperCase()}, ${one.encoder}${setting}`,
      `${one.predicted ? "about " : ""}${formatBytes(one.bytes)}`,
      one.lossless ? "exact" : one.score === null || one.score === undefined ? "–" : one.score.toFixed(1),
      remark,
    ];
  });
}

/**
 * @param {Report} report
 * @returns {Pairs}
 */
export function describeMetrics(report) {
  const { metrics } = report;
  /** @type {Pairs} */
  const pairs = [];
  if (metrics.ssimulacra2 != null) pairs.push(["SSIMULACRA2", `${metrics.ssimulacra2.toFixed(1)} of 100 (70 high, 90 lossless to the eye)`]);
  if (metrics.ssim != null) pairs.push(["SSIM", metrics.ssim.toFixed(4)]);
  if (metrics.psnr_db !== undefined) pairs.push(["PSNR", metrics.psnr_db === null ? "identical" : `${metrics.psnr_db.toFixed(2)} dB`]);
  if (metrics.delta_e_2000 != null) pairs.push(["Colour difference", `ΔE 2000 ${metrics.delta_e_2000.toFixed(2)} on average`]);
  if (metrics.measured_on) pairs.push(["Measured on", metrics.measured_on]);
  return pairs;
}

/**
 * @param {Report} report
 * @returns {Pairs} stage, time; the whole comes last
 */
export function listClocks(report) {
  return Object.entries(CLOCKS)
    .filter(([key]) => report.timings_ms[key] !== undefined)
    .map(([key, name]) => [name, formatDuration(report.timings_ms[key])]);
}

/**
 * @param {Report} report
 * @returns {Pairs}
 */
export function describeMetadata(report) {
  const { removed = [], kept = [], profile = "sRGB" } = report.metadata ?? {};
  return [
    ["Removed", removed.length > 0 ? removed.join(", ") : "nothing, there was none"],
    ["Kept", kept.length > 0 ? kept.join(", ") : "nothing"],
    ["Colour profile", profile],
  ];
}

/**
 * @param {Report} report
 * @returns {Pairs}
 */
export function describeCost(report) {
  const { cost, input, output } = report;
  // The price of a byte is the one that the service reckoned with, so that it stands in one place only.
  const saved = output && output.bytes > 0 ? (1000 * (input.bytes - output.bytes) * cost.egress_usd) / output.bytes : 0;
  /** @type {Pairs} */
  const egress = saved > 0 ? [["Saved by 1,000 views", `${formatDollars(saved)} of traffic, ${formatBytes(1000 * (input.bytes - output.bytes))}`]] : [];
  return [
    ["At list price", `${formatDollars(cost.usd)}, about ${formatCount(cost.usd > 0 ? 1 / cost.usd : 0)} images a dollar`],
    ["Compute", `${formatDollars(cost.compute_usd)} for ${Number(cost.vcpu_seconds).toFixed(2)} vCPU s and ${Number(cost.gib_seconds).toFixed(2)} GiB s`],
    ["Storage calls", formatDollars(cost.operations_usd)],
    ["Traffic out", formatDollars(cost.egress_usd)],
    ...egress,
    ["Prices of", cost.prices_dated],
  ];
}

/**
 * @param {Report} report
 * @returns {Pairs}
 */
export function describeFile(report) {
  const { input, output, plan, version, engine } = report;
  /** @type {(file: any) => string} */
  const size = (file) => `${String(file.format).toUpperCase()}, ${file.width} × ${file.height}, ${formatCount(file.bytes)} bytes`;
  /** @type {Pairs} */
  const pairs = [["Original", size(input)], ["SHA-256", input.sha256], ["Result", size(output)], ["SHA-256 ", output.sha256]];
  if (plan?.entropy_bits !== undefined) pairs.push(["Entropy", `${plan.entropy_bits.toFixed(2)} bits of grey`]);
  if (plan?.distinct_colors) pairs.push(["Distinct colours", formatCount(plan.distinct_colors)]);
  pairs.push(["Made by", `Auto-K ${version} on ${engine?.device ?? "cpu"}: the same upload, options and version give the same bytes`]);
  return pairs;
}

/**
 * How long the service still has the files.
 * @param {Report} report
 * @param {number} now milliseconds since 1970
 * @returns {string} empty where the report does not say when it was written
 */
export function describeStay(report, now) {
  const end = Date.parse(report.updated ?? "") + DAY_MS;
  if (Number.isNaN(end)) return "";
  const date = new Date(end).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return end > now ? `The service deletes upload, result and report in about ${formatSpan(end - now)} (${date}).` : `The service is due to delete upload, result and report since ${date}.`;
}
