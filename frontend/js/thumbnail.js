/** Small pictures of large files, made by a worker and one after the other, so that memory and the page stay calm. */

import { Queue } from "./queue.js";
import { startWorker } from "./workers.js";

const drawing = new Queue(1);

/** @type {Worker | undefined} */
let worker;

/**
 * @param {Blob} blob
 * @param {boolean} byHeight
 * @returns {Promise<ImageBitmap | null>}
 */
async function makeBitmap(blob, byHeight) {
  const hand = (worker ??= startWorker("thumbnail-worker.js"));
  return new Promise((resolve) => {
    hand.onmessage = ({ data }) => resolve(data);
    hand.onerror = () => resolve(null);
    hand.postMessage({ blob, byHeight });
  });
}

/**
 * Draws a picture onto a canvas that covers a square; leaves the canvas empty where the browser cannot read the file.
 * @param {HTMLCanvasElement} canvas
 * @param {Blob} blob
 * @param {boolean} byHeight whether its height is brought to the canvas's side, else its width
 * @returns {Promise<boolean>} whether there is a picture
 */
export function drawThumbnail(canvas, blob, byHeight) {
  return drawing.add(async () => {
    const bitmap = await makeBitmap(blob, byHeight).catch(() => null);
    if (!bitmap) return false;
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    return true;
  });
}
