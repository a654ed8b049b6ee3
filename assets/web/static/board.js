// The hall board: every window a row, big enough for ten metres; whole snapshots, never deltas.

import { ServerClock, byId, fill, make, page, pick, setText } from './base.js';
import { LiveLine } from './live.js';

const FRESH_MS = 12000; // how long a new call stays marked
const NOTICE_PAGE_MS = 8000;
const RECENT_SHOWN = 5;

const clock = new ServerClock();
const codes = page.languages;
const htmlCode = (language) => language.replace('_', '-');
let shown = null; // the snapshot on the screen
const freshUntil = new Map(); // "call_id/attempt" -> steady time until which it is marked
let known = new Set();

/** The word in each language, equal ones once, as spans. */
function words(name, parts = {}) {
  const texts = codes.map((code) => [code, fill(page.wordsByLanguage[code][name], parts)]);
  return spans(texts);
}

function names(table) {
  return spans(codes.map((code) => [code, pick(table, code)]));
}

function spans(pairs) {
  const seen = new Set();
  const wanted = pairs.filter(([, text]) => text && !seen.has(text) && seen.add(text));
  return wanted.map(([code, text]) => make('span', { lang: htmlCode(code) }, text));
}

function callMark(row) {
  return row.call_id ? `${row.call_id}/${row.attempt}` : null;
}

function noteNewCalls(snapshot) {
  const calls = snapshot.serving.filter((row) => row.call_id);
  for (const row of calls) {
    const isNew = shown && row.state === 'calling' && !known.has(callMark(row));
    if (isNew) freshUntil.set(callMark(row), performance.now() + FRESH_MS);
  }
  known = new Set(calls.map(callMark));
}

function statusOf(row) {
  if (row.number && row.state === 'calling') return 'please_come';
  if (row.number) return null;
  return { paused: 'paused', closed: 'closed' }[row.state] ?? 'free';
}

function servingRow(row) {
  const status = statusOf(row);
  const fresh = (freshUntil.get(callMark(row)) ?? 0) > performance.now();
  return make(
    'li',
    { class: 'board-row', data: { state: row.state, fresh, window: row.window_id } },
    make('p', { class: 'row-window' }, make('b', {}, row.window_id), make('span', { class: 'row-name' }, row.name)),
    row.number ? make('p', { class: 'row-number' }, row.number) : null,
    status ? make('p', { class: 'row-status' }, ...words(status)) : null,
  );
}

const inMinutes = (seconds) => Math.round(seconds / 60);

function waitTexts(wait) {
  if (!wait) return [];
  const likely = inMinutes(wait.likely_s);
  if (likely < 1) return words('wait_under');
  return words('wait_about', { likely });
}

function waitingRow(row) {
  return make(
    'li',
    { class: 'wait-row', data: { group: row.group_id } },
    make('p', { class: 'wait-name' }, ...names(row.name)),
    make('p', { class: 'wait-count' }, String(row.count)),
    make('p', { class: 'wait-time' }, ...(row.count ? waitTexts(row.wait) : [])),
  );
}

function recentRow(call) {
  return make('li', {}, make('b', {}, call.number), make('span', { class: 'arrow', 'aria-hidden': 'true' }, '→'),
    make('span', {}, ...words('window')[0].childNodes, ` ${call.window_id}`), make('time', {}, hourMinute(call.at)));
}

const dateFormat = (options) => new Intl.DateTimeFormat(htmlCode(codes[0]), { timeZone: page.timezone, ...options });
const hourMinuteFormat = dateFormat({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayFormat = dateFormat({ month: 'long', day: 'numeric', weekday: 'long' });
const hourMinute = (isoTime) => hourMinuteFormat.format(Date.parse(isoTime));

function draw(snapshot) {
  clock.set(snapshot.at);
  noteNewCalls(snapshot);
  shown = snapshot;
  const serving = byId('serving');
  serving.replaceChildren(...snapshot.serving.map(servingRow));
  serving.style.setProperty('--rows', Math.max(4, snapshot.serving.length));
  serving.dataset.many = snapshot.serving.length > 8;
  byId('hall-name').replaceChildren(...names(snapshot.hall_name));
  const waiting = Object.values(snapshot.waiting);
  byId('waiting').replaceChildren(...waiting.map(waitingRow));
  byId('waiting').style.setProperty('--groups', Math.max(4, waiting.length));
  const recent = snapshot.recent.slice(0, RECENT_SHOWN).map(recentRow);
  byId('recent').replaceChildren(...(recent.length ? recent : [make('li', { class: 'nothing' }, ...words('no_calls'))]));
  document.body.dataset.open = snapshot.open;
  tick();
}

function drawNotice() {
  if (!shown) return;
  const notice = byId('notice');
  const pages = shown.open ? [] : [words('hall_closed')];
  for (const text of spans(codes.map((code) => [code, shown.notice[code]]))) pages.push([text]);
  notice.hidden = pages.length === 0;
  const turn = Math.floor(performance.now() / NOTICE_PAGE_MS) % Math.max(1, pages.length);
  const text = (pages[turn] ?? []).map((span) => span.textContent).join('  ');
  if (notice.textContent !== text) notice.replaceChildren(make('p', {}, ...(pages[turn] ?? [])));
}

function tick() {
  setText(byId('clock'), hourMinuteFormat.format(clock.now()));
  setText(byId('date'), dayFormat.format(clock.now()));
  for (const row of document.querySelectorAll('.board-row[data-fresh="true"]')) {
    const found = shown.serving.find((each) => each.window_id === row.dataset.window);
    if ((freshUntil.get(callMark(found)) ?? 0) <= performance.now()) row.dataset.fresh = 'false';
  }
  for (const [mark, until] of freshUntil) if (until < performance.now()) freshUntil.delete(mark);
  drawNotice();
}

new LiveLine('/api/v1/board/stream', {
  onSnapshot: draw,
  onLink: ({ stale }) => { byId('stale').hidden = !stale; },
});
setInterval(tick, 1000);
