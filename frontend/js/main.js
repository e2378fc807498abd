/** Starts compress.html. */

import { readKey } from "./access.js";
import { Api } from "./api.js";
import { Controller } from "./controller.js";
import { find } from "./dom.js";
import { describeLimits, readLimits } from "./limits.js";
import { offerSamples } from "./samples.js";
import { adoptSessions, openSession } from "./session.js";
import { DEFAULT_LIMITS } from "./sniff.js";
import { Store } from "./store.js";

/**
 * Says that rows are in another tab, where somebody may look for them here.
 * @param {number} count
 */
function showElsewhere(count) {
  const note = find(document, "#elsewhere", HTMLElement);
  note.hidden = count === 0;
  note.textContent = count === 1
    ? "One image is open in another tab. Close that tab, and reload this one to have it here."
    : `${count} images are open in another tab. Close that tab, and reload this one to have them here.`;
}

const address = window.AUTOK?.api ?? location.origin;
const api = new Api(address, readKey);
const store = new Store();
const session = await openSession();
const controller = new Controller({ api, store, session, limits: DEFAULT_LIMITS });

const jobs = await store.loadJobs();
const orphans = await adoptSessions(jobs.map((job) => job.session).filter((other) => other !== session));
showElsewhere(jobs.filter((job) => job.session !== session && !orphans.has(job.session)).length);
await controller.resume(jobs.filter((job) => job.session === session || orphans.has(job.session)));

offerSamples(find(document, "#samples", HTMLElement));

try {
  const limits = readLimits(await api.getLimits());
  controller.limits = limits;
  find(document, "#limits", HTMLElement).textContent = describeLimits(limits);
} catch {
  controller.announcer.warn(
    "The service could not be reached. You can add images already; each row offers Retry once the service is back.", "service");
}
