import assert from "node:assert/strict";
import { test } from "node:test";

import { colorsAt, pickLandmarks, placePoints, scoreOf } from "../../frontend/js/curve.js";

const CURVE = Array.from({ length: 255 }, (_, index) => ({
  colors: index + 2, predicted_score: index / 3, score: index === 46 ? 71 : null, bytes: index === 46 ? 9000 : null, chosen: index === 46,
}));
const SIZE = { width: 640, height: 260 };

test("a measured score stands before a predicted one", () => {
  assert.equal(scoreOf(CURVE[46]), 71);
  assert.equal(scoreOf(CURVE[3]), 1);
});

test("each doubling of K takes the same step to the right", () => {
  const at = (colors) => placePoints(CURVE, SIZE)[colors - 2].x;
  assert.ok(Math.abs(at(4) - at(2) - (at(256) - at(128))) < 1e-9);
  assert.ok(at(2) >= 0 && at(256) <= SIZE.width);
});

test("better is higher, and what lies outside 0 to 100 stays on the drawing", () => {
  const placed = placePoints([{ ...CURVE[0], predicted_score: -50 }, { ...CURVE[1], predicted_score: 40 }, { ...CURVE[2], predicted_score: 140 }], SIZE);
  const heights = placed.map(({ predicted }) => predicted ?? Number.NaN);
  assert.ok(heights[0] > heights[1] && heights[1] > heights[2]);
  assert.ok(heights.every((height) => height >= 0 && height <= SIZE.height));
});

test("a click finds the K whose place is nearest", () => {
  for (const { point, x } of placePoints(CURVE, SIZE)) assert.equal(colorsAt(CURVE, x, SIZE.width), point.colors);
  assert.equal(colorsAt(CURVE, -99, SIZE.width), 2);
});

test("landmarks are powers of two, what was measured, and the choice", () => {
  assert.deepEqual(pickLandmarks(CURVE).map(({ colors }) => colors), [2, 4, 8, 16, 32, 48, 64, 128, 256]);
});
