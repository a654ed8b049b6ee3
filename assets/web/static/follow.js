// A ticket on its holder's phone: live, honest about a lost line, loud when it is called.

import { LiveLine } from './live.js';

const POLL_MS = 10000; // where streams are not to be had (too many, or a proxy that holds them back)
const page = JSON.parse(document.getElementById('page-data').textContent);
const { words } = page;
const byId = (id) => document.getElementById(id);
const card = byId('card');
const alertButton = byId('alert');

let line = null;
let pollTimer = 0;
let lastCall = '';
let wantsAlert = false;
let audio = null;

function show(ticket) {
  if (ticket.headline === undefined) { // it has left the hall: what it came to is asked for once
    ask().catch(() => {});
    return;
  }
  card.dataset.state = ticket.state;
  card.toggleAttribute('data-ended', ticket.ended);
  for (const name of ['headline', 'ahead', 'wait', 'windows', 'appointment', 'number']) {
    const place = byId(name);
    if (place.textContent !== ticket[name]) place.textContent = ticket[name];
  }
  byId('give-back').hidden = !ticket.may_give_back;
  byId('live-actions').hidden = ticket.ended;
  document.title = ticket.state === 'called' ? `▶ ${ticket.number}` : ticket.number;
  const call = ticket.call_id === null ? '' : `${ticket.call_id}/${ticket.attempt}`;
  if (call !== '' && call !== lastCall) called();
  lastCall = call;
  if (ticket.ended) end();
}

function called() {
  card.classList.remove('flash');
  void card.offsetWidth; // so that a second call flashes again
  card.classList.add('flash');
  if (!wantsAlert) return;
  navigator.vibrate?.([400, 200, 400, 200, 800]);
  ring();
}

/** Three rising tones from the phone itself: no file, no network. */
function ring() {
  if (audio === null) return;
  const start = audio.currentTime;
  [659, 784, 988].forEach((tone, index) => {
    const at = start + index * 0.35;
    const source = audio.createOscillator();
    const loud = audio.createGain();
    source.frequency.value = tone;
    loud.gain.setValueAtTime(0.0001, at);
    loud.gain.exponentialRampToValueAtTime(0.6, at + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
    source.connect(loud).connect(audio.destination);
    source.start(at);
    source.stop(at + 0.65);
  });
}

async function ask() {
  const answer = await fetch(`${page.follow}/follow`, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  show(await answer.json());
  lost(false);
}

function lost(isLost) {
  const mark = byId('stale');
  mark.hidden = !isLost;
  mark.textContent = isLost ? words.stale : '';
}

function link({ connected, stale }) {
  clearInterval(pollTimer);
  if (connected) {
    lost(stale);
    return;
  }
  pollTimer = setInterval(() => ask().catch(() => lost(true)), POLL_MS);
  if (stale) lost(true);
}

function end() {
  clearInterval(pollTimer);
  line?.close();
  lost(false);
}

alertButton.hidden = false;
alertButton.addEventListener('click', () => {
  wantsAlert = !wantsAlert;
  if (wantsAlert) {
    const Sound = window.AudioContext ?? window.webkitAudioContext;
    audio ??= Sound ? new Sound() : null;
    audio?.resume();
    navigator.vibrate?.(60);
  }
  alertButton.setAttribute('aria-pressed', String(wantsAlert));
  alertButton.textContent = wantsAlert ? words.alert_on : words.alert_off;
});

if (!page.ended) line = new LiveLine(`${page.follow}/stream`, { onSnapshot: show, onLink: link });
