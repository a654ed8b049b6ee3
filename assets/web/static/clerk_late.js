// Numbers that a kiosk gave while it was cut off: those in doubt, and papers not known yet.

import { byId, make, page, say, setText } from './base.js';
import { PAPER_PREFIX } from './clerk_scan.js';
import { items } from './clerk_view.js';

export const FATES = ['waiting', 'served', 'no_show'];
const PLACED = ['waiting', 'called', 'serving', 'held', 'no_show'];

const language = document.documentElement.lang;
const clockParts = { timeZone: page.timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const timeFormat = new Intl.DateTimeFormat(language, clockParts);
const dayFormat = new Intl.DateTimeFormat(language, { timeZone: page.timezone, month: 'numeric', day: 'numeric' });

/** When a number was given; with its day where that is not the server's today. */
function givenAt(ticket, view) {
  const [given, now] = [new Date(ticket.issued_at), new Date(view.at)];
  const day = dayFormat.format(given);
  return day === dayFormat.format(now) ? timeFormat.format(given) : `${day} ${timeFormat.format(given)}`;
}

/** The lines of the question which number it is. */
export const lateRows = (view) => view.doubtful.map((ticket) => [
  ticket.ticket_id, ticket.number, `${givenAt(ticket, view)} · ${items.name(ticket.service_id)}`,
]);

/** The lines of the question what became of it. */
export const fateRows = () => FATES.map((fate) => [fate, say(`fate.${fate}`), say(`fate_then.${fate}`)]);

/** Draws the section; it is there only while numbers are in doubt. */
export function drawLate(view, busy, onFate) {
  const list = byId('late-rows');
  const focused = document.activeElement?.closest?.('#late-rows button');
  const found = focused && `[data-ticket="${CSS.escape(focused.closest('li').dataset.ticket)}"] [data-fate="${focused.dataset.fate}"]`;
  byId('late').hidden = !view.doubtful.length;
  byId('act-late').disabled = busy;
  setText(byId('late-count'), String(view.doubtful.length));
  list.replaceChildren(...view.doubtful.map((ticket) => lateRow(ticket, view, busy, onFate)));
  if (found) list.querySelector(found)?.focus();
}

function lateRow(ticket, view, busy, onFate) {
  const name = items.name(ticket.service_id);
  return make(
    'li',
    { data: { ticket: ticket.ticket_id, number: ticket.number } },
    make('b', { class: 'row-ticket' }, ticket.number),
    make('span', { class: 'row-item', title: name }, make('span', {}, name), priorityMark(ticket)),
    make('span', { class: 'late-time' }, givenAt(ticket, view)),
    make(
      'span',
      { class: 'late-fates' },
      make('span', { class: 'late-why' }, say(`doubt.${ticket.doubt}`)),
      ...FATES.map((fate) => fateButton(fate, ticket, busy, onFate)),
    ),
  );
}

function priorityMark(ticket) {
  return ticket.priority_class && make('span', { class: 'mark' }, items.className(ticket.priority_class));
}

function fateButton(fate, ticket, busy, onFate) {
  const label = say(`fate_label.${fate}`, { number: ticket.number });
  const button = make('button', { type: 'button', class: 'row-button', 'aria-label': label, data: { fate }, onclick: () => onFate(fate, ticket) }, say(`fate_short.${fate}`));
  button.disabled = busy;
  return button;
}

/** How to ask the server: path, body, and what is remembered to tell the outcome by. */
export function settleRequest({ ticket_id: ticketId, number, fate }) {
  return { path: `/api/v1/tickets/${ticketId}/settle`, body: { fate }, about: { number, fate } };
}

/** The same for a paper; the text says its number, whether or not the server will believe it. */
export function adoptRequest(text) {
  const number = new URLSearchParams(text.slice(PAPER_PREFIX.length)).get('n') ?? '';
  return { path: '/api/v1/tickets/adopt', body: { text }, about: { number: number.slice(0, 8) } };
}

export const settledText = ({ number, fate }) => say(`late.${fate}`, { number });

/** Where the holder of a paper stands. */
export function adoptedText({ state, ticket }, { number }) {
  const word = ticket && PLACED.includes(state) ? `paper_code.${state}` : 'paper_code.left';
  const window = ticket?.window_id ?? '';
  return say(word, { number: ticket?.number ?? number, ahead: ticket?.ahead, windows: ticket?.windows.join(say('list_comma')), window });
}

/** A sentence of our own for refusals that say too little here, or null. */
export function refusedText(action, { code }, about) {
  if (action === 'late' && ['illegal-transition', 'unknown-ticket'].includes(code)) return say('late.settled_already', about);
  if (action === 'paper' && code === 'unknown-grant') return say('paper_code.too_old', about);
  return null;
}
