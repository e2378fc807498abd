/** Names of results. Pure. */

/**
 * What files of each format are called by; the first is what results get.
 * @type {Record<string, readonly string[]>}
 */
const EXTENSIONS = {
  png: [".png"], jpeg: [".jpg", ".jpeg", ".jpe", ".jfif"], webp: [".webp"], avif: [".avif"], gif: [".gif"],
  bmp: [".bmp", ".dib"], tiff: [".tiff", ".tif"], heic: [".heic", ".heif"],
};

/**
 * Gives a file the extension of the format that was written; an extension that is already right stays as it is, and
 * an ending that is no image's, as that of `report.v2`, is part of the name.
 * @param {string} name such as `cat.jpeg`
 * @param {string} format as the report names it
 * @returns {string} such as `cat.png`
 */
export function nameResult(name, format) {
  const own = EXTENSIONS[format] ?? [""];
  const [, stem, old] = /^(.+)(\.[^.]+)$/s.exec(name) ?? ["", name, ""];
  const extension = old.toLowerCase();
  if (own.includes(extension)) return name;
  return (Object.values(EXTENSIONS).flat().includes(extension) ? stem : name) + own[0];
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
