/** Small pictures of large files, made by a worker and one after the other, so that memory and the page stay calm. */

import { Queue } from "./queue.js";
import { startWorker } from "./workers.js";

const drawing = new Queue(1);

/** @type {Worker | undefined} */
let worker;

/**
 * @param {Blob} blob
 * @param {boolean} wide
 * @returns {Promise<ImageBitmap | null>}
 */
async function makeBitmap(blob, wide) {
  const hand = (worker ??= startWorker("thumbnail-worker.js"));
  return new Promise((resolve) => {
    hand.onmessage = ({ data }) => resolve(data);
    hand.onerror = () => resolve(null);
    hand.postMessage({ blob, wide });
  });
}

/**
 * Draws a picture onto a canvas that covers a square; leaves the canvas empty where the browser cannot read the file.
 * @param {HTMLCanvasElement} canvas
 * @param {Blob} blob
 * @param {boolean} wide whether the picture is wider than tall
 * @returns {Promise<boolean>} whether there is a picture
 */
export function drawThumbnail(canvas, blob, wide) {
  return drawing.add(async () => {
    const bitmap = await makeBitmap(blob, wide).catch(() => null);
    if (!bitmap) return false;
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    return true;
  });
}
