/** What the report tells about a result. Owns its element. */

import { make } from "./dom.js";

/** The panel under a row. */
export class Details {
  /** @param {import("./job.js").Report} report */
  constructor(report) {
    this.element = make("div", { class: "details" }, [make("p", { class: "why", text: report.why ?? "" })]);
  }
}
