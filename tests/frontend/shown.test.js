import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { checkKey } from "../../frontend/js/access.js";
import { fitPlane } from "../../frontend/js/cloud.js";
import { describeCost, describeStay, rankContest } from "../../frontend/js/facts.js";
import { checkFiles } from "../../frontend/js/hashes.js";
import { pickSavings, readCell } from "../../frontend/js/measurements.js";

const hash = (/** @type {string} */ text) => createHash("sha256").update(text).digest("hex");

test("a key that cannot be one is refused in words before it travels", () => {
  assert.equal(checkKey("0123456789abcdef"), "");
  assert.match(checkKey("0123456789"), /at least 16 characters, this has 10/);
  assert.match(checkKey("x".repeat(257)), /at most 256 characters, this has 257/);
  assert.match(checkKey("0123456789 abcdef"), /no spaces/);
  assert.match(checkKey("0123456789abcdéf"), /letters, digits and signs/);
});

test("both files have the hashes that the report names, or it is said which has not", async () => {
  const report = { input: { sha256: hash("before") }, output: { sha256: hash("after") } };
  const before = new Blob(["before"]);
  assert.equal((await checkFiles(report, before, new Blob(["after"]))).fits, true);
  const changed = await checkFiles(report, before, new Blob(["other"]));
  assert.equal(changed.fits, false);
  assert.match(changed.text, /^The result in this browser has another hash/);
  assert.match((await checkFiles(report, new Blob(["x"]), new Blob(["y"]))).text, /^The original and the result in this browser have other hashes/);
  assert.equal((await checkFiles({}, before, null)).fits, false);
});

test("the candidates of a contest stand by size", () => {
  assert.deepEqual(rankContest({ contest: [{ bytes: 30 }, { bytes: 10 }, { bytes: 20 }] }).map(({ bytes }) => bytes), [10, 20, 30]);
});

test("what a thousand views save is reckoned with the price of the image's own traffic", () => {
  const cost = { usd: 0.001, compute_usd: 0, operations_usd: 0, egress_usd: 0.00024, vcpu_seconds: 1, gib_seconds: 1, prices_dated: "2026-10-02" };
  const pairs = Object.fromEntries(describeCost({ cost, input: { bytes: 10_000_000 }, output: { bytes: 2_000_000 } }));
  assert.equal(pairs["Saved by 1,000 views"], "$0.960 of traffic, 8.00 GB");
  assert.equal(Object.fromEntries(describeCost({ cost, input: { bytes: 5 }, output: { bytes: 5 } }))["Saved by 1,000 views"], undefined);
});

test("how long the service keeps the files is counted from when it wrote the report", () => {
  const written = "2026-11-01T12:00:00Z";
  const at = (/** @type {number} */ hours) => Date.parse(written) + hours * 3_600_000;
  assert.match(describeStay({ updated: written }, at(0.5)), /^The service deletes .* in about 23 h 30 min \(/);
  assert.match(describeStay({ updated: written }, at(25)), /^The service is due to delete /);
  assert.equal(describeStay({}, at(0)), "");
});

test("a plane holds every point, with one scale for both directions, light to the right and yellow above", () => {
  const dark = /** @type {const} */ ({ hex: "#000000", share: 0.5, place: [0, -50] });
  const yellow = /** @type {const} */ ({ hex: "#ffff00", share: 0.5, place: [16, 40] });
  const points = [dark, yellow].map(({ place, ...rest }) => ({ ...rest, place: /** @type {[number, number]} */ ([...place]) }));
  const { width, height, locate } = fitPlane(points);
  const [a, b] = points.map(locate);
  assert.deepEqual([b.x - a.x, a.y - b.y], [90, 16]);
  for (const { x, y } of [a, b]) assert.ok(x > 0 && x < width && y > 0 && y < height);
});

test("cells of measurements are read as numbers, percentages as shares, and words as none", () => {
  assert.deepEqual(["64%", "0.79", "2,351", "0.97 (kodim13)", "-", "not run"].map(readCell), [0.64, 0.79, 2351, 0.97, null, null]);
});

test("the first page names the median of every set that was measured, and nothing else", () => {
  const table = { title: "Saving", note: "", header: ["set", "files", "median saved"], rows: [["photos", "12", "64%"], ["graphics", "23", "78%"]] };
  assert.deepEqual(pickSavings({ saving: { tables: [table], measured: "" } }), [["photos (12)", "64 %"], ["graphics (23)", "78 %"]]);
  assert.deepEqual(pickSavings({}), []);
});
