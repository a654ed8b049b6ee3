// A page's live line: whole snapshots over server-sent events, back by itself after any break.

import { ask } from './base.js';

const STALE_AFTER_MS = 15000; // five missed beats of 3 s
const RETRY_FIRST_MS = 500;
const RETRY_LONGEST_MS = 3000; // right again within 5 s of the server's return

/**
 * Keeps one EventSource alive and hands over snapshots in order.
 *
 * `onSnapshot(snapshot)` gets each snapshot that is not older, by (epoch, rev), than the last one;
 * with `inOrder` every one, because they come by this line alone and their epoch is a clock's.
 * `onLink({connected, stale})` hears every change: `stale` means 15 s without any event.
 * `onSignedOut()` hears that the session has ended.
 */
export class LiveLine {
  #source = null;
  #last = { epoch: -1, rev: -1 };
  #retryMs = RETRY_FIRST_MS;
  #retryTimer = 0;
  #staleTimer = 0;
  #connected = null;
  #stale = null;
  #closed = false;

  constructor(path, { onSnapshot, onLink = () => {}, onSignedOut = () => {}, inOrder = false }) {
    this.path = path;
    this.onSnapshot = onSnapshot;
    this.onLink = onLink;
    this.onSignedOut = onSignedOut;
    this.inOrder = inOrder;
    window.addEventListener('pagehide', () => this.#source?.close());
    window.addEventListener('online', () => this.#open());
    this.#open();
  }

  /** Takes a snapshot from elsewhere, for instance a GET after an action. */
  accept(snapshot) {
    const { epoch, rev } = snapshot;
    if (rev === undefined) return; // no business day is open yet: there is nothing to show
    const older = epoch < this.#last.epoch || (epoch === this.#last.epoch && rev < this.#last.rev);
    if (older && !this.inOrder) return;
    this.#last = { epoch, rev };
    this.onSnapshot(snapshot);
  }

  /** For good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#staleTimer);
    this.#source?.close();
  }

  #open() {
    if (this.#closed) return;
    clearTimeout(this.#retryTimer);
    this.#source?.close();
    const source = new EventSource(this.path);
    this.#source = source;
    source.onmessage = (event) => {
      this.#alive();
      this.accept(JSON.parse(event.data));
    };
    source.addEventListener('beat', () => this.#alive());
    source.onerror = () => {
      if (source !== this.#source) return;
      source.close();
      this.#tell(false, this.#stale);
      this.#retryTimer = setTimeout(() => this.#again(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_LONGEST_MS);
    };
    if (!this.#staleTimer) this.#watch(); // trying again is no sign of life
  }

  #alive() {
    this.#retryMs = RETRY_FIRST_MS;
    this.#tell(true, false);
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#staleTimer);
    if (this.#closed) return;
    this.#staleTimer = setTimeout(() => {
      this.#tell(false, true);
      this.#watch();
      this.#open(); // a line that died without a word is not closed by the browser
    }, STALE_AFTER_MS);
  }

  async #again() {
    // EventSource does not say why it failed, so ask: an ended session must not retry for ever.
    try {
      await ask(this.path.replace(/\/stream$/, ''), { timeoutMs: 4000 });
    } catch (refusal) {
      if (refusal.status === 401) return this.onSignedOut();
    }
    return this.#open();
  }

  #tell(connected, stale) {
    if (connected === this.#connected && stale === this.#stale) return;
    this.#connected = connected;
    this.#stale = stale;
    this.onLink({ connected, stale: Boolean(stale) });
  }
}
