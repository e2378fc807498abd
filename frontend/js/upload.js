/** Puts a file straight into the bucket. XMLHttpRequest, because fetch tells nothing about upload progress. */

import { makeError, makeFileChanged, makeUnreachable } from "./problems.js";

const STALL_MS = 60000;

/**
 * @param {number} status of the bucket's answer, not a success
 * @returns {import("./problems.js").PageError}
 */
function explain(status) {
  if (status === 400 || status === 403)
    {return makeError("upload_refused", "The upload was refused",
      `The storage answered ${status}: the address may have expired, or the file changed on the disk since it was chosen. Try again, which asks for a new address.`);}
  if (status === 413)
    {return makeError("too_many_bytes", "The file is too large", "The storage refused the file for its size. Choose a smaller one.", false);}
  return makeError("upload_failed", "The upload failed", `The storage answered ${status}. Try again in a moment; your file is still here.`);
}

/**
 * Sends a file by a signed request.
 * @param {import("./api.js").Upload["upload"]} target
 * @param {Blob} file
 * @param {{ signal: AbortSignal, onProgress: (share: number) => void }} watch share is 0 to 1
 * @returns {Promise<void>}
 */
export function putFile(target, file, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    let timer = 0;
    const watchStall = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        request.abort();
        end(() => reject(makeError("stalled", "The upload stands still",
          "No bytes went through for a minute. Check the connection and try again; your file is still here.")));
      }, STALL_MS);
    };
    const abort = () => {
      request.abort();
      end(() => reject(signal.reason));
    };
    /** @param {() => void} settle */
    const end = (settle) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      settle();
    };
    request.open(target.method, target.url);
    for (const [name, value] of Object.entries(target.headers)) request.setRequestHeader(name, value);
    // A time limit for the whole would end large files on slow lines; only silence is a fault.
    request.upload.onprogress = (event) => {
      watchStall();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    // 412 means that the object is there already: an earlier answer of this single-use address was lost.
    request.onload = () =>
      end(() => (request.status < 300 || request.status === 412 ? resolve() : reject(explain(request.status))));
    // A broken connection and a file that cannot be read any more look alike here; reading tells them apart.
    request.onerror = async () => {
      const readable = await file.slice(0, 1).arrayBuffer().then(() => true, () => false);
      end(() => reject(readable ? makeUnreachable("The storage") : makeFileChanged()));
    };
    signal.addEventListener("abort", abort, { once: true });
    watchStall();
    request.send(file);
  });
}
