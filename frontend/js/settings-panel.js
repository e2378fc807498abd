/**
 * The settings form. Owns its element; sends `settings` upward with the options.
 * @typedef {import("./settings.js").Options} Options
 */

import { find, make, send } from "./dom.js";
import { formatCount } from "./format.js";
import { readOptions, readPins, readTarget, writeOptions } from "./settings.js";

const FIELDS = ["format", "scale", "max_size", "dither", "metadata", "space", "pin"];

/** The form beside the list. */
export class SettingsPanel {
  /** @param {HTMLFormElement} element */
  constructor(element) {
    this.element = element;
    const slider = this.#input("#colors");
    const typed = this.#input("#colors-number");
    slider.addEventListener("input", () => (typed.value = slider.value));
    typed.addEventListener("input", () => typed.value !== "" && typed.validity.valid && (slider.value = typed.value));
    // What was typed in passing and cannot be used gives way to what is.
    typed.addEventListener("change", () => (typed.value = slider.value));
    element.addEventListener("input", () => this.#change());
    element.addEventListener("submit", (event) => event.preventDefault());
    this.apply = find(element, "#apply", HTMLButtonElement);
    this.apply.addEventListener("click", () => send(element, "apply", this.read()));
    const share = find(element, "#share", HTMLButtonElement);
    share.addEventListener("click", async () => {
      const address = new URL(location.pathname + writeOptions(this.read()), location.href).href;
      const copied = await navigator.clipboard.writeText(address).then(() => true, () => false);
      share.textContent = copied ? "Link copied" : "The address above is the link";
    });
    element.addEventListener("input", () => (share.textContent = "Copy link"));
    this.automatic = find(element, "#automatic", HTMLButtonElement);
    this.automatic.addEventListener("click", () => {
      this.show({});
      this.#change();
      this.#input("[name=mode]:checked").focus();
    });
  }

  /**
   * @param {string} selector
   * @returns {HTMLInputElement}
   */
  #input(selector) {
    return find(this.element, selector, HTMLInputElement);
  }

  #change() {
    this.#showMode();
    const pin = this.#input("[name=pin]");
    this.#complain(pin, readPins(pin.value) ? "" : "Hex colours such as #ff8800 or #0a3, separated by commas.");
    this.#complain(this.#input("#target"), readTarget(this.#target) ? "" : `${this.#target.endsWith("%") ? "Above 0 and below 100" : "A size above 0"}: until then the images are made as by Auto.`);
    const most = this.#input("[name=max_size]");
    this.#complain(most, most.value === "" && !most.validity.badInput || readOptions(`?max_size=${most.value}`).max_size ? "" : `A whole number from ${most.min} to ${formatCount(Number(most.max))}, or nothing.`);
    send(this.element, "settings", this.read());
  }

  /** @returns {string} the size asked for, as it was typed */
  get #target() {
    return this.#input("#target").value + find(this.element, "#target-unit", HTMLSelectElement).value;
  }

  /**
   * Says under a field why it stands at its default.
   * @param {HTMLInputElement} field
   * @param {string} text an empty one takes the complaint away
   */
  #complain(field, text) {
    field.setCustomValidity(text);
    field.setAttribute("aria-invalid", String(text !== ""));
    const note = find(this.element, `#${field.getAttribute("aria-describedby")}`, HTMLElement);
    note.dataset.hint ??= note.textContent ?? "";
    note.textContent = text || note.dataset.hint;
    note.classList.toggle("fault", text !== "");
  }

  #showMode() {
    const { value } = /** @type {RadioNodeList} */ (this.element.elements.namedItem("mode"));
    for (const part of this.element.querySelectorAll("[data-mode]"))
      {if (part instanceof HTMLElement) part.hidden = part.dataset.mode !== value;}
    this.automatic.hidden = writeOptions(this.read()) === "";
  }

  /**
   * Offers to run finished images again with these settings.
   * @param {number} count of images that were made with others; 0 takes the offer away
   */
  offerApply(count) {
    this.apply.hidden = count === 0;
    this.apply.textContent = count === 1 ? "Apply to 1 finished image" : `Apply to ${count} finished images`;
  }

  /**
   * Reads the form; a field that cannot be read stands at its default.
   * @returns {Options}
   */
  read() {
    const form = new FormData(this.element);
    const mode = form.get("mode");
    const query = new URLSearchParams();
    if (mode === "auto") query.set("quality", String(form.get("quality")));
    if (mode === "colors") query.set("colors", this.#input("#colors").value);
    if (mode === "target") query.set("target", this.#target);
    for (const name of FIELDS) {
      const value = form.get(name);
      if (typeof value === "string" && value !== "") query.set(name, value);
    }
    return readOptions(query.toString());
  }

  /**
   * Shows options; numbers that no entry of a list stands for get an entry of their own.
   * @param {Options} options
   */
  show(options) {
    this.element.reset();
    const mode = options.colors !== undefined ? "colors" : options.target !== undefined ? "target" : "auto";
    this.#input(`[name=mode][value=${mode}]`).checked = true;
    this.#showQuality(options.quality);
    if (options.colors !== undefined) this.#input("#colors").value = this.#input("#colors-number").value = String(options.colors);
    if (options.target !== undefined) this.#showTarget(options.target);
    const given = new URLSearchParams(writeOptions(options));
    for (const name of FIELDS) {
      const value = given.get(name);
      const field = this.element.elements.namedItem(name);
      if (value === null || !(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) continue;
      if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === value))
        {field.add(new Option(value, value));}
      field.value = value;
      find(this.element, "details", HTMLDetailsElement).open = true;
    }
    this.#showMode();
  }

  /** @param {string | number | undefined} quality */
  #showQuality(quality) {
    if (quality === undefined) return;
    const others = [...this.element.querySelectorAll("input[name=quality]")];
    const known = others.find((one) => one instanceof HTMLInputElement && one.value === String(quality));
    const choice = known ?? make("input", { type: "radio", name: "quality", value: quality });
    if (!known) others[0].closest(".segments")?.append(make("label", { title: "On the scale of SSIMULACRA2" }, [choice, make("span", { text: String(quality) })]));
    if (choice instanceof HTMLInputElement) choice.checked = true;
  }

  /** @param {string} target */
  #showTarget(target) {
    const [, value, unit] = /^([\d.]+)(.*)$/.exec(target) ?? [];
    const units = find(this.element, "#target-unit", HTMLSelectElement);
    if (![...units.options].some((option) => option.value === unit)) units.add(new Option(`${unit} at most`, unit));
    this.#input("#target").value = value;
    units.value = unit;
  }
}
