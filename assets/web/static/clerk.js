// The clerk's page: one live view of the window, one action at a time.

import { Refusal, ask, byId, goSignIn, page, say, setText, signOut } from './base.js';
import { ActionLine } from './actions.js';
import { LiveLine } from './live.js';
import { OnePress, listenToKeys } from './clerk_keys.js';
import { chooseLine, interrupted, keepDrafts, question } from './clerk_dialogs.js';
import { adoptRequest, adoptedText, drawLate, refusedText, settleRequest, settledText } from './clerk_late.js';
import { listenForPapers } from './clerk_scan.js';
import { showHelp, takeHelp, watchHelp } from './help_calls.js';
import { offerWindows } from './clerk_seat.js';
import { clock, draw, items, mainAction, possibleActions, tick } from './clerk_view.js';

const WINDOW_PATH = page.windowId ? `/api/v1/windows/${page.windowId}` : null;
const MESSAGE_MS = 9000;
const CATALOGUE_RETRY_MS = 3000;

let view = null; // the last WindowView
let line = null;
let messageTimer = 0;
const onePress = new OnePress();
const actions = new ActionLine(`bianmin.action.${page.windowId}`, { onBusy: showBusy, refresh });

// --- what the clerk is told -----------------------------------------------------------------

function tell(text, kind) {
  const message = byId('message');
  setText(message, text);
  message.dataset.kind = kind;
  clearTimeout(messageTimer);
  if (kind !== 'busy') messageTimer = setTimeout(() => setText(message, ''), MESSAGE_MS);
}

function showBusy(busy, retrying) {
  if (retrying) tell(say('saving_again'), 'busy');
  else if (!busy && byId('message').dataset.kind === 'busy') tell('', 'done');
  redraw();
}

function redraw() {
  if (!view) return;
  draw(view, actions.busy, onRow);
  drawLate(view, actions.busy, onFate);
}

const DONE_WORDS = {
  finish: 'done.finished', 'no-show': 'done.no_show', hold: 'done.held', transfer: 'done.transferred',
  'undo-call': 'done.undone', requeue: 'done.requeued', cancel: 'done.cancelled', close: 'done.closed',
};

function tellDone(action, answer, about) {
  if (action === 'late') return tell(settledText(about), 'done');
  if (action === 'paper') return tell(adoptedText(answer, about), 'done');
  if (action === 'recall') return tell(say('done.recalled', { number: answer.ticket?.number ?? '', count: answer.call?.attempt ?? '' }), 'done');
  if (action === 'issue') return tell(say('done.issued', { number: answer.number, ahead: answer.ahead }), 'done');
  const word = DONE_WORDS[action];
  if (word) return tell(say(word, { number: answer.ticket?.number ?? view.current?.number ?? '' }), 'done');
  return undefined;
}

// --- doing something ------------------------------------------------------------------------

/** How an action goes to the server: path, body, and what its outcome is told by. */
function requestOf(action, body) {
  if (action === 'late') return settleRequest(body);
  if (action === 'paper') return adoptRequest(body.text);
  return { path: action === 'issue' ? '/api/v1/tickets' : `${WINDOW_PATH}/${action}`, body };
}

async function perform(action, asked) {
  const { path, body, about } = requestOf(action, asked);
  await settle(action, () => actions.send(action, path, body, about), about);
}

async function settle(action, send, about) {
  try {
    const answer = await send();
    tellDone(action, answer, about);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.status === 401) return goSignIn();
    tell(refusedText(action, refusal, about) ?? refusal.message, 'problem');
  }
  return undefined;
}

async function refresh() {
  if (!WINDOW_PATH) return;
  try {
    line.accept(await ask(WINDOW_PATH));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal; // else the live line brings it
  }
}

const ASKS_FIRST = new Set(['transfer', 'call', 'issue', 'serve-now', 'finish-as', 'next-service', 'resume', 'requeue', 'cancel', 'late', 'paper']);
const WITHOUT_WINDOW = new Set(['issue', 'paper']);

async function press(name, ticket = null) {
  if (name === 'help') return question('help', view);
  if (name === 'sign-out') return leave();
  if (actions.busy || (!view && !WITHOUT_WINDOW.has(name))) return undefined;
  if (view && !possibleActions(view)[name]) return undefined;
  if (name === 'pause' || ASKS_FIRST.has(name)) return askThenDo(name, ticket);
  return perform(name);
}

async function askThenDo(name, ticket) {
  const only = { resume: view?.held, requeue: view?.no_shows }[name];
  if (name === 'requeue' && (ticket || only.length === 1)) {
    return perform(name, { ticket_id: (ticket ?? only[0]).ticket_id });
  }
  try {
    const body = await question(name, view, ticket);
    if (body) await perform(name === 'finish-as' ? 'finish' : name, name === 'issue' ? { ...body, channel: 'desk' } : body);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    tell(refusal.message, 'problem');
  }
  return undefined;
}

function pressMain() {
  const [action, , possible] = mainAction(view);
  if (action && possible && !actions.busy && onePress.allow()) perform(action);
}

function onRow(action, ticket) {
  if (onePress.allow()) press(action, ticket);
}

/** A row of the numbers in doubt: to let one wait harms nobody, the rest is asked. */
function onFate(fate, { ticket_id, number }) {
  if (actions.busy || !onePress.allow()) return;
  if (fate === 'waiting') perform('late', { ticket_id, number, fate });
  else askThenDo('late', { ticket_id, fate });
}

/** A code was scanned, whatever question was open. */
function onPaper(text) {
  document.querySelector('dialog[open]')?.close();
  if (actions.busy) tell(say('paper_code.again'), 'problem');
  else perform('paper', { text });
}

async function leave() {
  try {
    await signOut();
  } catch (refusal) {
    tell(refusal.message, 'problem');
  }
}

// --- wiring ---------------------------------------------------------------------------------

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-act]');
  if (!button || event.detail > 1) return;
  if (button.id === 'main-button') pressMain();
  else if (onePress.allow()) press(button.dataset.act);
  if (event.detail > 0) button.blur(); // after the mouse, Enter is the big button again
});

const onButton = (button) => { if (!button.disabled && onePress.allow()) press(button.dataset.act); };
listenForPapers({
  onPaper,
  onLetter: (letter) => onButton(document.querySelector(`button[data-code="Key${letter.toUpperCase()}"]`)),
});
listenToKeys({
  onMain: pressMain,
  onButton,
  onPapers: () => document.querySelector('#materials input')?.focus(),
  onDialogDigit: chooseLine,
});
keepDrafts();

function showLink({ connected }) {
  const mark = byId('link-state');
  mark.hidden = connected;
  setText(mark, connected ? '' : say('reconnecting'));
}

async function loadCatalogue() {
  try {
    items.set(await ask('/api/v1/catalogue'));
    redraw();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    setTimeout(loadCatalogue, CATALOGUE_RETRY_MS);
    return;
  }
  const name = interrupted();
  if (name && (view || !WINDOW_PATH)) askThenDo(name, null);
}

function startLine() {
  let first = true;
  line = new LiveLine(`${WINDOW_PATH}/stream`, {
    onSnapshot: (snapshot) => {
      view = snapshot;
      clock.set(snapshot.at);
      if (snapshot.help) takeHelp(snapshot.help);
      redraw();
      if (first) loadCatalogue();
      first = false;
    },
    onLink: showLink,
    onSignedOut: goSignIn,
  });
  setInterval(() => { if (view) tick(view); }, 1000);
}

async function takeWindow(windowId) {
  if (actions.busy || !onePress.allow()) return;
  try {
    await actions.send('open', `/api/v1/windows/${windowId}/open`);
    location.reload();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    tell(refusal.message, 'problem');
    offerWindows(takeWindow);
  }
}

if (WINDOW_PATH) startLine();
else loadCatalogue();
if (byId('seats')) offerWindows(takeWindow);
if (actions.left()) {
  const { name, about } = actions.left();
  settle(name, () => actions.sendLeft(), about);
}
const helpOptions = { onProblem: (refusal) => tell(refusal.message, 'problem') };
if (WINDOW_PATH) showHelp(helpOptions); // the window's own line brings the calls
else watchHelp(helpOptions);
