/**
 * What can go wrong, in sentences that say what, why, and what to do.
 * @typedef {import("./job.js").Problem} Problem
 */

/** A failure that the user is told about; its message is fit to be shown. */
export class PageError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.name = "PageError";
    this.problem = problem;
  }
}

/**
 * @param {string} code stable, for programs
 * @param {string} title a few words
 * @param {string} detail what, why, and what to do
 * @param {boolean} [retryable] whether the same call may succeed later; true unless told
 * @returns {PageError}
 */
export function makeError(code, title, detail, retryable = true) {
  return new PageError({ code, title, detail, retryable });
}

/**
 * Says why nothing could be reached.
 * @param {string} what such as "The service"
 * @returns {PageError}
 */
export function makeUnreachable(what) {
  return navigator.onLine
    ? makeError("unreachable", `${what} could not be reached`,
        `${what} did not answer. It may be down or restarting. Try again in a moment; your file is still here.`)
    : makeError("offline", "You are offline",
        "This device has no connection right now. Reconnect and try again; your file is still here.");
}

/** @returns {PageError} what a file ends in that is not any more what was chosen */
export function makeFileChanged() {
  return makeError("file_changed", "The file has changed",
    "It was changed, moved or deleted on this device after it was added, and cannot be read any more. Add it once more.", false);
}

/** @returns {PageError} what an image under way ends in that was to be deleted and could not be, for whatever reason */
export function makeNotDeleted() {
  return makeError("not_deleted", "Stopped, but not deleted yet",
    "The service could not be told to delete what it has of it. Delete it once more, or press Retry to compress it after all.");
}

/**
 * Turns anything thrown into a problem that can be shown.
 * @param {unknown} error
 * @returns {Problem}
 */
export function toProblem(error) {
  if (error instanceof PageError) return error.problem;
  if (error instanceof DOMException && ["NotReadableError", "NotFoundError"].includes(error.name)) return makeFileChanged().problem;
  return {
    code: "unexpected", title: "Something unexpected happened", retryable: true,
    detail: `The page met an error it does not know (${error instanceof Error ? error.message : String(error)}). Try again; reloading the page keeps your files.`,
  };
}
