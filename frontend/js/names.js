/** Names of results. Pure. */

/** @type {Record<string, string>} */
const EXTENSIONS = { png: ".png", jpeg: ".jpg", webp: ".webp", avif: ".avif", gif: ".gif", bmp: ".bmp", tiff: ".tiff", heic: ".heic" };

/**
 * Gives a file the extension of the format that was written; an extension that is already right stays as it is.
 * @param {string} name such as `cat.jpeg`
 * @param {string} format as the report names it
 * @returns {string} such as `cat.png`
 */
export function nameResult(name, format) {
  const extension = EXTENSIONS[format] ?? "";
  const [, stem, old] = /^(.+?)(\.[A-Za-z0-9]{1,5})?$/s.exec(name) ?? ["", name, ""];
  const same = old !== undefined && (old.toLowerCase() === extension || (format === "jpeg" && /^\.(jpeg|jpe|jfif)$/i.test(old)));
  return same ? name : stem + extension;
}

/**
 * Makes names unique: a name that was seen before gets a number before its extension.
 * @param {readonly string[]} names paths
 * @returns {string[]} in the same order
 */
export function makeUnique(names) {
  /** @type {Set<string>} */
  const seen = new Set();
  return names.map((name) => {
    const [, stem, extension] = /^(.*?)(\.[^./]*)?$/s.exec(name) ?? ["", name, ""];
    let unique = name;
    for (let count = 2; seen.has(unique.toLowerCase()); count += 1) unique = `${stem} (${count})${extension ?? ""}`;
    seen.add(unique.toLowerCase());
    return unique;
  });
}
