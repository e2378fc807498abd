/**
 * The colours of a picture as points in OKLab, and the centres that stand for them.
 * @typedef {{ hex: string, share: number, place: [number, number] }} Point
 *   `place` is [blue to yellow, dark to light], in steps that look about equally large.
 */

import { make } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = 4;
const DRAWN_WIDTH = 800;

/**
 * Fits a plane around points, with one scale for both directions, since equal distances are to look equal. Pure.
 * @param {readonly Point[]} points not empty
 * @returns {{ width: number, height: number, locate: (point: Point) => { x: number, y: number } }} dark at the left, yellow at the top
 */
export function fitPlane(points) {
  const yellow = points.map(({ place }) => place[0]);
  const light = points.map(({ place }) => place[1]);
  const left = Math.min(...light) - MARGIN;
  const top = Math.max(...yellow) + MARGIN;
  return {
    width: Math.max(...light) + MARGIN - left,
    height: top - (Math.min(...yellow) - MARGIN),
    locate: ({ place }) => ({ x: place[1] - left, y: top - place[0] }),
  };
}

/**
 * @param {readonly Point[]} cloud
 * @param {ReturnType<typeof fitPlane>} plane
 * @returns {HTMLCanvasElement} a dot for each colour, as large as its share; pixels, since there are a thousand
 */
function drawPoints(cloud, { width, height, locate }) {
  const scale = DRAWN_WIDTH / width;
  const canvas = make("canvas", { width: DRAWN_WIDTH, height: Math.round(height * scale) });
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.scale(scale, scale);
  for (const point of cloud) {
    const { x, y } = locate(point);
    context.fillStyle = point.hex;
    context.beginPath();
    context.arc(x, y, 0.3 + 4 * Math.sqrt(point.share), 0, 2 * Math.PI);
    context.fill();
  }
  return canvas;
}

/**
 * Draws a cloud with its centres.
 * @param {readonly Point[]} cloud
 * @param {readonly Point[]} centers
 * @param {string} summary what a reader who does not see it is told
 * @returns {HTMLElement}
 */
export function drawCloud(cloud, centers, summary) {
  const plane = fitPlane(cloud);
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", `0 0 ${plane.width} ${plane.height}`);
  // Few centres are drawn larger than many, so that 64 of them still leave the cloud to be seen.
  const radius = 4 / Math.sqrt(Math.log2(Math.max(4, centers.length)));
  for (const center of centers) {
    const { x, y } = plane.locate(center);
    const ring = document.createElementNS(SPACE, "circle");
    for (const [name, value] of Object.entries({ cx: x.toFixed(2), cy: y.toFixed(2), r: radius.toFixed(2), fill: center.hex })) ring.setAttribute(name, value);
    svg.append(ring);
  }
  return make("div", { class: "cloud", role: "img", "aria-label": summary }, [drawPoints(cloud, plane), svg]);
}
