// The clerk's questions: each a <dialog> with numbered choices. A question gives back the body of
// its action, or null when the clerk goes back. What was typed survives a reload.

import { ask, byId, make, page, pick, say, setText } from './base.js';
import { fateRows, lateRows } from './clerk_late.js';
import { PAPER_PREFIX } from './clerk_scan.js';
import { items } from './clerk_view.js';

const DRAFTS = 'bianmin.drafts';

/**
 * Fills a numbered list of radio choices; values are [value, text, more] rows. `chosen` null leaves
 * the choice to the clerk, so that Enter alone cannot hit somebody's ticket.
 */
function offer(dialog, name, rows, chosen = rows[0]?.[0]) {
  const box = dialog.querySelector(`[data-options="${name}"]`);
  box.querySelectorAll('label').forEach((label) => label.remove());
  rows.forEach(([value, text, more], index) => {
    const input = make('input', { type: 'radio', name, value });
    input.checked = value === chosen;
    const key = index < 9 ? make('kbd', {}, String(index + 1)) : null;
    box.append(make('label', {}, input, key, make('span', {}, text), more ? make('small', {}, more) : null));
  });
}

/** Chooses the nth line of the question's first list, or of the list that has the focus. */
export function chooseLine(dialog, digit) {
  const focused = document.activeElement?.closest('[data-options]');
  const lists = [...dialog.querySelectorAll('[data-options]')];
  const list = focused && dialog.contains(focused) ? focused : lists[0];
  const input = list?.querySelectorAll('input')[digit - 1];
  if (!input) return false;
  input.checked = true;
  input.focus();
  input.dispatchEvent(new Event('change', { bubbles: true }));
  const next = lists[lists.indexOf(list) + 1];
  next?.querySelector('input:checked, input')?.focus();
  return true;
}

const reasons = (kind) => page.reasons[kind].map(([code, names]) => [code, pick(names)]);

const outcomes = () => Object.keys(page.words)
  .filter((name) => name.startsWith('outcome.'))
  .map((name) => [name.slice('outcome.'.length), say(name)]);

const ticketRows = (tickets) => tickets.map((ticket) => [ticket.ticket_id, ticket.number, items.name(ticket.service_id)]);

const priorityRows = () => [['', '—'], ...items.classes().map(([id, name]) => [id, name])];

/** A search field over the catalogue; arrow keys move, the first fitting item is chosen. */
class ItemChoice {
  #allowed;
  #chosen = null;

  constructor(dialog, allowed, { optional = false } = {}) {
    this.input = dialog.querySelector('.item-search');
    this.list = dialog.querySelector('.item-list');
    this.optional = optional;
    this.#allowed = items.all().filter((item) => !allowed || allowed.includes(item.service_id));
    this.input.oninput = () => this.#draw();
    this.input.onkeydown = (event) => this.#move(event);
    this.#draw();
  }

  get value() {
    return this.#chosen;
  }

  /** Takes the choice back, when something else was chosen instead. */
  clear() {
    this.input.value = '';
    this.#draw();
  }

  #fitting() {
    const typed = this.input.value.trim().toLowerCase();
    if (!typed) return this.#allowed;
    return this.#allowed.filter((item) => {
      const hay = [item.service_id, ...Object.values(item.name), ...Object.values(item.plain_name), ...item.aliases, ...item.search_keys];
      return hay.some((text) => text.toLowerCase().includes(typed));
    });
  }

  #draw(chosen = undefined) {
    const fitting = this.#fitting();
    const first = this.optional && !this.input.value.trim() ? null : fitting[0]?.service_id ?? null;
    this.#chosen = chosen === undefined ? first : chosen;
    const rows = fitting.map((item) => this.#row(item));
    this.list.replaceChildren(...(rows.length ? rows : [make('li', { class: 'nobody' }, say('nothing_found'))]));
    const row = this.list.querySelector('[aria-selected=true]');
    if (row) this.input.setAttribute('aria-activedescendant', row.id);
    else this.input.removeAttribute('aria-activedescendant');
    row?.scrollIntoView({ block: 'nearest' });
  }

  #row(item) {
    const selected = item.service_id === this.#chosen;
    return make(
      'li',
      {
        role: 'option', id: `${this.list.id}-${item.service_id}`, 'aria-selected': String(selected), data: { service: item.service_id },
        onclick: () => { this.#draw(item.service_id); this.input.dispatchEvent(new Event('change', { bubbles: true })); },
      },
      make('b', {}, item.service_id), make('span', {}, pick(item.name)),
    );
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const ids = this.#fitting().map((item) => item.service_id);
    const at = ids.indexOf(this.#chosen) + step;
    if (ids.length) this.#draw(ids[Math.min(Math.max(at, 0), ids.length - 1)]);
    this.input.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

function withText(form, body) {
  const text = form.get('text')?.trim();
  return text ? { ...body, text } : body;
}

// For each question: prepare(dialog, view, ticket) fills it and gives back read(form) -> body.
const QUESTIONS = {
  pause(dialog) {
    offer(dialog, 'reason', reasons('pause'));
    return (form) => ({ reason: form.get('reason') });
  },
  call(dialog, view, ticket) {
    offer(dialog, 'ticket', ticketRows(view.queue), ticket?.ticket_id ?? null);
    dialog.querySelector('[name=ticket]').required = true;
    offer(dialog, 'reason', reasons('call'));
    return (form) => withText(form, { ticket_id: form.get('ticket'), reason: form.get('reason') });
  },
  async transfer(dialog, view) {
    setText(dialog.querySelector('.dialog-number'), view.current.number);
    const choice = new ItemChoice(dialog, null, { optional: true });
    offer(dialog, 'window', []);
    const board = await ask('/api/v1/board');
    const others = board.serving.filter((row) => row.window_id !== view.window_id);
    offer(dialog, 'window', others.map((row) => [row.window_id, `${row.window_id} ${row.name}`, say(`state.${row.state}`)]), null);
    dialog.querySelector('form').onchange = (event) => {
      if (event.target.name === 'window') choice.clear();
      if (event.target === choice.input) dialog.querySelectorAll('[name=window]').forEach((each) => { each.checked = false; });
    };
    return (form) => {
      const to = form.get('window') ? { to_window: form.get('window') } : choice.value ? { to_service: choice.value } : null;
      return to && { ...to, position: form.get('position') };
    };
  },
  issue(dialog) {
    return askItem(dialog, null);
  },
  'serve-now'(dialog, view) {
    return askItem(dialog, view.services);
  },
  'next-service'(dialog, view) {
    return askItem(dialog, view.services);
  },
  'finish-as'(dialog, view) {
    setText(dialog.querySelector('.dialog-number'), view.current.number);
    offer(dialog, 'outcome', outcomes());
    return (form) => ({ outcome: form.get('outcome') });
  },
  resume(dialog, view, ticket) {
    offer(dialog, 'ticket', ticketRows(view.held), ticket?.ticket_id);
    return (form) => ({ ticket_id: form.get('ticket'), to_called: form.get('to_called') === 'yes' });
  },
  requeue(dialog, view, ticket) {
    offer(dialog, 'ticket', ticketRows(view.no_shows), ticket?.ticket_id);
    return (form) => ({ ticket_id: form.get('ticket') });
  },
  cancel(dialog, view) {
    offer(dialog, 'ticket', ticketRows([...view.queue, ...view.held, ...view.no_shows]), null);
    dialog.querySelector('[name=ticket]').required = true;
    offer(dialog, 'reason', reasons('cancel'));
    return (form) => withText(form, { ticket_id: form.get('ticket'), reason: form.get('reason') });
  },
  late(dialog, view, chosen) {
    const rows = lateRows(view);
    offer(dialog, 'ticket', rows, chosen?.ticket_id ?? null);
    offer(dialog, 'fate', fateRows(), chosen?.fate ?? null);
    for (const name of ['ticket', 'fate']) dialog.querySelector(`[name=${name}]`).required = true;
    return (form) => {
      if (chosen && 'settling' in document.body.dataset) return null; // the second half of a double press
      const [ticketId, number] = rows.find(([id]) => id === form.get('ticket'));
      return { ticket_id: ticketId, number, fate: form.get('fate') };
    };
  },
  paper(dialog) {
    const input = dialog.querySelector('.paper-text');
    return () => {
      const text = input.value.trim();
      if (text.startsWith(PAPER_PREFIX)) return { text };
      const message = dialog.querySelector('.dialog-message');
      message.dataset.kind = 'problem';
      setText(message, say('paper_code.none'));
      input.select();
      return null;
    };
  },
  help(dialog) {
    const list = dialog.querySelector('#key-list');
    list.querySelectorAll('.made').forEach((each) => each.remove());
    for (const button of document.querySelectorAll('[data-code]')) {
      const label = [...button.childNodes].filter((node) => node.nodeName !== 'KBD').map((node) => node.textContent).join('').trim();
      list.append(make('dt', { class: 'made' }, make('kbd', {}, button.querySelector('kbd').textContent)), make('dd', { class: 'made' }, label));
    }
    return () => null;
  },
};

function askItem(dialog, allowed) {
  const choice = new ItemChoice(dialog, allowed);
  offer(dialog, 'priority', priorityRows());
  return (form) => choice.value && {
    service_id: choice.value,
    ...(form.get('priority') ? { priority_class: form.get('priority') } : {}),
  };
}

function firstControl(dialog) {
  const list = dialog.querySelector('[data-options]');
  return dialog.querySelector('.item-search, .paper-text') ?? list?.querySelector('input:checked') ?? list?.querySelector('input')
    ?? dialog.querySelector('[type=submit]');
}

/** Asks; resolves with the body of the action, or null. */
export async function question(name, view, ticket = null) {
  const dialog = byId(`dialog-${name}`);
  if (dialog.open || document.querySelector('dialog[open]')) return null;
  restoreDraft(dialog);
  setText(dialog.querySelector('.dialog-message') ?? make('p'), '');
  const read = await QUESTIONS[name](dialog, view, ticket);
  if (document.querySelector('dialog[open]')) return null; // opened while the server was asked
  const form = dialog.querySelector('form');
  dialog.showModal();
  firstControl(dialog).focus();
  return new Promise((resolve) => {
    let body = null;
    form.onsubmit = (event) => {
      event.preventDefault();
      body = read(new FormData(form));
      if (body !== null || name === 'help') dialog.close();
    };
    dialog.querySelectorAll('[data-close]').forEach((button) => { button.onclick = () => dialog.close(); });
    dialog.onclose = () => {
      form.querySelectorAll('[data-draft]').forEach((input) => { input.value = ''; });
      form.querySelectorAll('[type=checkbox]').forEach((input) => { input.checked = false; });
      sessionStorage.removeItem(DRAFTS);
      resolve(body);
    };
  });
}

/** Remembers what is being typed, and in which question, in case the page is loaded again. */
export function keepDrafts() {
  document.addEventListener('input', (event) => {
    const dialog = event.target.closest('dialog[open]');
    if (!dialog || !event.target.matches('[data-draft]')) return;
    const values = [...dialog.querySelectorAll('[data-draft]')].map((input) => [input.id, input.value]);
    sessionStorage.setItem(DRAFTS, JSON.stringify({ name: dialog.id.replace('dialog-', ''), values }));
  });
}

/** The question a reload interrupted, or null. */
export function interrupted() {
  return JSON.parse(sessionStorage.getItem(DRAFTS) ?? 'null')?.name ?? null;
}

function restoreDraft(dialog) {
  const draft = JSON.parse(sessionStorage.getItem(DRAFTS) ?? 'null');
  if (draft?.name !== dialog.id.replace('dialog-', '')) return;
  for (const [id, value] of draft.values) byId(id).value = value;
}
