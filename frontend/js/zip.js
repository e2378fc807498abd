/** One ZIP of all results, with names and folders kept; written as it is read, so that memory stays flat. */

import { makeUnique } from "./names.js";

/**
 * @param {readonly { name: string, blob: Blob }[]} files names are paths
 * @returns {Promise<Blob>}
 */
export async function makeZip(files) {
  const { downloadZip } = await import("../vendor/client-zip.js");
  const names = makeUnique(files.map(({ name }) => name));
  return downloadZip(files.map(({ blob }, index) => ({ name: names[index], input: blob, lastModified: new Date() }))).blob();
}

/**
 * Hands a file to the user.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
