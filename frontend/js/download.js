/** Takes a file out of the bucket. */

import { makeError } from "./problems.js";

const STALL_MS = 60000;

/**
 * Fetches a file by its signed address.
 * @param {string} address
 * @param {AbortSignal} signal
 * @returns {Promise<{ blob: Blob | null, status: number }>} no blob where the storage refused or the connection broke;
 *   the status is 0 where there was no answer
 * @throws {import("./problems.js").PageError} where no byte came for a minute
 */
export async function getFile(address, signal) {
  const silence = new AbortController();
  let timer = 0;
  // A time limit for the whole would end large files on slow lines; only silence is a fault.
  const watchStall = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), STALL_MS);
  };
  watchStall();
  try {
    const response = await fetch(address, { signal: AbortSignal.any([signal, silence.signal]), credentials: "omit" }).catch(() => null);
    const blob = response?.ok ? await readBody(response, watchStall).catch(() => null) : null;
    signal.throwIfAborted();
    if (blob === null && silence.signal.aborted)
      {throw makeError("download_stalled", "The download stands still",
        "The result is ready, but no byte of it came through for a minute. Check the connection and press Retry, which fetches it again.");}
    return { blob, status: response?.status ?? 0 };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Response} response
 * @param {() => void} beat called with every piece that comes
 * @returns {Promise<Blob>}
 */
function readBody(response, beat) {
  const watch = new TransformStream({
    transform(piece, control) {
      beat();
      control.enqueue(piece);
    },
  });
  return new Response(response.body?.pipeThrough(watch), { headers: response.headers }).blob();
}
