/**
 * The examples that make wrote beside the pages.
 * @typedef {{ key: string, title: string, original: string, result: string, report: string, histogram: number[], facts: import("./job.js").Report }} Demo
 * @typedef {{ colors: number, image: string, bytes: number, palette: import("./palette.js").Swatch[], metrics: Record<string, any> }} Step
 * @typedef {{ name: string, before: number, after: number, format: string, colors: number, entropy_bits: number, score: number | null, milliseconds: number }} Measured
 * @typedef {{ demos: Demo[], steps: Step[], corpus: Measured[] }} Index
 */

/** @returns {Promise<Index | null>} null where they were not made */
export async function loadDemos() {
  const response = await fetch("demos/index.json").catch(() => null);
  return response?.ok ? response.json() : null;
}
