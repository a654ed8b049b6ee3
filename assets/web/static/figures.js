// The figures as the API gives them: seconds are shown as minutes:seconds, and the exact value
// stands in each <data> element. A null is "no data", never 0.

import { byId, clockTime, make, say } from './base.js';

const MEASURES = ['wait', 'walk', 'service'];
const FIGURES = ['mean_s', 'median_s', 'p90_s', 'max_s'];
const COUNTS = ['issued', 'called', 'finished', 'no_show', 'abandoned', 'cancelled', 'expired', 'transferred', 'live'];
const RATES = ['within_target', 'no_show_rate', 'abandon_rate'];

const percent = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent', maximumFractionDigits: 1 });

const noData = (tag) => make(tag, { class: 'num none' }, say('no_data'));

function timeCell(seconds) {
  if (seconds === null) return noData('td');
  return make('td', { class: 'num' }, make('data', { value: String(seconds), title: `${seconds} s` }, clockTime(Math.round(seconds))));
}

function rateCell(share) {
  if (share === null) return noData('td');
  return make('td', { class: 'num' }, make('data', { value: String(share) }, percent.format(share)));
}

const countCell = (count) => make('td', { class: 'num' }, make('data', { value: String(count) }, String(count)));

const line = (row, isTotal, ...cells) => make('tr', { class: isTotal ? 'total' : null, data: { key: row.key } }, make('th', { scope: 'row' }, row.label), ...cells);

/** Fills the tables behind the charts and the table of counts. */
export function drawTables(rows, total, keyName) {
  const all = [...rows, total];
  for (const measure of MEASURES) {
    const table = byId(`table-${measure}`);
    table.querySelector('[data-key-head]').textContent = keyName;
    const made = all.map((row) => line(row, row === total, countCell(row[measure].count), ...FIGURES.map((name) => timeCell(row[measure][name]))));
    table.tBodies[0].replaceChildren(...made);
  }
  const heads = [...COUNTS, ...RATES].map((name) => make('th', { scope: 'col', class: 'num' }, say(name)));
  byId('counts-head').replaceChildren(make('th', { scope: 'col' }, keyName), ...heads);
  const counted = all.map((row) => line(row, row === total, ...COUNTS.map((name) => countCell(row[name])), ...RATES.map((name) => rateCell(row[name]))));
  byId('table-counts').tBodies[0].replaceChildren(...counted);
}

/** One tile: a value (null is "no data") and what it is. */
export function tile(name, text) {
  const none = text === null;
  return make('div', { data: { tile: name } }, make('dt', {}, say(name)), make('dd', { class: none ? 'none' : null }, none ? say('no_data') : text));
}

const time = (seconds) => (seconds === null ? null : clockTime(Math.round(seconds)));
const share = (value) => (value === null ? null : percent.format(value));

/** The whole hall's figures above the charts. */
export function drawTotals(total) {
  byId('report-tiles').replaceChildren(
    tile('issued', String(total.issued)),
    tile('finished', String(total.finished)),
    tile('median_wait', time(total.wait.median_s)),
    tile('p90_wait', time(total.wait.p90_s)),
    tile('median_service', time(total.service.median_s)),
    tile('within_target', share(total.within_target)),
    tile('no_show_rate', share(total.no_show_rate)),
  );
}
