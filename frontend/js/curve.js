/**
 * The K curve: quality and bytes against the number of colours, as SVG. K runs on a logarithmic scale, since each
 * doubling of the palette buys about one bit.
 *
 * @typedef {{ colors: number, predicted_score: number | null, score: number | null, bytes: number | null, chosen: boolean }} CurvePoint
 * @typedef {{ point: CurvePoint, x: number, predicted: number | null, score: number | null, bytes: number | null }} Placed
 */

import { formatBytes, formatScore } from "./format.js";

const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = Object.freeze({ top: 28, right: 64, bottom: 34, left: 40 });
const NARROW = 420;
const LOW = 1;
const HIGH = 8;

/**
 * Says how good a point is: measured where it was measured, else predicted. Pure.
 * @param {CurvePoint} point
 * @returns {number | null} SSIMULACRA2
 */
export function scoreOf(point) {
  return point.score ?? point.predicted_score;
}

/**
 * The points worth naming: every power of two, what was measured, and the choice. Pure.
 * @param {readonly CurvePoint[]} curve
 * @returns {CurvePoint[]} by rising K
 */
export function pickLandmarks(curve) {
  return [...curve]
    .sort((a, b) => a.colors - b.colors)
    .filter(({ colors, score, bytes, chosen }) => chosen || score !== null || bytes !== null || Number.isInteger(Math.log2(colors)));
}

/**
 * @param {number} colors
 * @param {number} width of the drawing
 * @returns {number} where K stands
 */
function placeColors(colors, width) {
  return MARGIN.left + ((Math.log2(colors) - LOW) / (HIGH - LOW)) * (width - MARGIN.right - MARGIN.left);
}

/**
 * The point of the curve that is nearest to a place on the drawing. Pure.
 * @param {readonly CurvePoint[]} curve not empty
 * @param {number} x in the drawing's units
 * @param {number} width of the drawing
 * @returns {number} its K
 */
export function colorsAt(curve, x, width) {
  const distances = curve.map(({ colors }) => Math.abs(placeColors(colors, width) - x));
  return curve[distances.indexOf(Math.min(...distances))].colors;
}

/**
 * Places points on a drawing. Pure.
 * @param {readonly CurvePoint[]} curve
 * @param {{ width: number, height: number }} size
 * @returns {Placed[]} by rising K
 */
export function placePoints(curve, size) {
  const bottom = size.height - MARGIN.bottom;
  const most = Math.max(1, ...curve.map(({ bytes }) => bytes ?? 0));
  /** @type {(share: number) => number} */
  const up = (share) => bottom - Math.min(1, Math.max(0, share)) * (bottom - MARGIN.top);
  /** @type {(score: number | null) => number | null} */
  const rise = (score) => (score === null ? null : up(score / 100));
  return [...curve]
    .sort((a, b) => a.colors - b.colors)
    .map((point) => ({
      point,
      x: placeColors(point.colors, size.width),
      predicted: rise(point.predicted_score),
      score: rise(scoreOf(point)),
      bytes: point.bytes === null ? null : up(point.bytes / most),
    }));
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 * @returns {SVGElement}
 */
function makeShape(tag, attributes, text) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/**
 * @param {readonly Placed[]} placed
 * @param {"predicted" | "bytes"} key
 * @returns {SVGElement} one line through the points that have the value
 */
function makeLine(placed, key) {
  const points = placed.filter((one) => one[key] !== null).map((one) => `${one.x},${one[key]}`);
  return makeShape("polyline", { points: points.join(" "), class: `curve-${key}` });
}

/**
 * @param {{ width: number, height: number }} size
 * @returns {SVGElement[]} grid and names of the axes
 */
function makeAxes(size) {
  const bottom = size.height - MARGIN.bottom;
  const right = size.width - MARGIN.right;
  const parts = [0, 50, 100].flatMap((score) => {
    const y = bottom - (score / 100) * (bottom - MARGIN.top);
    return [
      makeShape("line", { x1: MARGIN.left, x2: right, y1: y, y2: y, class: "curve-grid" }),
      makeShape("text", { x: MARGIN.left - 8, y: y + 4, "text-anchor": "end" }, String(score)),
    ];
  });
  for (let bit = HIGH; bit >= LOW; bit -= size.width < NARROW ? 2 : 1) {
    const x = placeColors(2 ** bit, size.width);
    parts.push(makeShape("text", { x, y: bottom + 20, "text-anchor": "middle" }, String(2 ** bit)));
  }
  parts.push(makeShape("text", { x: size.width, y: bottom + 20, "text-anchor": "end" }, "K"));
  parts.push(makeShape("text", { x: MARGIN.left - 32, y: 14, class: "curve-score-name" }, "Quality"));
  return parts;
}

/**
 * @param {Placed} one
 * @returns {SVGElement} a point with room for a finger; `data-colors` says its K
 */
function makePoint(one) {
  const { colors, score, bytes, chosen } = one.point;
  const group = makeShape("g", { class: "curve-point", "data-colors": colors });
  const measured = score !== null;
  group.append(makeShape("title", {}, `K ${colors}: quality ${formatScore(scoreOf(one.point))}${measured ? "" : " (predicted)"}${bytes === null ? "" : `, ${formatBytes(bytes)}`}. Click to use it.`));
  if (one.score !== null) {
    group.append(makeShape("circle", { cx: one.x, cy: one.score, r: 14, class: "curve-touch" }));
    group.append(makeShape("circle", { cx: one.x, cy: one.score, r: chosen ? 7 : measured ? 4.5 : 3, class: measured ? "curve-dot measured" : "curve-dot" }));
  }
  if (one.bytes !== null) group.append(makeShape("rect", { x: one.x - 3.5, y: one.bytes - 3.5, width: 7, height: 7, class: "curve-square" }));
  return group;
}

/**
 * Draws the curve.
 * @param {readonly CurvePoint[]} curve
 * @param {{ width: number, height: number }} size in CSS pixels
 * @param {string} summary what a reader who does not see it is told
 * @returns {SVGElement}
 */
export function drawCurve(curve, size, summary) {
  const placed = placePoints(curve, size);
  const svg = makeShape("svg", { viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height, role: "img", class: "curve", "aria-label": summary });
  const chosen = placed.find(({ point }) => point.chosen);
  if (chosen) {
    svg.append(makeShape("line", { x1: chosen.x, x2: chosen.x, y1: MARGIN.top - 6, y2: size.height - MARGIN.bottom, class: "curve-chosen" }));
    svg.append(makeShape("text", { x: chosen.x, y: MARGIN.top - 12, "text-anchor": "middle", class: "curve-chosen-name" }, `K ${chosen.point.colors}`));
  }
  const most = Math.max(0, ...curve.map(({ bytes }) => bytes ?? 0));
  svg.append(makeShape("rect", { width: size.width, height: size.height, class: "curve-touch" }));
  svg.append(...makeAxes(size), makeLine(placed, "bytes"), makeLine(placed, "predicted"));
  const landmarks = new Set(pickLandmarks(curve));
  svg.append(...placed.filter(({ point }) => landmarks.has(point)).map(makePoint));
  if (most > 0) {
    svg.append(makeShape("text", { x: size.width, y: 14, "text-anchor": "end", class: "curve-bytes-name" }, "Size"));
    svg.append(makeShape("text", { x: size.width, y: MARGIN.top + 4, "text-anchor": "end", class: "curve-bytes-name" }, formatBytes(most)));
  }
  return svg;
}
