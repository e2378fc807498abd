/**
 * Rows and their files, kept in the browser (IndexedDB) so that they survive a reload.
 * Where the browser keeps nothing (a private window may refuse), the page goes on without memory.
 *
 * @typedef {import("./job.js").Job} Job
 * @typedef {{ original: Blob, result: Blob | null, preview: Blob | null }} Files
 */

const NAME = "autok";
const VERSION = 1;

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settle(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<IDBDatabase>} rejected where the browser denies it, at once or later */
async function open() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("jobs", { keyPath: "id" });
    request.result.createObjectStore("files");
  };
  return settle(request);
}

/** The two tables: jobs by id, files by `id/kind`. Sends `full` when a file is not kept. */
export class Store extends EventTarget {
  /** @type {Promise<IDBDatabase | null>} */
  #database = open().catch(() => null);

  /**
   * @param {"jobs" | "files"} table
   * @param {IDBTransactionMode} mode
   * @param {(table: IDBObjectStore) => IDBRequest} act
   * @returns {Promise<any>} the answer, undefined where nothing can be kept
   */
  async #use(table, mode, act) {
    const database = await this.#database;
    if (!database) return undefined;
    try {
      return await settle(act(database.transaction(table, mode).objectStore(table)));
    } catch {
      return undefined;
    }
  }

  /**
   * @param {Job} job
   * @returns {Promise<void>}
   */
  async saveJob(job) {
    await this.#use("jobs", "readwrite", (table) => table.put(job));
  }

  /** @returns {Promise<Job[]>} every row of every tab, in the order in which they were added */
  async loadJobs() {
    /** @type {Job[]} */
    const jobs = (await this.#use("jobs", "readonly", (table) => table.getAll())) ?? [];
    return jobs.sort((a, b) => a.order - b.order);
  }

  /**
   * @param {string} id
   * @param {keyof Files} kind
   * @param {Blob} blob
   * @returns {Promise<void>}
   */
  async saveFile(id, kind, blob) {
    const key = await this.#use("files", "readwrite", (table) => table.put(blob, `${id}/${kind}`));
    if (key === undefined) this.dispatchEvent(new Event("full"));
  }

  /**
   * @param {string} id
   * @returns {Promise<Files | null>} null where the original is gone
   */
  async loadFiles(id) {
    const [original, result, preview] = await Promise.all(
      ["original", "result", "preview"].map((kind) => this.#use("files", "readonly", (table) => table.get(`${id}/${kind}`))));
    return original ? { original, result: result ?? null, preview: preview ?? null } : null;
  }

  /**
   * @param {string} id
   * @returns {Promise<void>}
   */
  async deleteJob(id) {
    await this.#use("jobs", "readwrite", (table) => table.delete(id));
    // The last 16-bit unit there is bounds every key that begins with the id.
    await this.#use("files", "readwrite", (table) => table.delete(IDBKeyRange.bound(`${id}/`, `${id}/\uffff`)));
  }
}
