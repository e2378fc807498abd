import assert from "node:assert/strict";
import { test } from "node:test";

import { formatBytes, formatChange, formatCount, formatDollars, formatDuration, formatNumber, formatPercent, formatPixels, formatScore, formatSpan } from "../../frontend/js/format.js";

test("sizes have three significant digits and 1,000 bytes make a kilobyte", () => {
  const sizes = [0, 999, 1000, 1240, 33600000, 99950, 999499, 999500, 2.5e9].map(formatBytes);
  assert.deepEqual(sizes, ["0 B", "999 B", "1.00 kB", "1.24 kB", "33.6 MB", "100 kB", "999 kB", "1.00 MB", "2.50 GB"]);
});

test("a change says smaller or larger in words, with a decimal where it is tiny", () => {
  assert.equal(formatChange(1000, 290), "71 % smaller");
  assert.equal(formatChange(1000, 1200), "20 % larger");
  assert.equal(formatChange(1000, 996), "0.4 % smaller");
  assert.equal(formatChange(1000, 1000), "as small as it gets");
});

test("what is left of a file is never rounded away, nor is what little was saved", () => {
  assert.equal(formatChange(18_800_000, 880), "99 % smaller");
  assert.deepEqual([0.9999, 0.995, 1].map((share) => formatPercent(share)), ["99 %", "99 %", "100 %"]);
  assert.equal(formatPercent(0.99996, 1), "99.9 %");
});

test("one is no plural", () => {
  assert.deepEqual([1, 2, 1200].map((count) => formatNumber(count, "colour")), ["1 colour", "2 colours", "1,200 colours"]);
});

test("money is never rounded down to nothing", () => {
  assert.equal(formatDollars(0.0000412), "$0.0000412");
  assert.equal(formatDollars(1.5), "$1.50");
  assert.equal(formatDollars(0), "$0");
});

test("counts, shares, durations, pixels and scores read as people write them", () => {
  assert.equal(formatCount(16384), "16,384");
  assert.equal(formatPercent(0.123, 1), "12.3 %");
  assert.equal(formatDuration(839.6), "840 ms");
  assert.equal(formatDuration(3210), "3.2 s");
  assert.equal(formatPixels(12_200_000), "12 MP");
  assert.equal(formatPixels(400_000), "0.4 MP");
  assert.deepEqual([70.6, -3, null].map(formatScore), ["71", "below 0", "–"]);
});

test("a span counts the minute that has begun, and names no empty part", () => {
  assert.deepEqual([1, 60_001, 3_600_000, 86_340_000].map(formatSpan), ["1 min", "2 min", "1 h", "23 h 59 min"]);
});
