/**
 * The client of the service's JSON API.
 *
 * @typedef {import("./settings.js").Options} Options
 * @typedef {{ url: string, expires_at: string }} SignedUrl
 * @typedef {{ id: string, upload: { method: string, url: string, headers: Record<string, string>, expires_at: string }, result: string }} Upload
 * @typedef {{
 *   status: "pending" | "done" | "failed", stage?: string, report?: import("./job.js").Report,
 *   download?: SignedUrl, preview?: SignedUrl, error?: { code: string, title: string, detail: string, retryable?: boolean },
 * }} Result
 */

import { setClock } from "./clock.js";
import { makeError, makeUnreachable, PageError } from "./problems.js";

const BUSY = new Set([429, 503]);
const ATTEMPTS = 5;
const TIMEOUT_MS = 20000;

/**
 * Waits, or stops waiting when the signal says so.
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function wait(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/**
 * @param {Response} response not ok
 * @returns {Promise<PageError>} the service's own sentence where it gave one
 */
async function readProblem(response) {
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401)
    {return makeError("access_denied", "This service asks for an access key",
      "Enter the key above the list, and this row goes on by itself. Whoever runs the service has it; your file is still here.");}
  return makeError(
    problem.code ?? `http_${response.status}`,
    problem.title ?? (response.status < 500 ? "The service refused the request" : "The service failed"),
    problem.detail ?? `The service answered ${response.status} without saying why. Try again in a moment.`,
    problem.retryable ?? response.status >= 429,
  );
}

/** Speaks to one service. */
export class Api {
  #base;
  #readKey;

  /**
   * @param {string} base address without a path, such as `https://api.example`
   * @param {() => string} [readKey] asked before each call; empty where there is no key
   */
  constructor(base, readKey = () => "") {
    this.#base = base.replace(/\/+$/, "");
    this.#readKey = readKey;
  }

  /**
   * Asks for an address to put one file to.
   * @param {{ content_type: string, size: number, filename: string, options: Options }} file
   * @param {AbortSignal} [signal]
   * @returns {Promise<Upload>}
   */
  createUpload(file, signal) {
    return this.#call("POST", "/v1/uploads", file, signal);
  }

  /**
   * Asks how far a result is.
   * @param {string} id
   * @param {AbortSignal} [signal]
   * @returns {Promise<Result>}
   */
  getResult(id, signal) {
    return this.#call("GET", `/v1/results/${id}`, undefined, signal);
  }

  /**
   * Compresses a stored upload again with other options; no bytes travel.
   * @param {string} id
   * @param {Options} options
   * @param {AbortSignal} [signal]
   * @returns {Promise<{ id: string, result: string }>}
   */
  createRun(id, options, signal) {
    return this.#call("POST", `/v1/results/${id}/runs`, { options }, signal);
  }

  /**
   * Deletes upload, result and report; what is gone already counts as deleted.
   * @param {string} id
   * @returns {Promise<void>}
   */
  async deleteResult(id) {
    await this.#call("DELETE", `/v1/results/${id}`).catch((error) => {
      if (!(error instanceof PageError && error.problem.code === "not_found")) throw error;
    });
  }

  /**
   * Reads the limits and defaults of the service.
   * @returns {Promise<Record<string, any>>}
   */
  getLimits() {
    return this.#call("GET", "/v1/limits");
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>} the JSON of the answer, undefined where it has none
   */
  async #call(method, path, body, signal) {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#send(method, path, body, signal);
      setClock(response.headers.get("date"));
      if (response.ok) return response.status === 204 ? undefined : this.#read(response, signal);
      if (!BUSY.has(response.status) || attempt === ATTEMPTS) throw await readProblem(response);
      const asked = Number(response.headers.get("retry-after"));
      // Unasked it spreads by a quarter to either side: pages that were refused together are not to come back so.
      await wait(asked > 0 && asked <= 30 ? asked * 1000 : 500 * 2 ** attempt * (0.75 + Math.random() / 2), signal);
    }
  }

  /**
   * @param {Response} response
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>} its JSON
   * @throws {PageError} where the connection broke in its middle, or something else than the service answered
   */
  async #read(response, signal) {
    try {
      return await response.json();
    } catch {
      signal?.throwIfAborted();
      throw makeUnreachable("The service");
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} body
   * @param {AbortSignal} [signal]
   * @returns {Promise<Response>}
   */
  async #send(method, path, body, signal) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const key = this.#readKey();
    try {
      return await fetch(this.#base + path, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...(key === "" ? {} : { authorization: `Bearer ${key}` }) },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        credentials: "omit",
        cache: "no-store",
      });
    } catch {
      signal?.throwIfAborted();
      throw makeUnreachable("The service");
    }
  }
}
