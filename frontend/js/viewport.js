/**
 * Zoom and pan as numbers. Pure.
 *
 * A view maps a picture's pixel (u, v) to the stage's point (x + u * scale, y + v * scale), in CSS pixels.
 * @typedef {{ scale: number, x: number, y: number }} View
 * @typedef {{ width: number, height: number }} Size
 */

const MAX_SCALE = 32;
const STEP_BEYOND_FIT = 0.5;
const ICON_PX = 256;

/**
 * Says how much larger than it is a picture is shown: icons would vanish under the divider's handle.
 * @param {Size} picture
 * @returns {number} whole, so that pixels stay squares; 1 for all pictures with a side above 128 pixels
 */
export function enlargement({ width, height }) {
  return Math.max(1, Math.floor(ICON_PX / Math.max(width, height)));
}

/**
 * Shows the whole picture in the middle.
 * @param {Size} picture
 * @param {Size} stage
 * @param {number} [most] the largest scale; 1 unless told, so that a small picture stays as sharp as it is
 * @returns {View}
 */
export function fit(picture, stage, most = 1) {
  return centre(picture, stage, Math.min(most, stage.width / picture.width, stage.height / picture.height));
}

/**
 * @param {Size} picture
 * @param {Size} stage
 * @param {number} scale
 * @returns {View} the picture's middle in the stage's middle
 */
export function centre(picture, stage, scale) {
  return { scale, x: (stage.width - picture.width * scale) / 2, y: (stage.height - picture.height * scale) / 2 };
}

/**
 * Changes the scale while one point of the stage stays where it is.
 * @param {View} view
 * @param {number} factor
 * @param {{ x: number, y: number }} point
 * @param {Size} picture
 * @param {Size} stage
 * @returns {View}
 */
export function zoomAt(view, factor, point, picture, stage) {
  const low = fit(picture, stage).scale * STEP_BEYOND_FIT;
  const scale = Math.min(MAX_SCALE, Math.max(low, view.scale * factor));
  const ratio = scale / view.scale;
  return bound({ scale, x: point.x - (point.x - view.x) * ratio, y: point.y - (point.y - view.y) * ratio }, picture, stage);
}

/**
 * Moves the picture.
 * @param {View} view
 * @param {number} dx
 * @param {number} dy
 * @param {Size} picture
 * @param {Size} stage
 * @returns {View}
 */
export function pan(view, dx, dy, picture, stage) {
  return bound({ ...view, x: view.x + dx, y: view.y + dy }, picture, stage);
}

/**
 * Shows a square of the picture in the middle, at a third of the stage's shorter side.
 * @param {{ x: number, y: number, size: number }} tile in the picture's pixels
 * @param {Size} picture
 * @param {Size} stage
 * @returns {View}
 */
export function showTile(tile, picture, stage) {
  const scale = Math.min(MAX_SCALE, Math.min(stage.width, stage.height) / 3 / tile.size);
  const x = stage.width / 2 - (tile.x + tile.size / 2) * scale;
  const y = stage.height / 2 - (tile.y + tile.size / 2) * scale;
  return bound({ scale, x, y }, picture, stage);
}

/**
 * Keeps the stage's middle on the picture, so that it can never be lost.
 * @param {View} view
 * @param {Size} picture
 * @param {Size} stage
 * @returns {View}
 */
function bound(view, picture, stage) {
  /** @type {(value: number, side: number, room: number) => number} */
  const clamp = (value, side, room) => Math.min(room / 2, Math.max(room / 2 - side * view.scale, value));
  return { ...view, x: clamp(view.x, picture.width, stage.width), y: clamp(view.y, picture.height, stage.height) };
}

/**
 * Reads a percentage as people type it. Pure.
 * @param {string} text such as "150", "150 %" or "12,5%"
 * @returns {number | null} as a share; null where it is none above zero
 */
export function readPercent(text) {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*%?\s*$/.exec(text);
  const value = match ? Number(match[1].replace(",", ".")) : 0;
  return value > 0 ? value / 100 : null;
}
