/**
 * Which tab owns which rows. A tab holds a lock under its session's name for as long as it lives, so that two
 * tabs never work on one row, and the rows of a closed tab go to the next one that opens.
 */

import { recall, remember } from "./memory.js";

const KEY = "autok-session";
const RELOAD_MS = 500;

/**
 * Takes a lock and holds it for the life of the page.
 * @param {string} session
 * @param {LockOptions} options
 * @returns {Promise<boolean>} whether it was free
 */
function hold(session, options) {
  return new Promise((resolve) => {
    navigator.locks
      .request(`${KEY}-${session}`, options, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise(() => {}) : undefined;
      })
      .catch(() => resolve(false));
  });
}

/**
 * Opens this tab's session: the one it had before a reload, or a new one (a duplicated tab finds its own taken).
 * @returns {Promise<string>}
 */
export async function openSession() {
  const known = recall(KEY);
  if (!navigator.locks) return known || keep(crypto.randomUUID());
  // The page before a reload may still be going: its lock is waited for, shortly.
  if (known !== "" && (await hold(known, { signal: AbortSignal.timeout(RELOAD_MS) }))) return known;
  const session = keep(crypto.randomUUID());
  await hold(session, {});
  return session;
}

/**
 * @param {string} session
 * @returns {string}
 */
function keep(session) {
  remember(KEY, session);
  return session;
}

/**
 * Says which of the sessions belong to tabs that are gone, and takes them over.
 * @param {Iterable<string>} sessions
 * @returns {Promise<Set<string>>}
 */
export async function adoptSessions(sessions) {
  /** @type {Set<string>} */
  const adopted = new Set();
  if (!navigator.locks) return adopted;
  for (const session of new Set(sessions)) if (await hold(session, { ifAvailable: true })) adopted.add(session);
  return adopted;
}
