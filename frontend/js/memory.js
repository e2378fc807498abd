/** What a tab remembers until it is closed; where the browser keeps nothing, until the page is left. */

/** @type {Map<string, string>} */
const kept = new Map();

/** @returns {Storage | null} null where the browser denies it, as it does with all cookies blocked */
function open() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @returns {string} empty where nothing is kept under the name
 */
export function recall(name) {
  return open()?.getItem(name) ?? kept.get(name) ?? "";
}

/**
 * @param {string} name
 * @param {string} value an empty one is forgotten
 */
export function remember(name, value) {
  const storage = open();
  if (value === "") {
    storage?.removeItem(name);
    kept.delete(name);
  } else if (storage) storage.setItem(name, value);
  else kept.set(name, value);
}
