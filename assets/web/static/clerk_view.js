// Draws what a window has: the ticket at hand, the lists, the figures. Decides nothing.

import { ServerClock, byId, clockTime, has, make, minutesText, page, pick, say, setText } from './base.js';

export const clock = new ServerClock();

const OWN_ORDER = ['finished', 'called', 'no_show', 'transferred', 'median_service_s', 'mean_service_s', 'mean_wait_s'];

/** The catalogue by id, for names and papers; empty until it has come. */
export class Items {
  #items = new Map();
  #classes = new Map();

  set(catalogue) {
    this.#items = new Map(catalogue.items.map((item) => [item.service_id, item]));
    this.#classes = new Map(catalogue.priority_classes.map((each) => [each.class_id, pick(each.name)]));
  }

  all() {
    return [...this.#items.values()];
  }

  classes() {
    return [...this.#classes];
  }

  name(serviceId) {
    const item = this.#items.get(serviceId);
    return item ? pick(item.name) : serviceId;
  }

  className(classId) {
    return this.#classes.get(classId) ?? classId;
  }

  /** Papers of an item as {name, note}: what it is, and in which form it is wanted. */
  materials(serviceId) {
    const found = this.#items.get(serviceId)?.extra?.materials ?? [];
    return found.map((paper) => ({ name: pick(paper.name), note: paperNote(paper) }));
  }
}

function paperNote({ kind, copies, necessity }) {
  const words = [`paper.${kind}`, `paper.${necessity}`].filter(has).map((name) => say(name));
  if (copies > 1) words.splice(1, 0, `×${copies}`);
  return words.join(' · ');
}

export const items = new Items();

/** The one next right thing in a state: [action, label, can it be done now]. */
export function mainAction(view) {
  if (!view) return [null, '', false];
  const table = {
    closed: ['open', 'main.open', true],
    paused: ['open', 'main.resume_work', true],
    calling: ['start', 'main.start', true],
    serving: ['finish', 'main.finish', true],
    open: ['call-next', view.waiting_count ? 'main.call_next' : 'main.nobody', view.waiting_count > 0],
  };
  const [action, label, possible] = table[view.state];
  return [action, say(label), possible];
}

/** Which of the other buttons can be pressed in a state. */
export function possibleActions(view) {
  const { state } = view;
  const atHand = state === 'calling' || state === 'serving';
  const working = atHand || state === 'open';
  return {
    recall: state === 'calling',
    'no-show': state === 'calling',
    hold: state === 'serving',
    transfer: atHand,
    'undo-call': state === 'calling',
    pause: state === 'open',
    call: state === 'open' && view.queue.length > 0,
    issue: true,
    'serve-now': state === 'open',
    close: state === 'open' || state === 'paused',
    'finish-as': state === 'serving',
    'next-service': state === 'serving',
    resume: state === 'open' && view.held.length > 0,
    requeue: working && view.no_shows.length > 0,
    cancel: view.queue.length + view.held.length + view.no_shows.length > 0,
    late: view.doubtful.length > 0,
    paper: true,
  };
}

/** Draws the whole view; `busy` switches every button off. */
export function draw(view, busy, onRow) {
  const chip = byId('window-state');
  setText(chip, say(`state.${view.state}`));
  chip.dataset.state = view.state;
  setText(byId('window-name'), view.name);
  drawTicket(view);
  drawButtons(view, busy);
  setText(byId('queue-count'), String(view.waiting_count));
  drawList('queue', view.queue, (ticket) => rowButton(ticket, 'call', 'call_this', onRow, busy || view.state !== 'open'));
  drawList('held', view.held, (ticket) => rowButton(ticket, 'resume', 'resume_this', onRow, busy || view.state !== 'open'));
  drawList('no-shows', view.no_shows, (ticket) => rowButton(ticket, 'requeue', 'requeue_this', onRow, busy || view.state === 'closed'));
  drawOwn(view.own_today);
  tick(view);
}

function drawTicket(view) {
  const ticket = view.current;
  byId('ticket').dataset.state = ticket ? view.state : 'none';
  setText(byId('ticket-number'), ticket ? ticket.number : '');
  setText(byId('ticket-item'), ticket ? `${items.name(ticket.service_id)}` : say('no_ticket'));
  const priority = byId('ticket-priority');
  priority.hidden = !ticket?.priority_class;
  if (ticket?.priority_class) setText(priority, say('priority', { name: items.className(ticket.priority_class) }));
  const appointment = byId('ticket-appointment');
  appointment.hidden = !ticket?.appointment_at;
  if (ticket?.appointment_at) setText(appointment, appointmentText(ticket));
  const holder = byId('ticket-holder');
  holder.hidden = !ticket?.masked_name;
  setText(holder, ticket?.masked_name ?? '');
  const times = byId('ticket-times');
  times.hidden = !view.call;
  if (view.call) setText(times, say('called_times', { count: view.call.attempt }));
  setText(byId('ticket-why'), whyText(view));
  drawChecklist(ticket);
}

const slotFormat = new Intl.DateTimeFormat('en-GB', { timeZone: page.timezone, hour: '2-digit', minute: '2-digit' });
const appointmentText = (ticket) => say('appointment', { start: slotFormat.format(Date.parse(ticket.appointment_at)) });

function whyText(view) {
  if (view.current) return view.reason ? say('why_next', { sentence: view.reason.sentence }) : '';
  if (view.state === 'closed') return say('no_ticket_closed');
  if (view.state === 'paused') return say('no_ticket_paused', { reason: pauseName(view.pause_reason) });
  return say('no_ticket_open', { count: view.waiting_count });
}

function pauseName(code) {
  const found = page.reasons.pause.find(([each]) => each === code);
  return found ? pick(found[1]) : code ?? '';
}

const tickKey = (ticketId) => `bianmin.ticks.${ticketId}`;

function drawChecklist(ticket) {
  const section = byId('checklist');
  section.hidden = !ticket;
  if (!ticket) return;
  const papers = items.materials(ticket.service_id);
  const list = byId('materials');
  const drawn = `${ticket.ticket_id}/${ticket.service_id}/${papers.length}`;
  if (list.dataset.drawn !== drawn) {
    list.dataset.drawn = drawn;
    const ticked = new Set(JSON.parse(sessionStorage.getItem(tickKey(ticket.ticket_id)) ?? '[]'));
    list.replaceChildren(...papers.map((paper, index) => paperRow(paper, index, ticked)));
    list.onchange = () => { keepTicks(ticket.ticket_id); countTicks(papers.length); };
  }
  countTicks(papers.length);
}

function paperRow(paper, index, ticked) {
  const box = make('input', { type: 'checkbox', value: String(index) });
  box.checked = ticked.has(String(index));
  return make('li', {}, make('label', {}, box, make('span', {}, paper.name), paper.note ? make('small', {}, paper.note) : null));
}

const ticks = () => [...document.querySelectorAll('#materials input:checked')].map((box) => box.value);

function keepTicks(ticketId) {
  sessionStorage.setItem(tickKey(ticketId), JSON.stringify(ticks()));
}

function countTicks(total) {
  const text = total ? say('materials', { checked: ticks().length, total }) : say('no_materials');
  setText(byId('checklist-title'), text);
}

function drawButtons(view, busy) {
  const [action, label, possible] = mainAction(view);
  const main = byId('main-button');
  main.dataset.does = action ?? '';
  main.disabled = busy || !possible;
  setText(byId('main-label'), busy ? say('saving') : label);
  const hint = action === 'call-next' && view.next_number ? say('main.next_is', { number: view.next_number }) : '';
  setText(byId('main-hint'), busy ? '' : hint);
  const possibleNow = possibleActions(view);
  for (const button of document.querySelectorAll('#actions .act')) {
    button.disabled = busy || !possibleNow[button.dataset.act];
  }
}

function drawList(id, tickets, button) {
  const list = byId(id);
  const count = byId(`${id}-count`);
  if (id !== 'queue') setText(count, String(tickets.length));
  const focused = document.activeElement?.closest?.(`#${id} li`)?.dataset.ticket;
  list.replaceChildren(...tickets.map((ticket) => listRow(ticket, button(ticket))));
  if (!tickets.length) list.append(make('li', { class: 'nobody' }, say('nobody_in_list')));
  if (focused) list.querySelector(`[data-ticket="${CSS.escape(focused)}"] button`)?.focus();
}

function listRow(ticket, button) {
  const mark = ticket.priority_class
    ? make('span', { class: 'mark', title: say('priority', { name: items.className(ticket.priority_class) }) }, items.className(ticket.priority_class))
    : null;
  const slot = ticket.appointment_at ? make('span', { class: 'mark' }, appointmentText(ticket)) : null;
  return make(
    'li',
    { data: { ticket: ticket.ticket_id, number: ticket.number } },
    make('b', { class: 'row-ticket' }, ticket.number),
    make('span', { class: 'row-item', title: items.name(ticket.service_id) }, make('span', {}, items.name(ticket.service_id)), slot, mark),
    make('span', { class: 'row-wait', data: { since: ticket.since } }),
    button,
  );
}

function rowButton(ticket, action, word, onRow, disabled) {
  const button = make(
    'button',
    { type: 'button', class: 'row-button', 'aria-label': say(`${word}_label`, { number: ticket.number }), onclick: () => onRow(action, ticket) },
    say(word),
  );
  button.disabled = disabled;
  return button;
}

function drawOwn(own) {
  const known = OWN_ORDER.filter((name) => name in own);
  const figures = known.map((name) => make('div', {}, make('dt', {}, say(`own.${name}`)), make('dd', {}, ownText(name, own[name]))));
  byId('own').replaceChildren(...figures);
}

function ownText(name, value) {
  if (value === null) return say('no_data');
  return name.endsWith('_s') ? clockTime(value) : String(value);
}

/** Draws everything that only time changes; called every second. */
export function tick(view) {
  const elapsed = byId('ticket-elapsed');
  const since = view.current && view.current_since ? clock.since(view.current_since) : null;
  const word = view.state === 'serving' ? 'serving_for' : 'called_for';
  setText(elapsed, since === null ? '' : say(word, { time: clockTime(since) }));
  for (const cell of document.querySelectorAll('.row-wait')) {
    setText(cell, minutesText(clock.since(cell.dataset.since)));
  }
}
