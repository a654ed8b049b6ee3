// The guide's page: who asks for help at a kiosk, and numbers for people who want none of machines.

import { Refusal, ask, byId, goSignIn, make, page, pick, say, setText, signOut } from './base.js';
import { ActionLine } from './actions.js';
import { items } from './clerk_view.js';
import { watchHelp } from './help_calls.js';

const CATALOGUE_RETRY_MS = 3000;
const actions = new ActionLine('bianmin.action.guide', { onBusy: showBusy, refresh: async () => {} });
let visit = []; // the numbers of the person at hand, the first one first

function tell(kind, text) {
  setText(byId('message'), text);
  byId('message').dataset.kind = kind;
}

function tellProblem(refusal) {
  if (!(refusal instanceof Refusal)) throw refusal;
  if (refusal.status === 401) goSignIn();
  tell('problem', refusal.message);
}

function showBusy(busy, retrying) {
  for (const button of byId('items').querySelectorAll('button')) button.disabled = busy;
  if (retrying) tell('busy', say('saving_again'));
  else if (!busy && byId('message').dataset.kind === 'busy') tell('done', '');
}

// --- choosing ---------------------------------------------------------------------------------

function fits(item, wanted) {
  const texts = [item.service_id, pick(item.plain_name), pick(item.name), ...item.aliases, ...item.search_keys];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

function drawItems() {
  const wanted = byId('find').value.trim().toLowerCase();
  const found = items.all().filter((item) => !wanted || fits(item, wanted));
  const rows = found.map((item) => make('li', {}, make('button', {
    type: 'button', class: 'plain', data: { service: item.service_id }, onclick: () => issue(item.service_id),
  }, make('b', {}, item.service_id), make('span', {}, pick(item.plain_name) || pick(item.name)))));
  byId('items').replaceChildren(...(rows.length || !items.all().length ? rows : [make('li', { class: 'soft' }, say('nothing_found'))]));
  showBusy(actions.busy, false);
}

function drawClasses() {
  const classes = items.classes().map(([id, name]) => make('option', { value: id }, name));
  byId('class').append(...classes);
}

// --- giving -----------------------------------------------------------------------------------

async function issue(serviceId) {
  if (actions.busy) return;
  tell('done', '');
  const body = { service_id: serviceId, channel: 'desk', language: page.language };
  if (byId('class').value) body.priority_class = byId('class').value;
  if (visit.length) body.visit_of = visit[0].ticket_id;
  await settle(() => actions.send('issue', '/api/v1/tickets', body));
}

async function settle(send) {
  try {
    const ticket = await send();
    visit.push(ticket);
    drawGiven(ticket);
  } catch (refusal) {
    tellProblem(refusal);
  }
}

function drawGiven(ticket) {
  setText(byId('given-number'), ticket.number);
  setText(byId('given-item'), items.name(ticket.service_id));
  setText(byId('given-place'), say('given.place', { ahead: ticket.ahead, windows: ticket.windows.join(say('list_comma')) }));
  setText(byId('given-visit'), say('given.visit', { numbers: visit.map((each) => each.number).join(say('list_comma')) }));
  byId('given-visit').hidden = visit.length < 2;
  byId('given').hidden = false;
  byId('issue-form').hidden = true;
  byId('next-person').focus();
}

function choose() {
  byId('given').hidden = true;
  byId('issue-form').hidden = false;
  byId('find').value = '';
  drawItems();
  byId('find').focus();
}

// --- wiring -----------------------------------------------------------------------------------

byId('find').addEventListener('input', drawItems);
byId('issue-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const buttons = byId('items').querySelectorAll('button');
  if (buttons.length === 1) buttons[0].click();
});
byId('one-more').addEventListener('click', choose);
byId('next-person').addEventListener('click', () => {
  visit = [];
  byId('class').value = '';
  choose();
});
byId('sign-out').addEventListener('click', () => signOut().catch(tellProblem));

async function loadItems() {
  try {
    items.set(await ask('/api/v1/catalogue'));
    drawClasses();
    drawItems();
    if (actions.left()) await settle(() => actions.sendLeft());
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    setTimeout(loadItems, CATALOGUE_RETRY_MS);
  }
}

watchHelp({
  onProblem: tellProblem,
  onCalls: (count) => { byId('nobody-calls').hidden = count > 0; },
  onLink: ({ connected }) => {
    byId('link-state').hidden = connected;
    setText(byId('link-state'), connected ? '' : say('reconnecting'));
  },
});
loadItems();
