/**
 * Whether the files in this browser are those that the report speaks of.
 * @typedef {import("./job.js").Report} Report
 */

/**
 * @param {Blob} blob
 * @returns {Promise<string>} its SHA-256 in hexadecimal digits
 */
async function hashBlob(blob) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Compares both files with the report.
 * @param {Report} report
 * @param {Blob} original
 * @param {Blob | null} result
 * @returns {Promise<{ fits: boolean, text: string }>} the verdict in a sentence
 */
export async function checkFiles(report, original, result) {
  /** @type {[string, Blob | null, string | undefined][]} */
  const files = [["original", original, report.input?.sha256], ["result", result, report.output?.sha256]];
  const strange = [];
  for (const [name, blob, expected] of files) {
    if (!blob || !expected) return { fits: false, text: "Not checked: the report names no hash." };
    if ((await hashBlob(blob)) !== expected) strange.push(name);
  }
  if (strange.length === 0) return { fits: true, text: "Checked here, byte for byte: both files in this browser have these hashes." };
  return { fits: false, text: `The ${strange.join(" and the ")} in this browser ${strange.length > 1 ? "have other hashes" : "has another hash"}: the file changed after the report was written.` };
}
