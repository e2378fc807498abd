/**
 * Width, height and number of frames from the headers of image formats, each after its specification.
 * Every loop is bounded by the length of the file, since each step moves forward.
 *
 * @typedef {import("./reader.js").BlobReader} BlobReader
 * @typedef {{ width: number, height: number, animated: boolean }} Header
 */

/**
 * @param {DataView} view
 * @param {number} offset
 * @returns {string} four characters
 */
function readName(view, offset) {
  return String.fromCharCode(view.getUint8(offset), view.getUint8(offset + 1), view.getUint8(offset + 2), view.getUint8(offset + 3));
}

/**
 * PNG (W3C PNG 3): IHDR comes first, acTL before the first IDAT makes an animation.
 * @param {BlobReader} reader
 * @returns {Promise<Header>}
 */
export async function readPng(reader) {
  const head = await reader.view(8, 17);
  const header = { width: head.getUint32(8), height: head.getUint32(12), animated: false };
  for (let offset = 8; offset + 12 <= reader.size; ) {
    const chunk = await reader.view(offset, 12);
    const name = readName(chunk, 4);
    if (name === "IDAT" || name === "IEND") break;
    if (name === "acTL") return { ...header, animated: (await reader.view(offset + 8, 4)).getUint32(0) > 1 };
    offset += 12 + chunk.getUint32(0);
  }
  return header;
}

/**
 * JPEG (ITU-T T.81): the frame header is the first SOF marker.
 * @param {BlobReader} reader
 * @returns {Promise<Header>}
 */
export async function readJpeg(reader) {
  for (let offset = 2; ; ) {
    const view = await reader.view(offset, 4);
    const marker = view.getUint8(1);
    if (view.getUint8(0) !== 0xff) throw new RangeError("no marker where one must stand");
    if (marker === 0xff) {
      offset += 1;
    } else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const frame = await reader.view(offset + 5, 4);
      return { width: frame.getUint16(2), height: frame.getUint16(0), animated: false };
    } else {
      offset += 2 + (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8) ? 0 : view.getUint16(2));
    }
  }
}

/**
 * WebP (RFC 9649): lossy, lossless or extended.
 * @param {BlobReader} reader
 * @returns {Promise<Header>}
 */
export async function readWebp(reader) {
  const view = await reader.view(12, 18);
  const kind = readName(view, 0);
  if (kind === "VP8X") {
    const width = 1 + (view.getUint16(12, true) | (view.getUint8(14) << 16));
    const height = 1 + (view.getUint16(15, true) | (view.getUint8(17) << 16));
    return { width, height, animated: (view.getUint8(8) & 2) !== 0 };
  }
  if (kind === "VP8L") {
    const bits = view.getUint32(9, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff), animated: false };
  }
  return { width: view.getUint16(14, true) & 0x3fff, height: view.getUint16(16, true) & 0x3fff, animated: false };
}

/**
 * GIF 89a: a second image descriptor makes an animation.
 * @param {BlobReader} reader
 * @returns {Promise<Header>}
 */
export async function readGif(reader) {
  const head = await reader.view(6, 7);
  const header = { width: head.getUint16(0, true), height: head.getUint16(2, true), animated: false };
  let offset = 13 + tableSize(head.getUint8(4));
  for (let frames = 0; offset < reader.size; ) {
    const [kind] = await reader.bytes(offset, 1);
    if (kind === 0x21) {
      offset = await skipBlocks(reader, offset + 2);
    } else if (kind === 0x2c) {
      frames += 1;
      if (frames > 1) return { ...header, animated: true };
      const flags = (await reader.view(offset + 9, 1)).getUint8(0);
      offset = await skipBlocks(reader, offset + 11 + tableSize(flags));
    } else {
      break;
    }
  }
  return header;
}

/**
 * @param {number} flags of a GIF descriptor
 * @returns {number} bytes of the colour table that follows
 */
function tableSize(flags) {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/**
 * @param {BlobReader} reader
 * @param {number} offset of the first sub-block
 * @returns {Promise<number>} the offset behind the terminator
 */
async function skipBlocks(reader, offset) {
  for (let at = offset; at < reader.size; ) {
    const [length] = await reader.bytes(at, 1);
    at += 1 + length;
    if (length === 0) return at;
  }
  return reader.size;
}

/**
 * BMP: the old core header has 16-bit sides; a negative height means top-down rows.
 * @param {BlobReader} reader
 * @returns {Promise<Header>}
 */
export async function readBmp(reader) {
  const view = await reader.view(14, 12);
  if (view.getUint32(0, true) === 12) return { width: view.getUint16(4, true), height: view.getUint16(6, true), animated: false };
  return { width: view.getInt32(4, true), height: Math.abs(view.getInt32(8, true)), animated: false };
}

/**
 * TIFF 6: sides are tags 256 and 257 of the first directory.
 * @param {BlobReader} reader
 * @returns {Promise<Header>}
 */
export async function readTiff(reader) {
  const head = await reader.view(0, 8);
  const little = head.getUint8(0) === 0x49;
  const start = head.getUint32(4, little);
  const count = (await reader.view(start, 2)).getUint16(0, little);
  const view = await reader.view(start + 2, count * 12);
  const sides = { width: 0, height: 0 };
  for (let entry = 0; entry < count * 12; entry += 12) {
    const tag = view.getUint16(entry, little);
    const value = view.getUint16(entry + 2, little) === 3 ? view.getUint16(entry + 8, little) : view.getUint32(entry + 8, little);
    if (tag === 256) sides.width = value;
    if (tag === 257) sides.height = value;
  }
  return { ...sides, animated: false };
}

/**
 * AVIF and HEIC (ISO/IEC 23008-12): the largest `ispe` property is the picture, smaller ones are tiles and thumbnails.
 * @param {BlobReader} reader
 * @returns {Promise<Header>}
 */
export async function readAvif(reader) {
  const brand = readName(await reader.view(8, 4), 0);
  const header = { width: 0, height: 0, animated: ["avis", "msf1"].includes(brand) };
  const pending = [{ offset: 0, end: reader.size }];
  for (let range = pending.pop(); range; range = pending.pop()) {
    for (let { offset } = range; offset + 8 <= range.end; ) {
      const view = await reader.view(offset, 8);
      const name = readName(view, 4);
      const end = view.getUint32(0) < 8 ? range.end : offset + view.getUint32(0);
      if (name === "meta") pending.push({ offset: offset + 12, end });
      if (name === "iprp" || name === "ipco") pending.push({ offset: offset + 8, end });
      if (name === "ispe") {
        const sides = await reader.view(offset + 12, 8);
        if (sides.getUint32(0) * sides.getUint32(4) > header.width * header.height)
          {Object.assign(header, { width: sides.getUint32(0), height: sides.getUint32(4) });}
      }
      offset = end;
    }
  }
  return header;
}
