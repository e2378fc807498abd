// Plays a program that uses npm's tinify as it is published; prints what it saw as one JSON object.
// Arguments: address, certificate, key, an image, a file that is none, a folder to write into.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const tinify = require(path.join(__dirname, "..", "..", "frontend", "node_modules", "tinify"));

const [address, certificate, key, image, text, folder] = process.argv.slice(2);
tinify.Client.API_ENDPOINT = address;
tinify.Client.CA_BUNDLE = [fs.readFileSync(certificate, "utf8")];

async function look(source) {
  const result = source.result();
  const data = Buffer.from(await result.toBuffer());
  return {
    type: await result.mediaType(),
    extension: await result.extension(),
    size: await result.size(),
    width: await result.width(),
    height: await result.height(),
    bytes: data.length,
    head: data.subarray(0, 16).toString("latin1"),
  };
}

async function fail(promise) {
  try {
    await promise;
    return { kind: "none" };
  } catch (error) {
    const kinds = ["AccountError", "ClientError", "ServerError", "ConnectionError"];
    return { kind: kinds.find((each) => error instanceof tinify[each]), status: error.status, message: error.message };
  }
}

async function main() {
  const seen = {};
  tinify.key = key;
  await tinify.validate();
  seen.countAtStart = tinify.compressionCount;
  const written = path.join(folder, "node.jpg");
  await tinify.fromFile(image).toFile(written);
  seen.file = fs.statSync(written).size;
  seen.count = tinify.compressionCount;
  const source = tinify.fromBuffer(fs.readFileSync(image));
  seen.plain = await look(source);
  for (const method of ["fit", "cover", "thumb"]) {
    seen[method] = await look(source.resize({ method, width: 150, height: 120 }));
  }
  seen.scale = await look(source.resize({ method: "scale", width: 100 }));
  seen.webp = await look(source.convert({ type: "image/webp" }));
  seen.several = await look(source.convert({ type: ["image/png", "image/webp"] }));
  seen.any = await look(source.convert({ type: "*/*" }).transform({ background: "#000000" }));
  seen.preserved = await look(source.preserve("copyright", "creation", "location"));
  seen.noUrl = await fail(tinify.fromUrl("https://example.org/a.png").toBuffer());
  seen.noStore = await fail(source.store({ service: "s3" }).location());
  seen.noImage = await fail(tinify.fromFile(text).toBuffer());
  seen.bothSides = await fail(source.resize({ method: "scale", width: 10, height: 10 }).toBuffer());
  tinify.key = "0123456789abcdef-wrong";
  seen.wrongKey = await fail(tinify.fromFile(image).toBuffer());
  seen.invalid = await fail(tinify.validate());
  process.stdout.write(JSON.stringify(seen));
}

main();
