/**
 * The tables of `make bench`, as it wrote them; nothing else is shown as measured.
 * @typedef {{ title: string, note: string, header: string[], rows: string[][] }} Measured
 * @typedef {{ tables: Measured[], measured: string }} Section
 */

import { makeBar } from "./contest.js";
import { make } from "./dom.js";
import { makeFold, makeTable } from "./tables.js";

/** What stands open; the rest is folded. @type {readonly string[]} */
const OPEN = ["saving", "photos"];

/** @type {Record<string, string>} */
const NAMES = {
  palette: "Palettes against pngquant, Pillow and ImageMagick", auto: "Scores asked for and scores delivered", target: "Sizes asked for and sizes delivered",
  regret: "Was the right format chosen?", forerunner: "Against the forerunner, at its own quality", floor: "Time and memory, stage by stage",
  auto12: "A photo of 12 megapixels", kmeans: "The clustering against K-means on every pixel", imports: "What each process loads",
};

/** Columns whose cells are lengths, with the length of a full bar. @type {Record<string, [column: string, full: number]>} */
const BARS = { saving: ["median saved", 1], photos: ["at 70", 1] };

/** @returns {Promise<Record<string, Section> | null>} by name, null where they were not made */
export async function loadMeasurements() {
  const response = await fetch("demos/measurements.json").catch(() => null);
  return response?.ok ? response.json() : null;
}

/**
 * Reads the number at the start of a cell. Pure.
 * @param {string} cell such as "64%" or "0.79"
 * @returns {number | null} a percentage as a share; null where there is none
 */
export function readCell(cell) {
  const match = /^([\d,]+(?:\.\d+)?)(%?)/.exec(cell);
  return match ? Number(match[1].replaceAll(",", "")) / (match[2] ? 100 : 1) : null;
}

/**
 * The savings that the first page names. Pure.
 * @param {Record<string, Section>} sections
 * @returns {[set: string, median: string][]} none where they were not measured
 */
export function pickSavings(sections) {
  const [table] = sections.saving?.tables ?? [];
  const column = table?.header.indexOf("median saved") ?? -1;
  if (column < 0) return [];
  const files = table.header.indexOf("files");
  return table.rows.map((cells) => [files < 0 ? cells[0] : `${cells[0]} (${cells[files]})`, cells[column].replace("%", " %")]);
}

/**
 * @param {string} text with code between backticks
 * @returns {(string | Node)[]}
 */
function spellOut(text) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? make("code", { text: part }) : part));
}

/**
 * @param {string} name of the section
 * @param {Measured} table
 * @returns {HTMLElement}
 */
function showTable(name, { title, note, header, rows }) {
  const [column, full] = BARS[name] ?? ["", 1];
  const place = header.indexOf(column);
  const shown = rows.map((cells) => cells.map((cell, index) => {
    const value = index === place ? readCell(cell) : null;
    return value === null ? cell : makeBar(cell, value / full, /^Auto-K/.test(cells[0]) || name === "saving" ? "chosen" : "");
  }));
  const text = make("div", { class: "measured-text" }, [make("h3", { text: title }), ...(note ? [make("p", {}, spellOut(note))] : [])]);
  return make("div", { class: "measured-table" }, [text, makeTable(header, shown, title)]);
}

/**
 * @param {Record<string, Section>} sections
 * @returns {HTMLElement[]} every section, each with the day, the machine and the command that measures it again
 */
export function showMeasurements(sections) {
  return Object.entries(sections).map(([name, { tables, measured }]) => {
    const parts = [...tables.map((table) => showTable(name, table)), make("p", { class: "hint" }, spellOut(measured))];
    return OPEN.includes(name) ? make("div", { class: "measured" }, parts) : makeFold(NAMES[name] ?? tables[0].title, [make("div", { class: "measured" }, parts)]);
  });
}
