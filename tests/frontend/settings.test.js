import assert from "node:assert/strict";
import { test } from "node:test";

import { describeOptions, readOptions, readPins, readTarget, writeOptions } from "../../frontend/js/settings.js";

test("an empty address means that everything is automatic, and the other way round", () => {
  assert.deepEqual(readOptions(""), {});
  assert.equal(writeOptions({}), "");
});

test("every option survives the way into the address and back", () => {
  const options = {
    quality: "high", colors: 48, target: "60%", format: "webp", scale: 0.5, max_size: 1920,
    dither: 0.25, space: "cielab", metadata: "copyright", pin: ["#ff8800", "#00aa33"],
  };
  assert.deepEqual(readOptions(writeOptions(options)), options);
  assert.deepEqual(readOptions(writeOptions({ scale: "auto", dither: "none", quality: 72.5 })), { scale: "auto", dither: "none", quality: 72.5 });
});

test("defaults are not written into options", () => {
  assert.deepEqual(readOptions("?quality=balanced&colors=auto&format=auto&scale=1&dither=auto&space=oklab&metadata=none&pin="), {});
});

test("values outside their range and unknown keys are left out", () => {
  assert.deepEqual(readOptions("?colors=1&quality=101&scale=0.01&max_size=0&dither=2&format=gif&target=0%25&pin=red&evil=1"), {});
  assert.deepEqual(readOptions("?colors=2.5"), {});
  assert.deepEqual(readOptions("?colors="), {});
});

test("a target is a saving below 100 % or a size in a known unit", () => {
  assert.equal(readTarget("60 %"), "60%");
  assert.equal(readTarget("1.5MB"), "1.5MB");
  assert.equal(readTarget("200KiB"), "200KiB");
  for (const wrong of ["100%", "0kB", "-3kB", "200", "200 apples", ""]) assert.equal(readTarget(wrong), undefined, wrong);
});

test("pinned colours are completed, lowered and counted once", () => {
  assert.deepEqual(readPins("#F80, ff8800  0a3"), ["#ff8800", "#00aa33"]);
  assert.equal(readPins("#12345"), undefined);
});

test("options are said in a few words", () => {
  assert.equal(describeOptions({}), "Auto, balanced");
  assert.equal(describeOptions({ colors: 48, format: "png" }), "48 colours, PNG");
  assert.equal(describeOptions({ target: "200kB", max_size: 800 }), "at most 200kB, at most 800 px");
});
