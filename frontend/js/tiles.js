/** Where two pictures differ most. Pure. */

/** Side of a tile in pixels. */
export const TILE = 64;

/**
 * @param {Uint8ClampedArray} a RGBA, row after row
 * @param {Uint8ClampedArray} b the same size
 * @param {number} width
 * @param {number} height
 * @returns {{ x: number, y: number, error: number }} the upper left corner of the tile with the largest mean of
 *   squared differences of red, green and blue
 */
export function findWorstTile(a, b, width, height) {
  const columns = Math.ceil(width / TILE);
  const sums = new Float64Array(columns * Math.ceil(height / TILE));
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = Math.floor(y / TILE) * columns;
    for (let x = 0; x < width; x += 1, at += 4) {
      const red = a[at] - b[at];
      const green = a[at + 1] - b[at + 1];
      const blue = a[at + 2] - b[at + 2];
      sums[row + Math.floor(x / TILE)] += red * red + green * green + blue * blue;
    }
  }
  let worst = { x: 0, y: 0, error: -1 };
  sums.forEach((sum, index) => {
    const x = (index % columns) * TILE;
    const y = Math.floor(index / columns) * TILE;
    const error = sum / (3 * Math.min(TILE, width - x) * Math.min(TILE, height - y));
    if (error > worst.error) worst = { x, y, error };
  });
  return worst;
}
