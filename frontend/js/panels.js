/**
 * What is open under the rows: comparisons and details. Their code is loaded when it is first needed.
 * @typedef {import("./job.js").Job} Job
 * @typedef {import("./store.js").Files} Files
 * @typedef {"compare" | "details"} Kind
 * @typedef {{ element: HTMLElement, show: (job: Job, files: Files) => void, close: () => void }} View
 */

/**
 * @param {Job} job
 * @param {Files} files
 * @returns {Promise<View>}
 */
async function makeCompare(job, files) {
  const { Compare } = await import("./compare.js");
  const report = job.outcome?.report ?? {};
  const view = new Compare({ original: files.preview ?? files.original, result: files.result ?? "", report });
  return {
    element: view.element,
    show: (next, { result }) => result && next.outcome && view.update(result, next.outcome.report),
    close: () => view.close(),
  };
}

/**
 * @param {Job} job
 * @param {Files} files
 * @returns {Promise<View>}
 */
async function makeDetails(job, files) {
  const { Details } = await import("./details.js");
  const view = new Details(job, files);
  return { element: view.element, show: (next, given) => next.outcome && view.update(next, given), close: () => view.close() };
}

/** All open panels of the page. */
export class Panels {
  /** @type {Map<string, View>} */
  #views = new Map();

  /**
   * Opens a closed panel, closes an open one.
   * @param {import("./row.js").Row} row
   * @param {Kind} kind
   * @param {Job} job
   * @param {Files} files
   */
  async toggle(row, kind, job, files) {
    const key = `${job.id}/${kind}`;
    const open = row.panel(kind).hidden === true;
    row.toggle(kind, open);
    if (!open) {
      this.#close(key);
      return;
    }
    const view = await (kind === "compare" ? makeCompare(job, files) : makeDetails(job, files));
    if (row.panel(kind).hidden) {
      view.close();
      return;
    }
    this.#views.set(key, view);
    row.panel(kind).replaceChildren(view.element);
    if (row.element.contains(document.activeElement)) row.element.scrollIntoView({ block: "nearest" });
  }

  /**
   * Shows a new result in the panels that are open.
   * @param {Job} job
   * @param {Files} files
   */
  refresh(job, files) {
    for (const kind of ["compare", "details"]) this.#views.get(`${job.id}/${kind}`)?.show(job, files);
  }

  /**
   * Lets go of a row's panels.
   * @param {string} id
   */
  drop(id) {
    for (const kind of ["compare", "details"]) this.#close(`${id}/${kind}`);
  }

  /** @param {string} key */
  #close(key) {
    this.#views.get(key)?.close();
    this.#views.delete(key);
  }
}
