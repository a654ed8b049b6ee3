// The manager's page: the hall as it is now, and the figures of the chosen days.

import { Refusal, ask, byId, goSignIn, make, page, pick, say, setText, signOut } from './base.js';
import { LiveLine } from './live.js';
import { drawChart, fitForPrint } from './charts.js';
import { drawTables, drawTotals, tile } from './figures.js';
import { watchHelp } from './help_calls.js';

const RECOUNT_MS = 60000;
const RETRY_MS = 3000;
const PAPER_PX = 660; // A4 less margins at 96 px an inch
const DAYS = { today: 1, week: 7, month: 30 };

const form = byId('report-form');
const names = { service: new Map(), group: new Map(), priority: new Map(), window: new Map() };
let today = null; // the hall's business date, "2026-01-31"
let asked = 0; // the newest question to the statistics

const timeFormat = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: page.timezone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const timeOf = (isoTime) => timeFormat.format(Date.parse(isoTime));

// --- the hall now ---------------------------------------------------------------------------

function windowRow(row) {
  const chip = make('span', { class: 'chip', data: { state: row.state } }, say(row.state === 'open' ? 'free' : `state.${row.state}`));
  const recalls = row.attempt > 1 ? ` · ${say('recalled', { count: row.attempt })}` : '';
  return make('tr', { data: { window: row.window_id } }, make('th', { scope: 'row' }, `${row.window_id} ${row.name}`), make('td', {}, chip),
    make('td', {}, row.number ?? '—'), make('td', {}, row.called_at ? timeOf(row.called_at) + recalls : '—'));
}

const inMinutes = (seconds) => Math.round(seconds / 60);

function waitText(wait) {
  if (!wait) return say('wait_unknown');
  return say('likely_wait', { likely: inMinutes(wait.likely_s), low: inMinutes(wait.low_s), high: inMinutes(wait.high_s) });
}

function queueRow(row) {
  return make('tr', { data: { group: row.group_id } }, make('th', { scope: 'row' }, `${row.group_id} ${pick(row.name)}`),
    make('td', { class: 'num' }, String(row.count)), make('td', {}, row.count ? waitText(row.wait) : '—'));
}

function drawNow(board) {
  const waiting = Object.values(board.waiting);
  const waits = waiting.filter((row) => row.count && row.wait).map((row) => row.wait.likely_s);
  const attended = board.serving.filter((row) => row.state !== 'closed');
  setText(byId('hall-state'), say(board.open ? 'hall_open' : 'hall_closed'));
  byId('hall-state').dataset.state = board.open ? 'open' : 'closed';
  byId('windows-rows').replaceChildren(...board.serving.map(windowRow));
  byId('queues-rows').replaceChildren(...waiting.map(queueRow));
  byId('now-tiles').replaceChildren(
    tile('waiting_total', String(waiting.reduce((sum, row) => sum + row.count, 0))),
    tile('serving_total', String(board.serving.filter((row) => row.number).length)),
    tile('windows_open', `${attended.length} / ${board.serving.length}`),
    tile('longest_wait', waits.length ? say('minutes', { minutes: inMinutes(Math.max(...waits)) }) : null),
  );
  names.window = new Map(board.serving.map((row) => [row.window_id, `${row.window_id} ${row.name}`]));
  names.group = new Map(waiting.map((row) => [row.group_id, pick(row.name)]));
  if (board.business_date && board.business_date !== today) newDay(board.business_date);
}

// --- the figures ----------------------------------------------------------------------------

const chosen = () => Object.fromEntries(new FormData(form));

function daysBack(date, days) {
  const moment = new Date(`${date}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() - days);
  return moment.toISOString().slice(0, 10);
}

function newDay(date) {
  const followed = today === null || form.elements.preset.value === 'today';
  today = date;
  if (followed) applyPreset(form.elements.preset.value || 'today');
}

function applyPreset(preset) {
  if (!today) return;
  byId('to').value = today;
  byId('from').value = daysBack(today, DAYS[preset] - 1);
  count();
}

function labelOf(by, key) {
  if (by === 'hour') return /^\d{1,2}$/.test(key) ? `${key.padStart(2, '0')}:00` : key;
  if (key === '') return say(by === 'priority' ? 'normal_class' : 'no_window_yet');
  const name = names[by]?.get(key);
  return ['service', 'group'].includes(by) && name ? `${key} ${name}` : name ?? key;
}

/** Asks for the chosen figures; only the newest question's answer is shown. */
async function count() {
  const { from, to, by } = chosen();
  if (!from || !to) return;
  const query = new URLSearchParams({ from, to, by });
  byId('csv').href = `/api/v1/statistics.csv?${query}`;
  asked += 1;
  const question = asked;
  try {
    const statistics = await ask(`/api/v1/statistics?${query}`);
    if (question === asked) draw(statistics, by);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (question === asked) tellProblem(refusal);
  }
}

function tellProblem(refusal) {
  if (refusal.status === 401) goSignIn();
  setText(byId('message'), refusal.message);
  byId('message').dataset.kind = 'problem';
  if (refusal.status === 0 || refusal.status >= 500) setTimeout(count, RETRY_MS);
}

function draw(statistics, by) {
  const keyName = say(`by.${by}`);
  const rows = statistics.rows.map((row) => ({ ...row, label: labelOf(by, row.key) }));
  const total = { ...statistics.total, label: say('whole_hall') };
  const { from_date: from, to_date: to } = statistics;
  setText(byId('message'), rows.length ? '' : say('no_rows'));
  byId('message').dataset.kind = 'info';
  setText(byId('report-range'), from === to ? from : say('range', { from, to }));
  setText(byId('computed'), say('computed', { time: timeOf(statistics.computed_at) }));
  byId('charts').dataset.by = by;
  drawTotals(total);
  drawTables(rows, total, keyName);
  for (const measure of ['wait', 'service', 'walk']) drawChart(measure, rows, { by, keyName });
}

async function loadNames() {
  try {
    const catalogue = await ask('/api/v1/catalogue');
    names.service = new Map(catalogue.items.map((item) => [item.service_id, pick(item.name)]));
    names.priority = new Map(catalogue.priority_classes.map((each) => [each.class_id, pick(each.name)]));
    count();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    setTimeout(loadNames, RETRY_MS);
  }
}

// --- wiring ---------------------------------------------------------------------------------

form.addEventListener('change', (event) => {
  if (event.target.name === 'preset') applyPreset(event.target.value);
  else {
    if (event.target.type === 'date') form.querySelectorAll('[name=preset]').forEach((each) => { each.checked = false; });
    count();
  }
});
form.addEventListener('submit', (event) => event.preventDefault());
byId('print').addEventListener('click', () => window.print());
byId('sign-out').addEventListener('click', async () => {
  try {
    await signOut();
  } catch (refusal) {
    tellProblem(refusal);
  }
});

let openedForPrint = [];
window.addEventListener('beforeprint', () => {
  openedForPrint = [...document.querySelectorAll('.chart-card details:not([open])')];
  openedForPrint.forEach((details) => { details.open = true; });
  fitForPrint(PAPER_PX);
});
window.addEventListener('afterprint', () => {
  openedForPrint.forEach((details) => { details.open = false; });
  fitForPrint(null);
});

new LiveLine('/api/v1/board/stream', {
  onSnapshot: drawNow,
  onLink: ({ connected }) => {
    byId('link-state').hidden = connected;
    setText(byId('link-state'), connected ? '' : say('reconnecting'));
  },
});
watchHelp();
loadNames();
setInterval(() => { if (!document.hidden && chosen().to === today) count(); }, RECOUNT_MS);
