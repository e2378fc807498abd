/**
 * The examples that make wrote beside the pages.
 * @typedef {{ key: string, title: string, original: string, result: string, report: string, histogram: number[], facts: import("./job.js").Report }} Demo
 * @typedef {{ colors: number, image: string, bytes: number, palette: (import("./palette.js").Swatch & import("./cloud.js").Point)[], metrics: Record<string, any> }} Step
 * @typedef {{ demos: Demo[], steps: Step[], cloud: import("./cloud.js").Point[] }} Index
 */

/** @returns {Promise<Index | null>} null where they were not made */
export async function loadDemos() {
  const response = await fetch("demos/index.json").catch(() => null);
  return response?.ok ? response.json() : null;
}
