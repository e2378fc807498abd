/** Starts index.html: files dropped here go on to the tool, examples are shown in the two-up. */

import { Api } from "./api.js";
import { find, make } from "./dom.js";
import { Dropzone } from "./dropzone.js";
import { receive } from "./intake.js";
import { readLimits } from "./limits.js";
import { openSession } from "./session.js";
import { readOptions } from "./settings.js";
import { DEFAULT_LIMITS } from "./sniff.js";
import { Store } from "./store.js";

/**
 * Keeps the files where the tool finds them, and goes there.
 * @param {import("./dropzone.js").Incoming[]} incoming
 */
async function handOver(incoming) {
  const store = new Store();
  let kept = true;
  store.addEventListener("full", () => (kept = false));
  const session = await openSession();
  const limits = await new Api(window.AUTOK?.api ?? location.origin).getLimits().then(readLimits, () => DEFAULT_LIMITS);
  for (const one of incoming) await receive(one, { session, options: readOptions(location.search), limits, store });
  if (kept) {
    location.assign(`compress.html${location.search}`);
    return;
  }
  const notice = find(document, "#notice", HTMLElement);
  notice.textContent = "This browser does not keep these files, so they cannot be handed on: it has no room, or is told to keep nothing. Open Compress and drop them there.";
  notice.hidden = false;
}

/**
 * Shows one example.
 * @param {import("./demos.js").Example} demo
 */
async function showDemo(demo) {
  const { Compare } = await import("./compare.js");
  const view = new Compare({ original: `demos/${demo.original}`, result: `demos/${demo.result}`, report: demo.facts, most: 1.75 });
  find(document, "#demo-view", HTMLElement).replaceChildren(view.element);
  find(document, "#demo-report", HTMLAnchorElement).href = `demos/${demo.report}`;
}

async function startDemos() {
  const { loadExamples } = await import("./demos.js");
  const examples = await loadExamples();
  const section = find(document, "#demos", HTMLElement);
  if (!examples) {
    section.hidden = true;
    return;
  }
  const choose = () => {
    const chosen = section.querySelector("input:checked");
    const demo = examples.find(({ key }) => chosen instanceof HTMLInputElement && key === chosen.value);
    return demo ? showDemo(demo) : undefined;
  };
  section.addEventListener("change", (event) => event.target instanceof HTMLInputElement && event.target.name === "demo" && choose());
  await choose();
}

async function showNumbers() {
  const { loadMeasurements, pickSavings } = await import("./measurements.js");
  const savings = pickSavings((await loadMeasurements()) ?? {});
  const section = find(document, "#numbers", HTMLElement);
  section.hidden = savings.length === 0;
  find(section, "dl", HTMLElement).append(...savings.map(([set, median]) => make("div", {}, [make("dt", { text: set }), make("dd", { text: median })])));
}

const zone = new Dropzone(find(document, ".intake", HTMLElement));
zone.element.addEventListener("files", (event) => handOver(/** @type {CustomEvent} */ (event).detail));
await Promise.all([startDemos(), showNumbers()]);
