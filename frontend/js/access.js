/**
 * The key of a service that lets in only who has one. It lives as long as the tab does: in session storage, never in
 * the address, never beside the rows. Owns its form; sends `key` upward once there is one to try.
 */

import { find, send } from "./dom.js";
import { recall, remember } from "./memory.js";

const NAME = "autok-key";

/** @returns {string} empty where none is kept */
export function readKey() {
  return recall(NAME);
}

/**
 * Says what is wrong with a key before it travels. Pure.
 * @param {string} text as it was typed, its ends trimmed
 * @returns {string} empty where nothing is
 */
export function checkKey(text) {
  if (/[^\x21-\x7e]/.test(text)) return "A key has only letters, digits and signs, and no spaces inside: copy it once more.";
  if (text.length < 16) return `A key has at least 16 characters, this has ${text.length}: copy the whole of it.`;
  return text.length > 256 ? `A key has at most 256 characters, this has ${text.length}: copy nothing but the key.` : "";
}

/** The field for the key, shown only where the service asks for one. */
export class Access {
  /**
   * @param {HTMLFormElement} element
   * @param {HTMLElement} kept shown while a key is kept, with a button to forget it
   */
  constructor(element, kept) {
    this.element = element;
    this.kept = kept;
    this.input = find(element, "input", HTMLInputElement);
    this.fault = find(element, "[role=alert]", HTMLElement);
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#take(this.input.value.trim());
    });
    find(kept, "button", HTMLButtonElement).addEventListener("click", () => this.#forget());
    this.kept.hidden = readKey() === "";
  }

  /** Asks for a key; one that was tried already is said to be refused. */
  ask() {
    const refused = readKey() !== "";
    if (refused) this.#forget();
    if (this.element.hidden || refused) this.#complain(refused ? "That key was refused. Check it with whoever runs this service." : "");
    this.element.hidden = false;
    const active = document.activeElement;
    if (active === null || active === document.body || active.closest(".intake, #access")) this.input.focus();
  }

  /** @param {string} key */
  #take(key) {
    const fault = checkKey(key);
    this.#complain(fault);
    if (fault !== "") return;
    remember(NAME, key);
    this.input.value = "";
    this.element.hidden = true;
    this.kept.hidden = false;
    send(this.element, "key");
  }

  /** @param {string} text an empty one takes the complaint away */
  #complain(text) {
    this.fault.textContent = text;
    this.input.setAttribute("aria-invalid", String(text !== ""));
  }

  #forget() {
    remember(NAME, "");
    this.kept.hidden = true;
  }
}
