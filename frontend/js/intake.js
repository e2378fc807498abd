/**
 * Makes jobs of files: what cannot be compressed is refused here, in words, before a byte travels.
 * @typedef {import("./job.js").Job} Job
 */

import { advance, makeJob } from "./job.js";
import { toProblem } from "./problems.js";
import { checkLimits, identify } from "./sniff.js";

let added = 0;

/**
 * Looks at a file and keeps it.
 * @param {import("./dropzone.js").Incoming} incoming
 * @param {{ session: string, options: import("./settings.js").Options, limits: import("./sniff.js").Limits, store: import("./store.js").Store }} context
 * @returns {Promise<Job>} queued, or failed with the reason
 */
export async function receive({ file, folder }, { session, options, limits, store }) {
  added += 1;
  const facts = {
    id: crypto.randomUUID(), session, order: Date.now() + added / 1000,
    name: file.name || "pasted.png", folder, size: file.size, type: file.type, width: 0, height: 0, options,
  };
  let job = makeJob(facts);
  try {
    const found = await identify(file);
    job = { ...job, type: found.type, width: found.width, height: found.height };
    checkLimits(file, found, limits);
  } catch (error) {
    job = advance(job, { type: "failed", problem: toProblem(error) });
  }
  await store.saveFile(job.id, "original", file);
  await store.saveJob(job);
  return job;
}
