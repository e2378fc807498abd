/** Worker: takes two bitmaps of one size, answers with the tile where they differ most. */

import { findWorstTile, TILE } from "./tiles.js";

/**
 * @param {ImageBitmap} bitmap
 * @returns {Uint8ClampedArray}
 */
function readPixels(bitmap) {
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

addEventListener("message", ({ data: [original, result] }) => {
  const { width, height } = original;
  const { x, y } = findWorstTile(readPixels(original), readPixels(result), width, height);
  postMessage({ x, y, size: TILE });
});
