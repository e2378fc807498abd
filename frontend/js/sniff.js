/**
 * What a file is, by its first bytes and never by its name. Pure but for reading slices of the blob.
 *
 * @typedef {{ label: string, type: string, width: number, height: number, animated: boolean, shown: boolean }} Facts
 *   Width and height are 0 where the header does not tell; `shown` says whether browsers can draw the format.
 */

import { makeError } from "./problems.js";
import { formatBytes, formatCount, formatPixels } from "./format.js";
import { readAvif, readBmp, readGif, readJpeg, readPng, readTiff, readWebp } from "./headers.js";
import { BlobReader } from "./reader.js";

/** Service limits as the page needs them; these stand until the service tells its own. */
export const DEFAULT_LIMITS = Object.freeze({ bytes: 32 * 1024 ** 2, pixels: 64_000_000, side: 16384 });

/** @typedef {{ bytes: number, pixels: number, side: number }} Limits */

const HEAD = 256;

/**
 * @typedef {{
 *   label: string, type: string, shown: boolean, matches: (head: Uint8Array) => boolean,
 *   read: (reader: BlobReader) => Promise<{ width: number, height: number, animated: boolean }>,
 * }} Kind
 */

/**
 * @param {Uint8Array} head
 * @param {string} text
 * @param {number} [offset]
 * @returns {boolean} whether the bytes at the offset spell the text
 */
function spells(head, text, offset = 0) {
  return [...text].every((letter, index) => head[offset + index] === letter.charCodeAt(0));
}

/** @type {Record<string, string>} */
const BRANDS = { avif: "AVIF", avis: "AVIF", heic: "HEIC", heix: "HEIC", heim: "HEIC", heis: "HEIC", hevc: "HEIC", hevx: "HEIC" };

/**
 * Looks through all brands, since the first may name no more than the structure, as `mif1` does.
 * @param {Uint8Array} head
 * @returns {string} the kind that an ISO media file names first, empty where it names none
 */
function readBrand(head) {
  if (!spells(head, "ftyp", 4)) return "";
  const end = Math.min(head.length, new DataView(head.buffer, head.byteOffset).getUint32(0));
  const places = [8];
  for (let at = 16; at < end; at += 4) places.push(at);
  const brands = places.map((at) => String.fromCharCode(...head.subarray(at, at + 4)));
  return BRANDS[brands.find((brand) => brand in BRANDS) ?? ""] ?? "";
}

/** @type {readonly Kind[]} */
const KINDS = [
  { label: "PNG", type: "image/png", shown: true, matches: (head) => spells(head, "\x89PNG\r\n\x1a\n"), read: readPng },
  { label: "JPEG", type: "image/jpeg", shown: true, matches: (head) => spells(head, "\xff\xd8\xff"), read: readJpeg },
  { label: "WebP", type: "image/webp", shown: true, matches: (head) => spells(head, "RIFF") && spells(head, "WEBP", 8), read: readWebp },
  { label: "GIF", type: "image/gif", shown: true, matches: (head) => spells(head, "GIF87a") || spells(head, "GIF89a"), read: readGif },
  { label: "AVIF", type: "image/avif", shown: true, matches: (head) => readBrand(head) === "AVIF", read: readAvif },
  { label: "HEIC", type: "image/heic", shown: false, matches: (head) => readBrand(head) === "HEIC", read: readAvif },
  { label: "TIFF", type: "image/tiff", shown: false, matches: (head) => spells(head, "II*\0") || spells(head, "MM\0*"), read: readTiff },
  { label: "BMP", type: "image/bmp", shown: true, matches: (head) => spells(head, "BM"), read: readBmp },
];

/** @type {readonly [string, (head: Uint8Array) => boolean][]} */
const REFUSED = [
  ["an SVG drawing", (head) => /^\s*(<\?xml|<svg|<!--)/i.test(String.fromCharCode(...head.subarray(0, 64)).replace(/^\xef\xbb\xbf/, ""))],
  ["a PDF document", (head) => spells(head, "%PDF")],
  ["a Photoshop file", (head) => spells(head, "8BPS")],
  ["an icon file", (head) => spells(head, "\0\0\x01\0")],
  ["a ZIP archive", (head) => spells(head, "PK\x03\x04")],
  ["an image of an unknown kind", (head) => spells(head, "ftypmif1", 4)],
  ["a video", (head) => spells(head, "ftyp", 4) || spells(head, "\x1a\x45\xdf\xa3")],
  ["a JPEG XL image", (head) => spells(head, "\xff\x0a") || spells(head, "JXL ", 4)],
];

/**
 * Says what a file is.
 * @param {Blob} blob
 * @returns {Promise<Facts>}
 * @throws {import("./problems.js").PageError} where it is empty or no image that the service takes
 */
export async function identify(blob) {
  if (blob.size === 0)
    {throw makeError("empty_file", "The file is empty", "It holds no bytes at all. Save it again from where it came, then add it.", false);}
  const reader = new BlobReader(blob);
  const head = await reader.bytes(0, HEAD);
  const kind = KINDS.find(({ matches }) => matches(head));
  if (!kind) {
    const known = REFUSED.find(([, matches]) => matches(head));
    throw makeError("unsupported_format", "This kind of file is not supported",
      `This is ${known ? known[0] : "no image that Auto-K knows"}. It takes PNG, JPEG, WebP, GIF, BMP, TIFF and AVIF: export the image as one of these.`, false);
  }
  const { label, type, shown } = kind;
  const size = await kind.read(reader).catch(() => ({ width: 0, height: 0, animated: false }));
  return { label, type, shown, ...size };
}

/**
 * @param {number} size
 * @param {number} limit below the size
 * @param {(value: number) => string} format
 * @param {string} unit of both, counted one by one where rounding would make them equal
 * @returns {string} both, in the middle of a sentence
 */
function apart(size, limit, format, unit) {
  const write = format(size) === format(limit) ? (/** @type {number} */ value) => `${formatCount(value)} ${unit}` : format;
  return `${write(size)}; this server takes up to ${write(limit)}`;
}

/**
 * Refuses in words what the service would refuse, before a byte travels.
 * @param {{ size: number }} file
 * @param {Facts} facts
 * @param {Limits} limits
 * @throws {import("./problems.js").PageError}
 */
export function checkLimits(file, facts, limits) {
  const { width, height } = facts;
  if (file.size > limits.bytes)
    {throw makeError("too_many_bytes", "The file is too large",
      `It has ${apart(file.size, limits.bytes, formatBytes, "bytes")}. Save it smaller or at a lower quality first.`, false);}
  if (facts.animated)
    {throw makeError("animation", "Animations are not supported",
      `This ${facts.label} holds more than one frame. Auto-K compresses still images: export the frame you want.`, false);}
  if (Math.max(width, height) > limits.side)
    {throw makeError("too_long_side", "The image is too wide or too tall",
      `It measures ${formatCount(width)} × ${formatCount(height)} pixels; this server takes up to ${formatCount(limits.side)} a side. Resize or cut it first.`, false);}
  if (width * height > limits.pixels)
    {throw makeError("too_many_pixels", "The image has too many pixels",
      `It has ${apart(width * height, limits.pixels, formatPixels, "pixels")}. Resize it first.`, false);}
}
