// Calls for help from the kiosks: shown, heard, answered. On the pages of guides, clerks, managers.

import { Refusal, ServerClock, ask, byId, clockTime, goSignIn, make, newKey, page, say, setText } from './base.js';
import { LiveLine } from './live.js';

const AGAIN_MS = 20000; // an unanswered call is heard again
const TONES = [[784, 0], [1047, 0.18], [784, 0.42], [1047, 0.6]]; // hertz, seconds: a bell, no alarm

const clock = new ServerClock();
let newest = { epoch: -1, rev: -1 };
let calls = [];
let alertAfterS = 60;
let known = new Set();
let heardMs = 0;
let audio = null;
let tellProblem = () => {};
let onCount = () => {};
const title = document.title;

// --- the sound ------------------------------------------------------------------------------

/** A browser lets a page sound only after somebody has touched it. */
function wake() {
  audio ??= new AudioContext();
  audio.resume().then(draw, () => {});
}

function ring() {
  heardMs = performance.now();
  if (audio?.state !== 'running') return;
  for (const [hertz, at] of TONES) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    const start = audio.currentTime + at;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.3, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  }
  document.body.dataset.rang = String(Number(document.body.dataset.rang ?? 0) + 1);
}

// --- the calls ------------------------------------------------------------------------------

const late = (call) => call.state === 'open' && clock.since(call.asked_at) >= alertAfterS;
const place = (call) => call.place || call.device_id;

function stateText(call) {
  if (call.state === 'answered') return say('help.coming', { name: call.answered_by ?? '' });
  return say(late(call) ? 'help.late' : 'help.open');
}

async function send(call, act, body) {
  try {
    const headers = { 'Idempotency-Key': newKey() };
    takeHelp(await ask(`/api/v1/help/${call.help_id}/${act}`, { method: 'POST', body, headers }));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.status === 401) goSignIn();
    tellProblem(refusal);
  }
}

function buttons(call) {
  if (!page.mayAnswer) return [];
  const button = (word, act, body, main) => make('button', {
    type: 'button', class: main ? 'confirm' : 'plain', data: { act: word },
    'aria-label': `${say(`help.${word}`)}: ${place(call)}`, onclick: () => send(call, act, body),
  }, say(`help.${word}`));
  if (call.state === 'open') return [button('go', 'answer', {}, true)];
  return [button('done', 'end', { how: 'helped' }, true), button('nobody', 'end', { how: 'nobody_there' }, false)];
}

function row(call) {
  const state = call.state === 'open' && late(call) ? 'late' : call.state;
  return make('li', { data: { help: call.help_id, state } },
    make('b', { class: 'help-place' }, place(call)),
    make('span', { class: 'help-state' }, stateText(call)),
    make('span', { class: 'help-since num', role: 'timer', data: { since: call.asked_at } }),
    make('span', { class: 'help-buttons' }, ...buttons(call)));
}

const shape = () => JSON.stringify(calls.map((call) => [call.help_id, call.state, late(call), call.place]));
let drawn = '';

function draw() {
  const section = byId('help-calls');
  section.hidden = calls.length === 0;
  byId('help-sound').hidden = audio?.state === 'running';
  if (shape() !== drawn) {
    drawn = shape();
    const focused = document.activeElement?.closest?.('#help-rows button')?.closest('li').dataset.help;
    byId('help-rows').replaceChildren(...calls.map(row));
    if (focused) byId('help-rows').querySelector(`[data-help="${CSS.escape(focused)}"] button`)?.focus();
  }
  section.toggleAttribute('data-late', calls.some(late));
  document.title = calls.length ? `(${calls.length}) ${title}` : title;
  onCount(calls.length);
  tick();
}

function tick() {
  for (const timer of document.querySelectorAll('.help-since')) {
    setText(timer, clockTime(Math.max(0, clock.since(timer.dataset.since))));
  }
}

/** Takes a snapshot of the calls; one that is older than the last changes nothing. */
export function takeHelp(snapshot) {
  const { epoch, rev } = snapshot;
  if (epoch < newest.epoch || (epoch === newest.epoch && rev < newest.rev)) return;
  newest = { epoch, rev };
  clock.set(snapshot.at);
  calls = snapshot.calls;
  alertAfterS = snapshot.alert_after_s;
  const open = calls.filter((call) => call.state === 'open');
  const fresh = open.some((call) => !known.has(call.help_id));
  known = new Set(calls.map((call) => call.help_id));
  draw();
  if (fresh) ring();
}

/** Shows the calls that `takeHelp` is given in the section of `help_calls.html`. */
export function showHelp({ onProblem = () => {}, onCalls = () => {} } = {}) {
  tellProblem = onProblem;
  onCount = onCalls;
  for (const name of ['pointerdown', 'keydown']) document.addEventListener(name, wake, { once: true });
  setInterval(() => {
    draw();
    const unanswered = calls.some((call) => call.state === 'open');
    if (unanswered && performance.now() - heardMs > AGAIN_MS) ring();
  }, 1000);
}

/** The same by a line of its own, for pages that have no other that brings the calls. */
export function watchHelp({ onLink = () => {}, ...rest } = {}) {
  showHelp(rest);
  return new LiveLine('/api/v1/help/stream', { inOrder: true, onSnapshot: takeHelp, onSignedOut: goSignIn, onLink });
}
