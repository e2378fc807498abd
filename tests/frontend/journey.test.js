import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { awaitResult, fetchFile, pollDelay, send } from "../../frontend/js/journey.js";
import { makeJob } from "../../frontend/js/job.js";
import { makeError } from "../../frontend/js/problems.js";

const FACTS = { id: "a", session: "s", order: 1, name: "cat.png", folder: "", size: 10, type: "image/png", width: 1, height: 1, options: { colors: 9 } };
const { signal } = new AbortController();

/** Lets a poll's waiting pass at once. */
async function skipTime(/** @type {Promise<unknown>} */ promise) {
  let ended = false;
  const watched = promise.finally(() => (ended = true));
  watched.catch(() => {});
  while (!ended) {
    mock.timers.tick(5000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return watched;
}

test("questions come after half a second, then one, two and four, give or take a tenth", () => {
  assert.deepEqual([0, 1, 2, 3, 9].map((asked) => pollDelay(asked, 0.5)), [500, 1000, 2000, 4000, 4000]);
  assert.ok(pollDelay(0, 0) >= 449 && pollDelay(0, 1) <= 551);
});

test("a stored upload runs again without a second upload", async () => {
  const events = [];
  const api = { createRun: async (id, options) => ({ id: `${id}-${options.colors}` }), createUpload: () => assert.fail("uploaded") };
  const id = await send({ ...makeJob(FACTS), source: "r1" }, new Blob(["x"]), { api, signal, emit: (event) => events.push(event.type) });
  assert.equal(id, "r1-9");
  assert.deepEqual(events, ["start", "signed", "uploaded"]);
});

test("an upload that is gone from the service is asked for again", async () => {
  const api = {
    createRun: async () => { throw makeError("not_found", "", ""); },
    createUpload: async () => { throw makeError("reached", "", "upload asked for"); },
  };
  await assert.rejects(send({ ...makeJob(FACTS), source: "r1" }, new Blob(["x"]), { api, signal, emit: () => {} }), /upload asked for/);
});

test("waiting tells each stage once and survives a connection that breaks meanwhile", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const answers = [{ status: "pending" }, { status: "pending", stage: "plan" }, null, { status: "pending", stage: "plan" }, { status: "done", report: {} }];
  const api = { getResult: async () => answers.shift() ?? Promise.reject(makeError("unreachable", "", "")) };
  const stages = [];
  const result = await skipTime(awaitResult("r", { api, signal, emit: ({ stage }) => stages.push(stage) }));
  mock.timers.reset();
  assert.equal(result.status, "done");
  assert.deepEqual(stages, ["plan"]);
});

test("a failed report ends the wait in the service's own words", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const error = { code: "corrupt_image", title: "The image is damaged", detail: "Export it again." };
  const wait = awaitResult("r", { api: { getResult: async () => ({ status: "failed", error }) }, signal, emit: () => {} });
  await assert.rejects(skipTime(wait), (thrown) => thrown.problem.code === "corrupt_image" && thrown.problem.detail === "Export it again.");
  mock.timers.reset();
});

test("three silent minutes end the wait with what to do", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const wait = awaitResult("r", { api: { getResult: async () => ({ status: "pending" }) }, signal, emit: () => {} });
  await assert.rejects(skipTime(wait), (thrown) => thrown.problem.code === "deadline" && /Retry/.test(thrown.problem.detail));
  mock.timers.reset();
});

test("a download that stands still for a minute ends with what to do, one that is merely slow does not", async () => {
  const pieces = (/** @type {number[]} */ sizes, /** @type {boolean} */ ends) => new ReadableStream({
    async pull(control) {
      const size = sizes.shift();
      if (size === undefined) return ends ? control.close() : new Promise(() => {});
      await new Promise((resolve) => setTimeout(resolve, 40_000));
      control.enqueue(new Uint8Array(size));
    },
  });
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const serve = (/** @type {ReadableStream} */ body) => mock.method(globalThis, "fetch", async (_, { signal: stop }) => {
    const cut = new TransformStream({ start: (control) => stop.addEventListener("abort", () => control.error(stop.reason)) });
    return new Response(body.pipeThrough(cut), { headers: { "content-type": "image/png" } });
  });
  const fetching = () => skipTime(fetchFile("r", { status: "done", download: { url: "x:y" } }, "download", { api: {}, signal }));
  serve(pieces([3, 3, 3, 3], true));
  const blob = await fetching();
  assert.deepEqual([blob.size, blob.type], [12, "image/png"]);
  serve(pieces([3], false));
  await assert.rejects(fetching(), (thrown) => thrown.problem.code === "download_stalled" && /Retry/.test(thrown.problem.detail));
  mock.timers.reset();
  mock.restoreAll();
});
