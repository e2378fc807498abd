/**
 * The way of one image: sign, upload, wait, fetch. Knows the service and the clock, no page.
 *
 * @typedef {import("./job.js").Job} Job
 * @typedef {import("./job.js").Event} Event
 * @typedef {import("./api.js").Api} Api
 */

import { wait } from "./api.js";
import { getFile } from "./download.js";
import { makeError, makeUnreachable, PageError } from "./problems.js";
import { putFile } from "./upload.js";

const DELAYS_MS = [500, 1000, 2000, 4000];
const PATIENCE_MS = 180000;

/**
 * The pause before the next question: half a second, growing to four, with a fifth of jitter.
 * @param {number} asked questions so far, 0 or more
 * @param {number} random 0 to 1
 * @returns {number} milliseconds
 */
export function pollDelay(asked, random) {
  return DELAYS_MS[Math.min(asked, DELAYS_MS.length - 1)] * (0.9 + random / 5);
}

/**
 * Gets the file into the bucket, or asks for another run of the upload that lies there.
 * @param {Job} job
 * @param {Blob} file
 * @param {{ api: Api, signal: AbortSignal, emit: (event: Event) => void }} context
 * @returns {Promise<string>} the id of the run on the service
 */
export async function send(job, file, { api, signal, emit }) {
  emit({ type: "start" });
  if (job.source !== null) {
    const id = await rerun(job.source, job, api, signal);
    if (id !== null) {
      emit({ type: "signed", remote: id });
      emit({ type: "uploaded" });
      return id;
    }
  }
  const upload = await api.createUpload(
    { content_type: job.type, size: job.size, filename: job.name, options: job.options }, signal);
  emit({ type: "signed", remote: upload.id });
  await putFile(upload.upload, file, { signal, onProgress: (share) => emit({ type: "sent", share }) });
  emit({ type: "uploaded" });
  return upload.id;
}

/**
 * @param {string} source
 * @param {Job} job
 * @param {Api} api
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} the new id, or null where the upload is gone
 */
async function rerun(source, job, api, signal) {
  try {
    return (await api.createRun(source, job.options, signal)).id;
  } catch (error) {
    if (error instanceof PageError && error.problem.code === "not_found") return null;
    throw error;
  }
}

/**
 * Turns a failed result into what the user is told.
 * @param {import("./api.js").Result} result
 * @returns {PageError}
 */
function explainFailure({ error, report }) {
  return makeError(
    error?.code ?? "failed",
    error?.title ?? "The image could not be compressed",
    error?.detail ?? "The service gave no reason. Try again, or try another file.",
    report?.error?.retryable ?? false,
  );
}

/**
 * Asks once; a connection that is broken, and a service that fails for a moment, count as no news.
 * @param {string} id
 * @param {Api} api
 * @param {AbortSignal} signal
 * @returns {Promise<import("./api.js").Result>}
 */
async function ask(id, api, signal) {
  try {
    return await api.getResult(id, signal);
  } catch (error) {
    if (error instanceof PageError && /^(unreachable|offline|http_5\d\d)$/.test(error.problem.code)) return { status: "pending" };
    throw error;
  }
}

/**
 * Asks until the service has an answer. A connection that breaks meanwhile is waited out.
 * @param {string} id
 * @param {{ api: Api, signal: AbortSignal, emit: (event: Event) => void }} context
 * @returns {Promise<import("./api.js").Result>} done; a failure is thrown in the service's words
 */
export async function awaitResult(id, { api, signal, emit }) {
  let stage = "";
  let lastNews = Date.now();
  for (let asked = 0; Date.now() - lastNews < PATIENCE_MS; asked += 1) {
    await wait(pollDelay(asked, Math.random()), signal);
    const result = await ask(id, api, signal);
    if (result.status === "done") return result;
    if (result.status === "failed") throw explainFailure(result);
    if (result.stage && result.stage !== stage) {
      stage = result.stage;
      lastNews = Date.now();
      emit({ type: "stage", stage });
    }
  }
  throw makeError("deadline", "No answer yet",
    "The service has said nothing new about this image for three minutes. The upload is stored there: press Retry to go on waiting, or come back later, this row stays.");
}

/**
 * Fetches a file by its signed address, once more with a fresh address where the first has expired.
 * @param {string} id
 * @param {import("./api.js").Result} result
 * @param {"download" | "preview"} which
 * @param {{ api: Api, signal: AbortSignal }} context
 * @returns {Promise<Blob>}
 */
export async function fetchFile(id, result, which, { api, signal }) {
  for (let current = result, attempt = 1; ; attempt += 1) {
    const address = current[which]?.url;
    const { blob, status } = address ? await getFile(address, signal) : { blob: null, status: 0 };
    if (blob) return blob;
    if (attempt === 3) {
      // The connection may break in the middle of the bytes, too.
      if (status < 300) throw makeUnreachable("The storage");
      throw makeError("result_gone", "The result could not be fetched",
        `The storage answered ${status}. Results are deleted after a day; press Retry to compress the image again.`);
    }
    await wait(500 * attempt, signal);
    current = await api.getResult(id, signal);
  }
}
