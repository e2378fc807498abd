/** Runs tasks a few at a time, in the order in which they came. */
export class Queue {
  #limit;
  #running = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {number} limit tasks at once, 1 or more */
  constructor(limit) {
    this.#limit = limit;
  }

  /**
   * Waits for a free place, runs the task, and frees the place however the task ends.
   * @template T
   * @param {() => Promise<T>} task
   * @param {AbortSignal} [signal] gives up the wait; a task that has begun looks at the signal itself
   * @returns {Promise<T>} what the task returns
   */
  async add(task, signal) {
    await this.#enter(signal);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  /** @param {AbortSignal} [signal] */
  async #enter(signal) {
    signal?.throwIfAborted();
    if (this.#running < this.#limit) {
      this.#running += 1;
      return;
    }
    await new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener("abort", abort);
        resolve(undefined);
      };
      const abort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== enter);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(enter);
    });
  }

  #leave() {
    const next = this.#waiting.shift();
    // The place is handed over, not freed: whoever asks in between would take it before its turn.
    if (next) next();
    else this.#running -= 1;
  }
}
