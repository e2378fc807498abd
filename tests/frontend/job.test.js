import assert from "node:assert/strict";
import { test } from "node:test";

import { advance, isActive, makeJob, revive } from "../../frontend/js/job.js";

const FACTS = { id: "a", session: "s", order: 1, name: "cat.png", folder: "", size: 10, type: "image/png", width: 1, height: 1, options: {} };
const REPORT = { output: { bytes: 5 } };

/** @param {import("../../frontend/js/job.js").Event[]} events */
const after = (...events) => events.reduce((job, event) => advance(job, event), makeJob(FACTS));
const UPLOADED = [{ type: "start" }, { type: "signed", remote: "r1" }, { type: "uploaded" }];
const DONE = [...UPLOADED, { type: "stage", stage: "encode" }, { type: "finished", report: REPORT, time: 7 }];

test("a job walks from queued to done", () => {
  const states = DONE.map((_, index) => after(...DONE.slice(0, index + 1)).state);
  assert.deepEqual(states, ["signing", "uploading", "waiting", "compressing", "done"]);
  assert.deepEqual(after(...DONE).outcome, { remote: "r1", options: {}, report: REPORT, finished: 7 });
});

test("an event of an older run changes nothing", () => {
  const again = advance(after(...DONE), { type: "again", options: { colors: 8 } });
  assert.equal(advance(again, { type: "finished", report: {}, time: 9 }, 1), again);
});

test("an event that does not fit the state changes nothing", () => {
  const fresh = makeJob(FACTS);
  for (const event of [{ type: "uploaded" }, { type: "sent", share: 0.5 }, { type: "stage", stage: "plan" }, { type: "finished", report: REPORT, time: 1 }, { type: "restore" }])
    {assert.equal(advance(fresh, event), fresh, event.type);}
});

test("progress counts only while bytes travel", () => {
  const uploading = after(...UPLOADED.slice(0, 2), { type: "sent", share: 0.25 });
  assert.equal(uploading.progress, 0.25);
  assert.equal(advance(after(...DONE), { type: "sent", share: 0.5 }).progress, 1);
});

test("a new run keeps the stored upload and the last result", () => {
  const again = advance(after(...DONE), { type: "again", options: { colors: 8 } });
  assert.equal(again.state, "queued");
  assert.equal(again.source, "r1");
  assert.equal(again.remote, null);
  assert.equal(again.outcome?.remote, "r1");
});

test("cancelling a second run brings the first result back with its options", () => {
  const again = advance(after(...DONE), { type: "again", options: { colors: 8 } });
  const cancelled = advance(advance(again, { type: "start" }), { type: "cancel" });
  assert.equal(cancelled.state, "done");
  assert.deepEqual(cancelled.options, {});
  assert.equal(cancelled.source, "r1");
});

test("cancelling a first run leaves a cancelled job that takes no late answer", () => {
  const cancelled = after(...UPLOADED, { type: "cancel" });
  assert.equal(cancelled.state, "cancelled");
  assert.equal(isActive(cancelled), false);
  assert.equal(advance(cancelled, { type: "finished", report: REPORT, time: 1 }, 1), cancelled);
});

test("a failed second run can go back to the last result", () => {
  const problem = { code: "x", title: "t", detail: "d", retryable: true };
  const failed = advance(advance(after(...DONE), { type: "again", options: {} }), { type: "failed", problem });
  assert.equal(failed.state, "failed");
  assert.equal(advance(failed, { type: "restore" }).state, "done");
});

test("a reload awaits what was uploaded and begins everything else again", () => {
  assert.equal(revive(after(...UPLOADED)).state, "waiting");
  assert.equal(revive(after(...UPLOADED)).remote, "r1");
  assert.equal(revive(after(...UPLOADED.slice(0, 2))).state, "queued");
  assert.equal(revive(after(...DONE)).state, "done");
});

test("a result that is deleted on the service stays here, and its next run begins with an upload", () => {
  const kept = advance(after(...DONE), { type: "forgotten" });
  assert.deepEqual([kept.state, kept.remote, kept.source, kept.outcome?.remote, kept.outcome?.report], ["done", null, null, null, REPORT]);
  assert.equal(advance(kept, { type: "again", options: {} }).source, null);
  const busy = after(...UPLOADED);
  assert.equal(advance(busy, { type: "forgotten" }), busy);
});
