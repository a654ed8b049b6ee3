// Taking a window when signed in without one: after closing the last one, or when none was chosen.

import { ask, byId, make, say } from './base.js';

const RETRY_MS = 2000;

function tile(row, take) {
  const used = row.state !== 'closed';
  return make(
    'button',
    { type: 'button', class: 'window-tile', data: { used }, onclick: () => take(row.window_id) },
    make('span', { class: 'tile-number' }, row.window_id),
    make('span', { class: 'tile-name' }, row.name),
    make('span', { class: 'tile-state' }, say(used ? 'window_in_use' : 'window_free')),
  );
}

/** Offers the hall's windows; `take(windowId)` does the rest. */
export async function offerWindows(take) {
  try {
    const board = await ask('/api/v1/board');
    byId('seats').replaceChildren(...board.serving.map((row) => tile(row, take)));
    byId('seats').querySelector('button')?.focus();
  } catch {
    setTimeout(() => offerWindows(take), RETRY_MS);
  }
}
