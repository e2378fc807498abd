const BLOCK = 65536;

/** Reads small pieces of a blob, a block at a time, so that a header costs one slice and not the file. */
export class BlobReader {
  #blob;
  #start = 0;
  #block = new Uint8Array(0);

  /** @param {Blob} blob */
  constructor(blob) {
    this.#blob = blob;
  }

  /** @returns {number} bytes in the blob */
  get size() {
    return this.#blob.size;
  }

  /**
   * @param {number} offset
   * @param {number} length
   * @returns {Promise<Uint8Array>} the bytes, fewer at the end of the blob
   */
  async bytes(offset, length) {
    if (offset < this.#start || offset + length > this.#start + this.#block.length) {
      const end = offset + Math.max(length, BLOCK);
      this.#block = new Uint8Array(await this.#blob.slice(offset, end).arrayBuffer());
      this.#start = offset;
    }
    const from = offset - this.#start;
    return this.#block.subarray(from, from + length);
  }

  /**
   * @param {number} offset
   * @param {number} length
   * @returns {Promise<DataView>}
   * @throws {RangeError} where the blob ends earlier
   */
  async view(offset, length) {
    const bytes = await this.bytes(offset, length);
    if (bytes.length < length) throw new RangeError("the file ends inside its header");
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}
