import assert from "node:assert/strict";
import { test } from "node:test";

import { Queue } from "../../frontend/js/queue.js";

/** Makes a task that ends when it is told. */
function makeTask() {
  const task = Promise.withResolvers();
  return { run: () => task.promise, end: task.resolve, fail: task.reject };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test("no more tasks run at once than the limit, and they start in order", async () => {
  const queue = new Queue(3);
  const started = [];
  const tasks = Array.from({ length: 5 }, makeTask);
  const all = tasks.map((task, index) => queue.add(() => {
    started.push(index);
    return task.run();
  }));
  await settle();
  assert.deepEqual(started, [0, 1, 2]);
  tasks[1].end();
  await settle();
  assert.deepEqual(started, [0, 1, 2, 3]);
  tasks.forEach((task) => task.end());
  await Promise.all(all);
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
});

test("a task that fails frees its place", async () => {
  const queue = new Queue(1);
  await assert.rejects(queue.add(() => Promise.reject(new Error("no"))), /no/);
  assert.equal(await queue.add(async () => 7), 7);
});

test("a task that is given up while it waits never starts, and those behind it move up", async () => {
  const queue = new Queue(1);
  const first = makeTask();
  const running = queue.add(first.run);
  const control = new AbortController();
  const given = queue.add(async () => assert.fail("started"), control.signal);
  const last = queue.add(async () => "last");
  control.abort();
  await assert.rejects(given, { name: "AbortError" });
  first.end();
  await running;
  assert.equal(await last, "last");
});
