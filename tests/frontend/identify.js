/** Prints what the page takes each file named on the command line for, one JSON line a file. */

import { openAsBlob } from "node:fs";

import { checkLimits, identify } from "../../frontend/js/sniff.js";
import { PageError } from "../../frontend/js/problems.js";

const limits = JSON.parse(process.argv[2]);
for (const path of process.argv.slice(3)) {
  const blob = await openAsBlob(path);
  try {
    const facts = await identify(blob);
    checkLimits(blob, facts, limits);
    process.stdout.write(`${JSON.stringify(facts)}\n`);
  } catch (error) {
    if (!(error instanceof PageError)) throw error;
    process.stdout.write(`${JSON.stringify(error.problem)}\n`);
  }
}
