// The device page: how every kiosk and display of the hall is, live.

import { Refusal, ServerClock, ask, byId, goSignIn, make, page, say, setText, signOut } from './base.js';
import { LiveLine } from './live.js';
import { StationCard, icon, momentOf, timeOf } from './devices_card.js';
import { connectDialogs, offerCode, offerRemoval } from './devices_dialogs.js';

const clock = new ServerClock();
const cards = new Map();
const list = byId('stations');

function tell(kind, text) {
  setText(byId('message'), text);
  byId('message').dataset.kind = kind;
}

function tellProblem(refusal) {
  if (!(refusal instanceof Refusal)) throw refusal;
  if (refusal.status === 401) goSignIn();
  tell('problem', refusal.message);
}

/** Asks for a test ticket; what comes of it stands in the next snapshots. */
async function printTest(deviceId) {
  tell('info', '');
  try {
    await ask(`/api/v1/devices/${encodeURIComponent(deviceId)}/print-test`, { method: 'POST' });
  } catch (refusal) {
    tellProblem(refusal);
  }
}

async function newCode(deviceId, kind) {
  try {
    await offerCode(deviceId, kind);
  } catch (refusal) {
    tellProblem(refusal);
  }
}

const actions = { printTest, newCode, remove: offerRemoval };

// --- the whole ------------------------------------------------------------------------------

const counted = (name, number, parts) => say(number === 1 ? `${name}_one` : name, parts);

function summaryOf({ hand, soon, stations, broker }) {
  const total = stations.length;
  if (!broker) return ['unknown', say('summary.unknown')];
  if (hand) {
    const first = counted('summary.hand', hand, { hand, total });
    return ['hand', soon ? `${first} · ${counted('summary.soon', soon, { soon })}` : first];
  }
  if (soon) return ['soon', counted('summary.only_soon', soon, { soon, total })];
  if (stations.some((station) => station.urgency === 'unknown')) return ['unknown', say('summary.unknown')];
  return ['well', counted('summary.well', total, { total })];
}

function drawSummary(snapshot) {
  const summary = byId('summary');
  const [urgency, text] = summaryOf(snapshot);
  summary.hidden = snapshot.stations.length === 0;
  if (summary.dataset.urgency !== urgency || summary.textContent !== text) {
    summary.dataset.urgency = urgency;
    const sign = { hand: 'warning', soon: 'info', well: 'check-circle', unknown: 'help' }[urgency];
    summary.replaceChildren(icon(sign), make('span', {}, text));
  }
  setText(byId('checked'), say('checked', { time: timeOf(snapshot.at) }));
  setText(byId('broker'), snapshot.broker ? '' : say('broker', { time: momentOf(snapshot.broker_since, snapshot.at) }));
  byId('nobody').hidden = snapshot.stations.length > 0;
}

/** Cards are kept and filled anew, so that a button keeps the focus while its card changes. */
function draw(snapshot) {
  clock.set(snapshot.at);
  drawSummary(snapshot);
  const wanted = snapshot.stations.map((station) => {
    let card = cards.get(station.device_id);
    if (!card) {
      card = new StationCard(station, actions);
      cards.set(station.device_id, card);
    }
    card.fill(station, snapshot);
    card.tick(clock);
    return card.element;
  });
  const ids = new Set(snapshot.stations.map((station) => station.device_id));
  for (const id of [...cards.keys()].filter((each) => !ids.has(each))) cards.delete(id);
  if (wanted.length === list.children.length && wanted.every((element, at) => list.children[at] === element)) return;
  const focused = document.activeElement;
  list.replaceChildren(...wanted);
  if (list.contains(focused)) focused.focus({ preventScroll: true });
}

// --- wiring ---------------------------------------------------------------------------------

byId('print').addEventListener('click', () => window.print());
byId('sign-out').addEventListener('click', () => signOut().catch(tellProblem));
if (page.mayAdminister) connectDialogs((text) => tell('done', text));

new LiveLine('/api/v1/devices/status/stream', {
  inOrder: true,
  onSnapshot: draw,
  onSignedOut: goSignIn,
  onLink: ({ connected }) => {
    byId('link-state').hidden = connected;
    setText(byId('link-state'), connected ? '' : say('reconnecting'));
    document.body.toggleAttribute('data-stale', !connected);
  },
});
setInterval(() => { for (const card of cards.values()) card.tick(clock); }, 1000);
