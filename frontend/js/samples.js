/**
 * Pictures to try the tool with, where somebody has none at hand.
 * @typedef {{ title: string, original: string, result: string, width: number, height: number }} Sample
 */

import { make, send } from "./dom.js";

/**
 * Offers the samples; without them nothing is shown. A press sends `files` upward, as a drop does.
 * @param {HTMLElement} element that is filled; what is around it is unveiled
 */
export async function offerSamples(element) {
  const response = await fetch("demos/samples.json").catch(() => null);
  if (!response?.ok) return;
  /** @type {Sample[]} */
  const samples = await response.json();
  element.append(...samples.map((sample) => makeSample(sample, element)));
  if (element.parentElement) element.parentElement.hidden = false;
}

/**
 * @param {Sample} sample
 * @param {HTMLElement} element that sends
 * @returns {HTMLElement}
 */
function makeSample({ title, original, result, width, height }, element) {
  const image = make("img", { src: `demos/${result}`, alt: "", draggable: "false", width, height, loading: "lazy", decoding: "async" });
  const button = make("button", { type: "button", class: "sample" }, [image, make("span", { text: title })]);
  button.addEventListener("click", async () => {
    const response = await fetch(`demos/${original}`).catch(() => null);
    if (!response?.ok) return;
    const blob = await response.blob();
    send(element, "files", [{ file: new File([blob], original, { type: blob.type }), folder: "" }]);
  });
  return make("li", {}, [button]);
}
