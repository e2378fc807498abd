/** Worker: takes a file, answers with a small bitmap of it, or null where the browser cannot read it. */

const SIDE = 128;

addEventListener("message", async ({ data: { blob, byHeight } }) => {
  const options = /** @type {const} */ ({ [byHeight ? "resizeHeight" : "resizeWidth"]: SIDE, resizeQuality: "medium" });
  const bitmap = await createImageBitmap(blob, options).catch(() => null);
  postMessage(bitmap, { transfer: bitmap ? [bitmap] : [] });
});
