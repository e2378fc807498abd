/** The limits of the service, as the page needs them. */

import { formatBytes } from "./format.js";
import { DEFAULT_LIMITS } from "./sniff.js";

/**
 * Reads the service's answer; what it does not name stands at its default. Pure.
 * @param {Record<string, any>} answer of GET /v1/limits
 * @returns {import("./sniff.js").Limits}
 */
export function readLimits(answer) {
  const given = answer.limits ?? answer;
  return {
    bytes: given.max_bytes ?? DEFAULT_LIMITS.bytes,
    pixels: given.max_pixels ?? DEFAULT_LIMITS.pixels,
    side: given.max_side ?? DEFAULT_LIMITS.side,
  };
}

/**
 * Says the limits in one line. Pure.
 * @param {import("./sniff.js").Limits} limits
 * @returns {string}
 */
export function describeLimits(limits) {
  return `PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF · up to ${formatBytes(limits.bytes)} and ${Math.round(limits.pixels / 1e6)} MP each`;
}
