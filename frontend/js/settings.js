/**
 * What the user may ask for, as the page's address keeps it and as the API takes it. Pure.
 *
 * An options object holds only what differs from the defaults, under the API's own names, so that an empty
 * object, an empty address and "everything automatic" are one thing.
 *
 * @typedef {{
 *   quality?: string | number, colors?: number, target?: string, format?: string, scale?: number | "auto",
 *   max_size?: number, dither?: number | "none", space?: string, metadata?: string, pin?: string[],
 * }} Options
 */

const QUALITIES = Object.freeze({ small: 60, balanced: 70, high: 80 });
const FORMATS = ["auto", "keep", "png", "jpeg", "webp", "avif", "any"];
const SPACES = ["oklab", "cielab", "rgb"];
const METADATA = ["none", "copyright", "all"];

/**
 * @param {string} text
 * @param {number} low
 * @param {number} high
 * @returns {number | undefined} the number where it lies in [low, high]
 */
function readNumber(text, low, high) {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return value >= low && value <= high ? value : undefined;
}

/**
 * @param {string} text
 * @param {number} low
 * @param {number} high
 * @returns {number | undefined} the whole number where it lies in [low, high]
 */
function readWhole(text, low, high) {
  const value = readNumber(text, low, high);
  return Number.isInteger(value) ? value : undefined;
}

/**
 * @param {string} text
 * @param {readonly string[]} allowed the first is the default
 * @returns {string | undefined} the choice where it is allowed and not the default
 */
function readChoice(text, allowed) {
  return allowed.indexOf(text) > 0 ? text : undefined;
}

/**
 * Reads a target: `60%` is "at least so much smaller", `200kB` a size.
 * @param {string} text
 * @returns {string | undefined} the target as the API takes it
 */
export function readTarget(text) {
  const match = /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*(%|[kKmM]?[bB]|[kKmM]i[bB])\s*$/.exec(text);
  if (!match) return undefined;
  const value = Number(match[1]);
  if (value <= 0 || (match[2] === "%" && value >= 100)) return undefined;
  return `${value}${match[2]}`;
}

/**
 * Reads hex colours apart by commas or spaces; repeated ones count once.
 * @param {string} text
 * @returns {string[] | undefined} colours as `#rrggbb`, or undefined where one is none
 */
export function readPins(text) {
  const words = text.split(/[,\s]+/).filter(Boolean);
  if (words.length > 256) return undefined;
  /** @type {Set<string>} */
  const pins = new Set();
  for (const word of words) {
    const match = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(word);
    if (!match) return undefined;
    const digits = match[1].toLowerCase();
    pins.add(`#${digits.length === 6 ? digits : [...digits].map((digit) => digit + digit).join("")}`);
  }
  return [...pins];
}

/** @type {Record<keyof Options, (text: string) => unknown>} */
const READERS = {
  quality: (text) => (Object.hasOwn(QUALITIES, text) ? readChoice(text, ["balanced", "small", "high"]) : readNumber(text, 0, 100)),
  colors: (text) => readWhole(text, 2, 256),
  target: readTarget,
  format: (text) => readChoice(text, FORMATS),
  scale: (text) => (text === "auto" ? "auto" : text === "1" ? undefined : readNumber(text, 0.05, 1)),
  max_size: (text) => readWhole(text, 1, 16384),
  dither: (text) => (text === "none" ? "none" : readNumber(text, 0, 1)),
  space: (text) => readChoice(text, SPACES),
  metadata: (text) => readChoice(text, METADATA),
  pin: (text) => {
    const pins = readPins(text);
    return pins && pins.length > 0 ? pins : undefined;
  },
};

/**
 * Reads options from an address; what cannot be read is left at its default.
 * @param {string} query such as `?colors=48&format=png`
 * @returns {Options}
 */
export function readOptions(query) {
  const given = new URLSearchParams(query);
  /** @type {Record<string, unknown>} */
  const options = {};
  for (const [key, read] of Object.entries(READERS)) {
    const text = given.get(key);
    const value = text === null ? undefined : read(text);
    if (value !== undefined) options[key] = value;
  }
  return options;
}

/**
 * Writes options as an address; the order is that of the table, so that equal options are equal text.
 * @param {Options} options
 * @returns {string} such as `?colors=48`, or an empty text where everything is automatic
 */
export function writeOptions(options) {
  const query = new URLSearchParams();
  for (const key of /** @type {(keyof Options)[]} */ (Object.keys(READERS))) {
    const value = options[key];
    if (value !== undefined) query.set(key, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/**
 * Says options in a few words.
 * @param {Options} options
 * @returns {string} such as "48 colours, PNG"
 */
export function describeOptions(options) {
  const words = [];
  if (options.colors !== undefined) words.push(`${options.colors} colours`);
  else if (options.target !== undefined) words.push(options.target.endsWith("%") ? `at least ${options.target} smaller` : `at most ${options.target}`);
  else words.push(`Auto, ${options.quality ?? "balanced"}`);
  if (options.format !== undefined) words.push(options.format === "any" ? "any format" : options.format === "keep" ? "format kept" : options.format.toUpperCase());
  if (options.scale !== undefined) words.push(options.scale === "auto" ? "scale auto" : `scale ${options.scale}`);
  if (options.max_size !== undefined) words.push(`at most ${options.max_size} px`);
  if (options.pin !== undefined) words.push(`${options.pin.length} pinned`);
  return words.join(", ");
}
