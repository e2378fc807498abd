/** Finds where two pictures differ most, in a worker, so that the page stays awake. */

import { startWorker } from "./workers.js";

/**
 * @param {HTMLImageElement} original
 * @param {HTMLImageElement} result
 * @param {{ width: number, height: number }} picture
 * @returns {Promise<{ x: number, y: number, size: number } | null>} null where a picture cannot be read
 */
export async function findWorst(original, result, picture) {
  const options = /** @type {const} */ ({ resizeWidth: picture.width, resizeHeight: picture.height });
  try {
    const [a, b] = await Promise.all([createImageBitmap(original, options), createImageBitmap(result, options)]);
    const worker = startWorker("worst-worker.js");
    const tile = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
      worker.postMessage([a, b], [a, b]);
    });
    worker.terminate();
    return tile;
  } catch {
    return null;
  }
}
