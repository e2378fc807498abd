import assert from "node:assert/strict";
import { test } from "node:test";

import { stepColors } from "../../frontend/js/adjust.js";
import { describeLikeness, summarize } from "../../frontend/js/compare.js";
import { describeCost, describeMetadata, describeMetrics, listClocks, listContest } from "../../frontend/js/facts.js";
import { describeLimits, readLimits } from "../../frontend/js/limits.js";
import { nameColor, writeCss } from "../../frontend/js/palette.js";
import { sortJobs } from "../../frontend/js/sorting.js";
import { describeJob, describeStage } from "../../frontend/js/stages.js";
import { describeTab } from "../../frontend/js/tab.js";
import { sumUp } from "../../frontend/js/totals.js";

const REPORT = {
  input: { bytes: 1000 }, output: { bytes: 290, format: "png", saved: 0.71 }, decision: { colors: 48 },
  metrics: { psnr_db: null, ssim: 0.98213, ssimulacra2: 71.6 },
  contest: [
    { format: "png", encoder: "palette", bytes: 290, score: 71.6, colors: 48, chosen: true, note: "" },
    { format: "jpeg", encoder: "plain", bytes: 435, predicted: true, score: 70, quality: 80, chosen: false, note: "Not written." },
    { format: "png", encoder: "original", bytes: 990, lossless: true, score: null, chosen: false, note: "" },
  ],
  timings_ms: { total: 1500, decode: 12 },
  metadata: { removed: ["GPS position"], kept: [], profile: "sRGB" },
  cost: { usd: 0.00005, compute_usd: 0.00004, operations_usd: 0.00001, egress_usd: 0, vcpu_seconds: 1.5, gib_seconds: 3, prices_dated: "2026-11-01" },
};
const job = (/** @type {object} */ more) => ({ state: "done", name: "b.png", folder: "", order: 2, size: 1000, outcome: { report: REPORT }, ...more });

test("a tab says how far the work is, then what it saved", () => {
  const sum = { done: 1, active: 0, before: 1000, after: 290 };
  assert.equal(describeTab({ ...sum, active: 2 }, 5), "3 of 5 · Auto-K");
  assert.equal(describeTab(sum, 5), "71 % smaller · Auto-K");
  assert.equal(describeTab({ ...sum, after: 1000 }, 1), "");
  assert.equal(describeTab({ ...sum, done: 0 }, 0), "");
});

test("a result is summed up in one line", () => {
  assert.equal(summarize(REPORT), "K 48, 71 % smaller, score 72, SSIM 0.982");
  assert.equal(describeLikeness(REPORT), "K 48 · score 72 · SSIM 0.982");
});

test("a palette that lost the contest is not said to be the result's", () => {
  const [palette, jpeg, original] = REPORT.contest;
  const kept = { ...REPORT, contest: [{ ...palette, chosen: false }, jpeg, { ...original, colors: null, chosen: true }] };
  assert.equal(summarize(kept), "71 % smaller, score 72, SSIM 0.982");
  assert.equal(describeLikeness(kept), "score 72 · SSIM 0.982");
  assert.doesNotMatch(describeJob(job({ outcome: { report: kept } })), /K/);
  assert.match(describeJob(job({})), /PNG, K\u00a048$/);
});

test("a tab and the totals agree on how much was saved", () => {
  assert.equal(describeTab({ done: 1, active: 0, before: 1000, after: 996 }, 1), "0.4 % smaller · Auto-K");
});

test("the contest names the winner, the excess of the others, and what was only predicted", () => {
  assert.deepEqual(listContest(REPORT), [
    ["PNG, palette, K 48", "290 B", "71.6", "chosen"],
    ["JPEG, plain, quality 80", "about 435 B", "70.0", "50 % larger. Not written."],
    ["PNG, original", "990 B", "exact", "241 % larger"],
  ]);
});

test("metrics, clocks, metadata and cost are rows of words", () => {
  assert.deepEqual(describeMetrics(REPORT).map(([, value]) => value), ["71.6 of 100 (70 high, 90 lossless to the eye)", "0.9821", "identical"]);
  assert.deepEqual(listClocks(REPORT), [["Reading", "12 ms"], ["Together", "1.5 s"]]);
  assert.deepEqual(describeMetadata(REPORT)[0], ["Removed", "GPS position"]);
  assert.equal(describeCost(REPORT)[0][1], "$0.0000500, about 20,000 images a dollar");
});

test("a palette is written as CSS with its alpha", () => {
  assert.equal(writeCss([{ hex: "#112233", alpha: 255, share: 0.6 }, { hex: "#445566", alpha: 8, share: 0.4 }]), ":root {\n  --color-1: #112233;\n  --color-2: #44556608;\n}\n");
});

test("a colour that cannot be seen is named by that, one that can half be seen with its alpha", () => {
  assert.deepEqual([255, 128, 0].map((alpha) => nameColor({ hex: "#1b2021", alpha })), ["#1b2021", "#1b202180", "transparent"]);
});

test("keys move K by one, by the root of two, or to its ends, and never out of range", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home", "End"].map((key) => stepColors(key, 64)), [65, 63, 91, 45, 2, 256]);
  assert.equal(stepColors("ArrowRight", 256), 256);
  assert.equal(stepColors("Tab", 64), null);
});

test("totals count only what is done", () => {
  assert.deepEqual(sumUp([job({}), job({}), job({ state: "uploading" }), job({ state: "failed" })]), { done: 2, active: 1, before: 2000, after: 580, usd: 0.0001 });
});

test("rows sort by name as people count, by size and by saving, ties as they were added", () => {
  const jobs = [job({ name: "img10.png", size: 1, order: 1 }), job({ name: "img9.png", size: 5, order: 2 }), job({ name: "a.png", size: 5, order: 3, outcome: null })];
  const orders = (/** @type {string} */ key) => sortJobs(jobs, key).map(({ order }) => order);
  assert.deepEqual(orders("order"), [1, 2, 3]);
  assert.deepEqual(orders("name"), [3, 2, 1]);
  assert.deepEqual(orders("size"), [2, 3, 1]);
  assert.deepEqual(orders("saved"), [1, 2, 3]);
});

test("limits come from the service and stand at their defaults where it names none", () => {
  assert.deepEqual(readLimits({ max_bytes: 5_000_000 }), { bytes: 5_000_000, pixels: 64_000_000, side: 16384 });
  assert.match(describeLimits(readLimits({ max_bytes: 5_000_000 })), /up to 5\.00 MB and 64 MP/);
});

test("every state is said in words, a failure with what, why and what to do", () => {
  assert.equal(describeJob(job({})), "1.00\u00a0kB → 290\u00a0B\u00a0· PNG, K\u00a048");
  assert.equal(describeJob(job({ state: "uploading", progress: 0.42 })), "1.00\u00a0kB\u00a0· Uploading, 42 %");
  assert.equal(describeJob(job({ state: "failed", problem: { title: "Too large", detail: "Save it smaller." } })), "Too large. Save it smaller.");
  assert.equal(describeStage("some_new_stage"), "Some new stage");
});
