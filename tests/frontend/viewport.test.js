import assert from "node:assert/strict";
import { test } from "node:test";

import { centre, enlargement, fit, pan, readPercent, showTile, zoomAt } from "../../frontend/js/viewport.js";

const PICTURE = { width: 4000, height: 3000 };
const STAGE = { width: 800, height: 600 };

test("a large picture fits the stage, a small one is not enlarged unless allowed", () => {
  assert.deepEqual(fit(PICTURE, STAGE), { scale: 0.2, x: 0, y: 0 });
  assert.deepEqual(fit({ width: 100, height: 100 }, STAGE), { scale: 1, x: 350, y: 250 });
  assert.equal(fit({ width: 100, height: 100 }, STAGE, 2).scale, 2);
});

test("an icon is enlarged by a whole number, so that it can be seen beside the divider, and nothing else is", () => {
  assert.deepEqual([16, 48, 128, 129, 4000].map((width) => enlargement({ width, height: 9 })), [16, 5, 2, 1, 1]);
});

test("zooming leaves the point under the pointer where it is", () => {
  const view = centre(PICTURE, STAGE, 0.5);
  const point = { x: 300, y: 200 };
  const next = zoomAt(view, 1.5, point, PICTURE, STAGE);
  assert.ok(Math.abs((point.x - view.x) / view.scale - (point.x - next.x) / next.scale) < 1e-9);
  assert.ok(Math.abs((point.y - view.y) / view.scale - (point.y - next.y) / next.scale) < 1e-9);
});

test("zoom stops at 32 times and at half of what fits", () => {
  const point = { x: 400, y: 300 };
  assert.equal(zoomAt(fit(PICTURE, STAGE), 1e6, point, PICTURE, STAGE).scale, 32);
  assert.equal(zoomAt(fit(PICTURE, STAGE), 1e-6, point, PICTURE, STAGE).scale, 0.1);
});

test("a picture cannot be moved off the middle of the stage", () => {
  const gone = pan(fit(PICTURE, STAGE), 1e6, -1e6, PICTURE, STAGE);
  assert.deepEqual(gone, { scale: 0.2, x: 400, y: -300 });
});

test("a tile is shown in the middle at a third of the shorter side", () => {
  const view = showTile({ x: 1920, y: 1472, size: 64 }, PICTURE, STAGE);
  assert.equal(view.scale * 64, 200);
  assert.equal(view.x + (1920 + 32) * view.scale, 400);
  assert.equal(view.y + (1472 + 32) * view.scale, 300);
});

test("a zoom is read as people type it, and nonsense or nothing changes nothing", () => {
  assert.deepEqual(["150", " 150 %", "12,5%", "0", "", "half", "-5"].map(readPercent), [1.5, 1.5, 0.125, null, null, null, null]);
});
