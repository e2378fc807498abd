/** Small pictures of large files, decoded off the main thread and one after the other, so that memory stays flat. */

import { Queue } from "./queue.js";

const SIDE = 128;
const decoding = new Queue(1);

/**
 * Draws a picture onto a canvas that covers a square; leaves the canvas empty where the browser cannot read the file.
 * @param {HTMLCanvasElement} canvas
 * @param {Blob} blob
 * @param {boolean} wide whether the picture is wider than tall
 * @returns {Promise<boolean>} whether there is a picture
 */
export function drawThumbnail(canvas, blob, wide) {
  return decoding.add(async () => {
    try {
      const bitmap = await createImageBitmap(blob, { [wide ? "resizeHeight" : "resizeWidth"]: SIDE, resizeQuality: "medium" });
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
      return true;
    } catch {
      return false;
    }
  });
}
