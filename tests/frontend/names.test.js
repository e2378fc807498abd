import assert from "node:assert/strict";
import { test } from "node:test";

import { makeUnique, nameResult } from "../../frontend/js/names.js";

test("a result keeps its stem and gets the extension of its true format", () => {
  assert.equal(nameResult("cat.png", "jpeg"), "cat.jpg");
  assert.equal(nameResult("holiday.2024.tiff", "png"), "holiday.2024.png");
  assert.equal(nameResult("no extension", "webp"), "no extension.webp");
  assert.equal(nameResult(".hidden", "png"), ".hidden.png");
  assert.equal(nameResult("photo.HEIF", "jpeg"), "photo.jpg");
});

test("an ending that is no image's is part of the name", () => {
  assert.equal(nameResult("report.v2", "png"), "report.v2.png");
  assert.equal(nameResult("2024.05", "webp"), "2024.05.webp");
});

test("an extension that is already right stays as it was written", () => {
  assert.equal(nameResult("cat.JPEG", "jpeg"), "cat.JPEG");
  assert.equal(nameResult("cat.PNG", "png"), "cat.PNG");
});

test("equal names get a number before the extension, folders apart", () => {
  assert.deepEqual(makeUnique(["a.png", "A.png", "a.png", "b/a.png", "a (2).png"]), ["a.png", "A (2).png", "a (3).png", "b/a.png", "a (2) (2).png"]);
});
