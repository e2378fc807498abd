/**
 * Starts a worker of the page's own; where the page demands trusted addresses, this one place vouches for them.
 * @param {"worst-worker.js" | "thumbnail-worker.js"} name a file beside this one
 * @returns {Worker}
 */
export function startWorker(name) {
  const address = new URL(name, import.meta.url).href;
  return new Worker(trust(address), { type: "module" });
}

/** @type {{ createScriptURL: (text: string) => string } | undefined} */
let policy;

/**
 * @param {string} address
 * @returns {string} the address, as a trusted one where there is such a thing
 */
function trust(address) {
  /** @type {any} */
  const factory = /** @type {any} */ (window).trustedTypes;
  if (!factory) return address;
  policy ??= factory.createPolicy("autok", { createScriptURL: (/** @type {string} */ text) => text });
  return policy?.createScriptURL(address) ?? address;
}
