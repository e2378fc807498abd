/** Numbers as people read them: bytes, shares, durations, money. Pure. */

const UNITS = ["B", "kB", "MB", "GB"];

/**
 * Writes a size with three significant digits; 1 kB is 1,000 bytes.
 * @param {number} bytes 0 or more
 * @returns {string} such as "1.24 MB"
 */
export function formatBytes(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/**
 * Writes a share as a percentage.
 * @param {number} share 0 or more; what lies under the whole is never rounded up to it
 * @param {number} [digits] decimals; 0 unless told
 * @returns {string} such as "71 %"
 */
export function formatPercent(share, digits = 0) {
  const most = share < 1 ? 100 - 10 ** -digits : Infinity;
  return `${Math.min(most, share * 100).toFixed(digits)} %`;
}

/**
 * Writes how much of something is gone, with a decimal where it is little.
 * @param {number} share 0 to 1
 * @returns {string} such as "71 %" or "0.4 %"
 */
export function formatSaved(share) {
  return formatPercent(share, share < 0.01 ? 1 : 0);
}

/**
 * Says in words how a size changed, so that colour never stands alone.
 * @param {number} before bytes, above 0
 * @param {number} after bytes
 * @returns {string} such as "71 % smaller", "as small as it was"
 */
export function formatChange(before, after) {
  const change = 1 - after / before;
  if (after === before) return "as small as it gets";
  return `${formatSaved(Math.abs(change))} ${change > 0 ? "smaller" : "larger"}`;
}

/**
 * Writes a duration.
 * @param {number} milliseconds 0 or more
 * @returns {string} such as "840 ms" or "3.2 s"
 */
export function formatDuration(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * Writes a span of hours and minutes.
 * @param {number} milliseconds 0 or more
 * @returns {string} such as "23 h 40 min" or "5 min", the minute begun counted
 */
export function formatSpan(milliseconds) {
  const minutes = Math.max(1, Math.ceil(milliseconds / 60_000));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours > 0 ? `${hours} h` : "", rest > 0 ? `${rest} min` : ""].filter(Boolean).join(" ");
}

/**
 * Writes a very small amount of money, never as zero.
 * @param {number} usd dollars, 0 or more
 * @returns {string} such as "$0.000139"
 */
export function formatDollars(usd) {
  if (usd === 0) return "$0";
  const digits = Math.min(12, Math.max(2, 2 - Math.floor(Math.log10(usd))));
  return `$${usd.toFixed(digits)}`;
}

/**
 * Writes a whole number with thousands apart.
 * @param {number} value
 * @returns {string} such as "16,384"
 */
export function formatCount(value) {
  return Math.round(value).toLocaleString("en");
}

/**
 * Writes how many there are of something.
 * @param {number} count
 * @param {string} one of them, whose plural takes an s
 * @returns {string} such as "1 colour" or "36 colours"
 */
export function formatNumber(count, one) {
  return `${formatCount(count)} ${one}${count === 1 ? "" : "s"}`;
}

/**
 * Writes megapixels.
 * @param {number} pixels
 * @returns {string} such as "12.2 MP"
 */
export function formatPixels(pixels) {
  const value = pixels / 1e6;
  return `${value.toFixed(value < 10 ? 1 : 0)} MP`;
}

/**
 * Writes a perceptual score; the scale has no floor, but what lies under 0 is equally unlike.
 * @param {number | null | undefined} score SSIMULACRA2
 * @returns {string} such as "71", "below 0", "–" where there is none
 */
export function formatScore(score) {
  if (score === null || score === undefined) return "–";
  return score < 0 ? "below 0" : score.toFixed(0);
}
