// Listens for the code on a paper that a cut-off kiosk gave. A scanner is a keyboard that types the
// code within a moment and ends with Enter, whatever has the focus. Without this its letters would
// press the page's buttons one after the other.

export const PAPER_PREFIX = 'bianmin:paper?';
const LETTER = PAPER_PREFIX[0]; // also the key of a button: it is held back until it is known to be one
const HOLD_MS = 120; // scanners type a letter every 1 to 30 ms
const GAP_MS = 1000; // a longer silence ends what was typed
const TEXT_MAX = 512;
const EDITABLE = 'input:not([type=radio]):not([type=checkbox]), textarea, select';
const UNSHIFTED = { Minus: '-', Equal: '=', Semicolon: ';', Slash: '/', Period: '.', Comma: ',', Quote: "'", Space: ' ' };
const SHIFTED = { Minus: '_', Equal: '+', Semicolon: ':', Slash: '?', Period: '>', Comma: '<', Quote: '"', Space: ' ', Digit5: '%', Digit7: '&' };

/** What a key types on the layout that scanners speak (US), for when an input method hides it. */
function fromCode({ code, shiftKey }) {
  const letter = /^Key([A-Z])$/.exec(code);
  if (letter) return shiftKey ? letter[1] : letter[1].toLowerCase();
  if (shiftKey) return SHIFTED[code] ?? '';
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code);
  return digit ? digit[1] : UNSHIFTED[code] ?? '';
}

function typed(event) {
  const hidden = event.isComposing || !/^[\x20-\x7e]$/.test(event.key) || event.getModifierState('CapsLock');
  return hidden ? fromCode(event) : event.key;
}

const isPart = (text) => (text.length < PAPER_PREFIX.length ? PAPER_PREFIX.startsWith(text) : text.startsWith(PAPER_PREFIX));

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Everything that is typed on the page, before anybody else hears of it. */
class ScanEar {
  #text = '';
  #lastMs = -Infinity;
  #held = 0;
  #swallows = false;

  constructor({ onPaper, onLetter }) {
    this.onPaper = onPaper;
    this.onLetter = onLetter;
  }

  hear(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || ['Shift', 'CapsLock'].includes(event.key)) return;
    if (event.timeStamp - this.#lastMs > GAP_MS) this.#forget();
    this.#lastMs = event.timeStamp;
    if (['Enter', 'NumpadEnter'].includes(event.code)) {
      this.#end(event);
      return;
    }
    const one = typed(event);
    this.#text = `${this.#text}${one}`.slice(0, TEXT_MAX + 1);
    if (!isPart(this.#text)) this.#text = one === LETTER ? one : '';
    if (this.#held) this.#decide();
    if (this.#swallows) stop(event);
    else if (this.#text === LETTER && !document.querySelector('dialog[open]') && !event.target.closest(EDITABLE)) {
      stop(event);
      this.#held = setTimeout(() => this.#release(), HOLD_MS);
    }
  }

  /** The letter was held back, and another key follows: a scan, or somebody who types fast. */
  #decide() {
    if (this.#text.length === 2) {
      clearTimeout(this.#held);
      this.#held = 0;
      this.#swallows = true;
    } else this.#release();
  }

  #release() {
    clearTimeout(this.#held);
    this.#held = 0;
    this.onLetter(LETTER);
  }

  #end(event) {
    const text = this.#text;
    if (this.#held) this.#release();
    if (text.startsWith(PAPER_PREFIX) || this.#swallows) stop(event);
    this.#forget();
    if (text.startsWith(PAPER_PREFIX)) this.onPaper(text);
  }

  #forget() {
    this.#text = '';
    this.#swallows = false;
  }
}

/** `onPaper(text)` hears a scanned code; `onLetter(letter)` a held letter that was none. */
export function listenForPapers(handlers) {
  const ear = new ScanEar(handlers);
  document.addEventListener('keydown', (event) => ear.hear(event), { capture: true });
}
