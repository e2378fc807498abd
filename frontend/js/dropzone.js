/**
 * Where files come in: dropped, picked, pasted, whole folders. Sends `files` upward: `{ file, folder }[]`.
 * @typedef {{ file: File, folder: string }} Incoming `folder` is empty or ends in a slash
 */

import { find, send } from "./dom.js";

/**
 * @param {File} file
 * @returns {Incoming}
 */
function place(file) {
  const path = file.webkitRelativePath ?? "";
  return { file, folder: path.slice(0, path.lastIndexOf("/") + 1) };
}

/**
 * Walks a dropped folder.
 * @param {FileSystemEntry} entry
 * @param {string} folder
 * @returns {Promise<Incoming[]>}
 */
async function walk(entry, folder) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
    return [{ file, folder }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return found;
    for (const child of part) found.push(...(await walk(child, `${folder}${entry.name}/`)));
  }
}

/**
 * Says whether a file of a folder is kept from sight, as those that systems and programs leave there. Pure.
 * @param {Incoming} incoming
 * @returns {boolean}
 */
function isHidden({ file, folder }) {
  return folder !== "" && `${folder}${file.name}`.split("/").some((part) => part.startsWith("."));
}

/**
 * @param {DataTransfer} transfer
 * @returns {Promise<Incoming[]>} every file, those of folders too
 */
async function readTransfer(transfer) {
  const files = [...transfer.files];
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return files.map(place);
  const found = [];
  for (const entry of entries) if (entry) found.push(...(await walk(entry, "")));
  return found;
}

/**
 * @param {DataTransfer | null} transfer
 * @param {string} type
 * @returns {boolean} whether what is dragged or pasted can be had so
 */
function holds(transfer, type) {
  return transfer?.types.includes(type) ?? false;
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean} whether text can be put there
 */
function takesText(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=file], [type=radio], [type=range]), textarea");
}

/**
 * @param {ClipboardItem} item
 * @returns {Promise<File | null>} null where it holds no image
 */
async function readItem(item) {
  const type = item.types.find((one) => one.startsWith("image/"));
  return type ? new File([await item.getType(type)], `pasted.${type.slice(6)}`, { type }) : null;
}

/** The drop zone; the whole page takes drops and pastes for it. */
export class Dropzone {
  /** @param {HTMLElement} element that holds the file inputs */
  constructor(element) {
    this.element = element;
    this.#offerPaste(element.querySelector("#paste"));
    for (const input of element.querySelectorAll("input[type=file]"))
      {if (input instanceof HTMLInputElement) this.#watch(input);}
    this.#listen();
  }

  /** Opens the file picker. */
  open() {
    find(this.element, "input[type=file]", HTMLInputElement).click();
  }

  /** @param {Element | null} button for those without a keyboard, where the browser lets a page read the clipboard */
  #offerPaste(button) {
    if (!(button instanceof HTMLButtonElement) || !navigator.clipboard?.read) return;
    button.disabled = false;
    button.addEventListener("click", async () => {
      const items = await navigator.clipboard.read().catch(() => null);
      if (items === null) {
        send(this.element, "trouble", "The browser did not let the page read the clipboard. Allow it in the browser, or press Ctrl+V instead.");
        return;
      }
      const files = await Promise.all(items.map(readItem));
      const found = files.filter((file) => file !== null);
      if (found.length === 0) send(this.element, "trouble", "There is no image on the clipboard. Copy a picture itself, not its file or its address, then press this again.");
      else this.#give(found.map(place));
    });
  }

  /** @param {HTMLInputElement} input */
  #watch(input) {
    input.addEventListener("change", () => this.#pick(input));
    // The page is used before its script is here; whoever listens above does so once this task has ended.
    queueMicrotask(() => this.#pick(input));
  }

  /** @param {HTMLInputElement} input */
  #pick(input) {
    this.#give([...(input.files ?? [])].map(place));
    input.value = "";
  }

  /**
   * @param {Incoming[]} files
   * @returns {number} how many of them are sent
   */
  #give(files) {
    const seen = files.filter((one) => !isHidden(one));
    if (seen.length > 0) send(this.element, "files", seen);
    return seen.length;
  }

  /** @param {DataTransfer} transfer */
  async #drop(transfer) {
    const given = await readTransfer(transfer).then((files) => this.#give(files), () => -1);
    if (given === 0) send(this.element, "trouble", "There is no file in what was dropped. Drop images, or a folder that holds some.");
    if (given < 0) send(this.element, "trouble", "The browser could not read what was dropped. It may have been moved or is not yours to read: try choosing it instead.");
  }

  #listen() {
    let depth = 0;
    /** @param {number} change */
    const mark = (change) => {
      depth = Math.max(0, depth + change);
      this.element.classList.toggle("dropping", depth > 0);
    };
    /** @param {DragEvent} event */
    const holdsFiles = (event) => holds(event.dataTransfer, "Files");
    // A browser follows an address that is dropped where nobody takes it: the page would be gone.
    /** @param {DragEvent} event */
    const takes = (event) => holdsFiles(event) || (holds(event.dataTransfer, "text/uri-list") && !takesText(event.target));
    window.addEventListener("dragenter", (event) => holdsFiles(event) && mark(1));
    window.addEventListener("dragleave", (event) => holdsFiles(event) && mark(-1));
    window.addEventListener("dragover", (event) => takes(event) && event.preventDefault());
    window.addEventListener("drop", (event) => {
      if (!event.dataTransfer || !takes(event)) return;
      event.preventDefault();
      mark(-depth);
      if (holdsFiles(event)) this.#drop(event.dataTransfer);
      else send(this.element, "trouble", "That is an address, not a file. Save the image on this device first, or copy the picture itself and paste it.");
    });
    window.addEventListener("paste", (event) => {
      // What is copied from a table or a text brings its picture along, which nobody wants in a field.
      if (takesText(event.target) && holds(event.clipboardData, "text/plain")) return;
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) event.preventDefault();
      this.#give(files.map(place));
    });
  }
}
