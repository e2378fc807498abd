import assert from "node:assert/strict";
import { test } from "node:test";

import { findWorstTile } from "../../frontend/js/tiles.js";

test("the worst tile is where the pictures differ most on average, at the cut edges too", () => {
  const width = 200;
  const height = 150;
  const a = new Uint8ClampedArray(width * height * 4).fill(128);
  const b = a.slice();
  b[(10 * width + 10) * 4] = 255;
  for (let y = 130; y < height; y += 1) b[(y * width + 195) * 4 + 1] = 0;
  const { x, y } = findWorstTile(a, b, width, height);
  assert.deepEqual([x, y], [192, 128]);
});

test("equal pictures have no error anywhere", () => {
  const a = new Uint8ClampedArray(64 * 64 * 4).fill(9);
  assert.deepEqual(findWorstTile(a, a, 64, 64), { x: 0, y: 0, error: 0 });
});
