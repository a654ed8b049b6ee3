// The clerk's keyboard. Physical keys (event.code) are read, so a Chinese input method or the
// number block changes nothing. Keys with Ctrl, Alt or Meta, and all F-keys, stay the browser's.

const EDITABLE = 'input:not([type=radio]):not([type=checkbox]), textarea, select';
const SETTLE_MS = 600; // a bounced key or the second half of a double click

/** Turns "Numpad3", "Digit3", "KeyF" into what the buttons carry: "3", "3", "KeyF". */
function codeOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit) return digit[1];
  return event.code === 'NumpadEnter' ? 'Enter' : event.code;
}

const isPlain = (event) => !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing;

/** Lets one press through and swallows what follows within 600 ms; the body says so meanwhile. */
export class OnePress {
  #settling = false;

  allow() {
    if (this.#settling) return false;
    this.#settling = true;
    document.body.dataset.settling = '';
    setTimeout(() => {
      this.#settling = false;
      delete document.body.dataset.settling;
    }, SETTLE_MS);
    return true;
  }
}

/**
 * Listens on the page.
 *
 * `onMain()` is Enter where no other control has the focus; `onButton(button)` a button's key;
 * `onDialogDigit(dialog, digit)` a digit in an open question.
 */
export function listenToKeys({ onMain, onButton, onPapers, onDialogDigit }) {
  document.addEventListener('keydown', (event) => {
    if (!isPlain(event)) return;
    const code = codeOf(event);
    const dialog = document.querySelector('dialog[open]');
    if (event.repeat) {
      if (!event.target.closest(EDITABLE) && code !== 'Tab' && !code.startsWith('Arrow')) event.preventDefault();
      return;
    }
    if (event.target.closest(EDITABLE)) return;
    if (dialog) {
      if (/^\d$/.test(code) && onDialogDigit(dialog, Number(code))) event.preventDefault();
      return;
    }
    if (code === 'Enter') {
      if (event.target.closest('button:not(#main-button), a, input')) return; // the focused control
      event.preventDefault();
      onMain();
      return;
    }
    if (code === 'KeyM') {
      onPapers();
      return;
    }
    const button = document.querySelector(`button[data-code="${CSS.escape(code)}"]`);
    if (button && !event.shiftKey) {
      event.preventDefault();
      onButton(button);
    }
  });
}
