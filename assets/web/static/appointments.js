// The staff's list of a day's appointments: what is booked, who has come, and cancelling.

import { Refusal, ask, byId, goSignIn, make, page, pick, say, setText, signOut } from './base.js';

const PATH = '/api/v1/appointments';
const AGAIN_MS = 15000;
const CHIPS = { booked: 'paused', arrived: 'open', cancelled: 'closed', missed: 'closed' };

const names = new Map();
let chosen = '';
let cancelling = null;

function row(each) {
  const chip = make('span', { class: 'chip', data: { state: CHIPS[each.state] } }, say(`appointment.${each.state}`));
  const button = each.state === 'booked'
    ? make('button', { type: 'button', class: 'row-button', 'aria-label': say('cancel_label', { start: each.start, item: names.get(each.service_id) }), onclick: () => open(each) }, say('cancel'))
    : '';
  return make('tr', { data: { state: each.state, appointment: each.appointment_id } },
    make('th', { scope: 'row' }, each.start), make('td', {}, `${each.service_id} ${names.get(each.service_id) ?? ''}`),
    make('td', {}, chip), make('td', {}, each.number ?? '—'), make('td', {}, button));
}

function draw(day) {
  const body = byId('rows').tBodies[0];
  body.replaceChildren(...day.rows.map(row));
  if (!day.rows.length) body.append(make('tr', {}, make('td', { colspan: '5', class: 'nobody' }, say('none'))));
  const count = (state) => day.rows.filter((each) => each.state === state).length;
  setText(byId('summary'), say('counts', { booked: count('booked'), arrived: count('arrived'), missed: count('missed'), cancelled: count('cancelled') }));
  chosen = day.date;
  if (!byId('day').value) byId('day').value = day.date;
}

function tell(refusal, place = 'message') {
  if (refusal.status === 401) goSignIn();
  const message = byId(place);
  message.dataset.kind = 'problem';
  setText(message, refusal.message);
}

async function refresh() {
  const wanted = byId('day').value;
  try {
    const day = await ask(wanted ? `${PATH}?date=${encodeURIComponent(wanted)}` : PATH);
    if (byId('day').value === wanted || !wanted) draw(day);
    setText(byId('message'), '');
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    tell(refusal);
  }
}

function open(each) {
  cancelling = each;
  setText(byId('cancel-what'), say('cancel_what', { start: each.start, item: names.get(each.service_id) ?? each.service_id }));
  setText(byId('cancel-message'), '');
  byId('cancel-form').reset();
  byId('dialog-cancel').showModal();
}

async function cancel(event) {
  event.preventDefault();
  const reason = new FormData(event.target).get('reason');
  if (!reason || cancelling === null) return;
  try {
    await ask(`${PATH}/${cancelling.appointment_id}/cancel`, { method: 'POST', body: { reason } });
    byId('dialog-cancel').close();
    await refresh();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    tell(refusal, 'cancel-message');
  }
}

async function start() {
  const catalogue = await ask('/api/v1/catalogue');
  for (const item of catalogue.items) names.set(item.service_id, pick(item.plain_name) || pick(item.name));
  const reasons = page.reasons.map(([code, texts]) => make('label', {}, make('input', { type: 'radio', name: 'reason', value: code, required: true }), make('span', {}, pick(texts))));
  byId('cancel-reasons').append(...reasons);
  await refresh();
  setInterval(refresh, AGAIN_MS);
}

byId('day').addEventListener('change', refresh);
byId('cancel-form').addEventListener('submit', cancel);
byId('dialog-cancel').querySelector('[data-close]').addEventListener('click', () => byId('dialog-cancel').close());
byId('print').addEventListener('click', () => window.print());
byId('sign-out').addEventListener('click', () => signOut().catch((refusal) => tell(refusal)));
start().catch((refusal) => tell(refusal));
