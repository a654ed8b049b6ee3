// Sign-in: name, password and the window of today on one form.

import { ask, byId, make, page, say, setText } from './base.js';

const REMEMBERED = 'bianmin.window';
const RETRY_MS = 2000;

const form = byId('sign-in-form');
const message = byId('message');
const submit = byId('submit');

function windowTile(row) {
  const used = row.state !== 'closed';
  const input = make('input', { type: 'radio', name: 'window', value: row.window_id });
  input.checked = row.window_id === localStorage.getItem(REMEMBERED);
  return make(
    'label',
    { class: 'window-tile', data: { used } },
    input,
    make('span', { class: 'tile-number' }, row.window_id),
    make('span', { class: 'tile-name' }, row.name),
    make('span', { class: 'tile-state' }, say(used ? 'window_in_use' : 'window_free')),
  );
}

async function loadWindows() {
  const note = byId('windows-note');
  try {
    const board = await ask('/api/v1/board');
    byId('windows').prepend(...board.serving.map(windowTile));
    note.hidden = true;
  } catch {
    setText(note, say('no_windows'));
    note.hidden = false;
    setTimeout(loadWindows, RETRY_MS);
  }
}

function placeAfter(session) {
  if (page.after) return page.after;
  return session.window_id ? '/clerk' : '/';
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const missing = [byId('username'), byId('password')].find((input) => !input.value);
  if (missing) return missing.focus();
  if (submit.disabled) return undefined;
  const windowId = new FormData(form).get('window');
  const body = { username: byId('username').value.trim(), password: byId('password').value };
  if (windowId) body.window_id = windowId;
  submit.disabled = true;
  setText(message, say('signing_in'));
  message.dataset.kind = 'info';
  try {
    const session = await ask('/api/v1/session', { method: 'POST', body });
    localStorage.setItem(REMEMBERED, windowId ?? '');
    location.assign(placeAfter(session));
  } catch (refusal) {
    setText(message, refusal.message);
    message.dataset.kind = 'problem';
    submit.disabled = false;
    byId('password').select();
  }
  return undefined;
});

loadWindows();
