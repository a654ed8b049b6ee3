// One action at a time, done exactly once: the same key is sent again until the server has answered.

import { ask, newKey } from './base.js';

const UNDECIDED_CODES = new Set(['outcome-unknown', 'starting', 'overloaded', 'store-unavailable']);
const RETRY_MS = [400, 800, 1500, 2500];

/** True when a refusal leaves open whether the action took place, or says to try again. */
function undecided(refusal) {
  return refusal.status === 0 || UNDECIDED_CODES.has(refusal.code) || [502, 504].includes(refusal.status);
}

/**
 * Sends actions and remembers the one in flight, also across a reload of the page.
 *
 * `onBusy(busy, retrying)` hears when an action starts, when it has to be sent again, and its end.
 * `refresh()` fetches what the action changed; the line stays busy until then, so nobody presses a
 * button that still has its old meaning.
 */
export class ActionLine {
  #storage;
  #pending = null;

  constructor(storageKey, { onBusy, refresh }) {
    this.#storage = storageKey;
    this.onBusy = onBusy;
    this.refresh = refresh;
  }

  get busy() {
    return this.#pending !== null;
  }

  /** The action a reload interrupted, or null. */
  left() {
    return JSON.parse(sessionStorage.getItem(this.#storage) ?? 'null');
  }

  /**
   * Sends a new action; gives the answer or throws the Refusal. Refuses a second one meanwhile.
   * `about` is what the page needs to tell the outcome, kept for after a reload.
   */
  async send(name, path, body = {}, about = null) {
    return this.#run({ name, path, body, about, key: newKey() });
  }

  /** Sends what a reload interrupted again, under its old key. */
  async sendLeft() {
    return this.#run(this.left());
  }

  async #run(action) {
    if (this.busy) throw new Error('one action at a time');
    this.#pending = action;
    sessionStorage.setItem(this.#storage, JSON.stringify(action));
    this.onBusy(true, false);
    try {
      return await this.#untilAnswered(action);
    } finally {
      sessionStorage.removeItem(this.#storage);
      await this.refresh();
      this.#pending = null;
      this.onBusy(false, false);
    }
  }

  async #untilAnswered({ path, body, key }) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await ask(path, { method: 'POST', body, headers: { 'Idempotency-Key': key } });
      } catch (refusal) {
        if (!undecided(refusal)) throw refusal;
        this.onBusy(true, true);
        const pause = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)];
        await new Promise((done) => setTimeout(done, pause));
      }
    }
  }
}
