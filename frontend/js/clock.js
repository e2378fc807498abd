/** The service's clock, since that of a device may be hours off. */

let ahead = 0;

/**
 * Takes the time that an answer of the service tells.
 * @param {string | null} date as in the header Date; what is none changes nothing
 */
export function setClock(date) {
  const told = Date.parse(date ?? "");
  if (!Number.isNaN(told)) ahead = told - Date.now();
}

/** @returns {number} milliseconds since 1970 for the service; the device's own until an answer has come */
export function serviceTime() {
  return Date.now() + ahead;
}
