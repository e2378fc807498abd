/** Starts about.html: draws its pictures from the runs that make wrote down, and its tables from what `make bench` measured. */

import { drawCloud } from "./cloud.js";
import { makeContest } from "./contest.js";
import { drawCurve, scoreOf } from "./curve.js";
import { loadRuns } from "./demos.js";
import { find, make } from "./dom.js";
import { formatBytes, formatScore } from "./format.js";
import { loadMeasurements, showMeasurements } from "./measurements.js";
import { makeStrip } from "./palette.js";

const SPACE = "http://www.w3.org/2000/svg";
const CURVE = Object.freeze({ width: 380, height: 240 });

/**
 * @param {readonly number[]} counts
 * @returns {SVGElement} bars in proportion to the tallest
 */
function drawHistogram(counts) {
  const svg = document.createElementNS(SPACE, "svg");
  const tallest = Math.max(...counts);
  svg.setAttribute("viewBox", `0 0 ${counts.length} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "histogram");
  svg.setAttribute("aria-hidden", "true");
  counts.forEach((count, index) => {
    const bar = document.createElementNS(SPACE, "rect");
    const height = Math.max(count > 0 ? 1.5 : 0, (count / tallest) * 100);
    for (const [name, value] of Object.entries({ x: index, y: 100 - height, width: 0.8, height, fill: "currentColor" })) bar.setAttribute(name, String(value));
    svg.append(bar);
  });
  return svg;
}

/**
 * @param {(Node)[]} parts
 * @param {string} caption
 * @returns {HTMLElement}
 */
function makeFigure(parts, caption) {
  return make("figure", { class: "figure" }, [...parts, make("figcaption", { text: caption })]);
}

/**
 * @param {string} name
 * @param {string} alt
 * @param {{ width: number, height: number }} size
 * @returns {HTMLImageElement}
 */
function makeImage(name, alt, size) {
  return make("img", { src: `demos/${name}`, alt, width: size.width, height: size.height, loading: "lazy", decoding: "async" });
}

/**
 * @param {import("./demos.js").Demo} demo
 * @returns {HTMLElement}
 */
function showEntropy({ title, original, histogram, facts }) {
  const caption = `${title}: ${facts.plan.entropy_bits.toFixed(1)} bits of entropy, K ${facts.decision.colors}${facts.output.format === "png" ? "" : " if it were a palette"}.`;
  return makeFigure([makeImage(original, title, facts.input), drawHistogram(histogram)], caption);
}

/**
 * @param {import("./demos.js").Step} step
 * @param {readonly import("./cloud.js").Point[]} cloud
 * @param {{ width: number, height: number }} size
 * @returns {HTMLElement}
 */
function showStep({ colors, image, bytes, palette, metrics }, cloud, size) {
  const drawing = drawCloud(cloud, palette, `The colours of the photo, dark at the left and light at the right, blue below and yellow above, and the ${colors} centres that K-means finds among them.`);
  return makeFigure([drawing, makeStrip(palette), makeImage(image, `The photo with ${colors} colours`, size)], `K ${colors}: ${formatBytes(bytes)}, score ${formatScore(metrics.ssimulacra2)}.`);
}

/**
 * @param {import("./demos.js").Demo} demo
 * @returns {HTMLElement}
 */
function showCurve({ title, facts }) {
  const chosen = facts.curve.find((/** @type {any} */ point) => point.chosen);
  const summary = `${title}: quality against K${chosen ? `; K ${chosen.colors} gives ${formatScore(scoreOf(chosen))}` : ""}.`;
  return makeFigure([make("div", { class: "curve-frame" }, [drawCurve(facts.curve, CURVE, summary)])], summary);
}

/**
 * @param {import("./demos.js").Demo} demo
 * @returns {HTMLElement}
 */
function showContest({ title, facts }) {
  return make("div", { class: "figure" }, [make("h3", { text: title }), makeContest(facts, `The contest: ${title}`)]);
}

const [runs, measurements] = await Promise.all([loadRuns(), loadMeasurements()]);
/** @type {(id: string, parts: Node[]) => void} */
const fill = (id, parts) => find(document, `#${id}`, HTMLElement).replaceChildren(...parts);
// Each part is a task of its own, so that the page answers in between.
const pause = () => new Promise((resolve) => setTimeout(resolve));
if (runs) {
  const { demos, steps, cloud } = runs;
  fill("entropy", demos.map(showEntropy));
  const figures = [];
  for (const step of steps) {
    await pause();
    figures.push(showStep(step, cloud, demos[0].facts.input));
  }
  fill("steps", figures);
  await pause();
  fill("curves", demos.map(showCurve));
  await pause();
  fill("contests", demos.map(showContest));
} else {
  for (const part of document.querySelectorAll(".figures")) part.remove();
}
await pause();
if (measurements) fill("measurements", showMeasurements(measurements));
else find(document, "#measured", HTMLElement).remove();
