// Three measures drawn with the chart library of this host: SVG, so it prints sharp. Median, 90 %
// and longest differ in lightness, pattern and shape, so neither colours nor a printer are needed.

import { byId, make, say } from './base.js';

const INK = '#24211C';
const ACCENT = '#0B6456';
const PALE = '#E2EFEA';
const LINE = '#DDD5C6';
const ROW_PX = 46;
const HEAD_PX = 96;
const LABEL_LENGTH = 32;
const FONT = getComputedStyle(document.documentElement).getPropertyValue('--font').trim();

const SETTINGS = { displayModeBar: false, responsive: true, displaylogo: false, doubleClick: false };

/** A label for an axis: not too long, and plain, because the library reads tags in texts. */
const shorten = (text) => (text.length > LABEL_LENGTH ? `${text.slice(0, LABEL_LENGTH - 1)}…` : text);
const plain = (text) => shorten(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const minutes = (seconds) => (seconds === null ? null : seconds / 60);

function traces(rows, measure, flat) {
  const labels = rows.map((row) => plain(row.label));
  const values = (name) => rows.map((row) => minutes(row[measure][name]));
  const along = (numbers) => (flat ? { y: labels, x: numbers, orientation: 'h' } : { x: labels, y: numbers });
  const hover = flat ? '%{x:.1f} ' : '%{y:.1f} ';
  const hovertemplate = `${hover}${say('minutes_axis')}`;
  return [
    { type: 'bar', name: say('median'), ...along(values('median_s')), marker: { color: ACCENT, line: { color: ACCENT, width: 1 } }, hovertemplate },
    {
      type: 'bar', name: say('p90'), ...along(values('p90_s')), hovertemplate,
      marker: { color: PALE, line: { color: ACCENT, width: 1 }, pattern: { shape: '/', fgcolor: ACCENT, bgcolor: PALE, size: 6, solidity: 0.25 } },
    },
    { type: 'scatter', mode: 'markers', name: say('max'), ...along(values('max_s')), marker: { symbol: 'diamond', color: INK, size: 9 }, hovertemplate, cliponaxis: false },
  ];
}

function layout(rows, flat) {
  const value = { title: { text: say('minutes_axis'), standoff: 6 }, rangemode: 'tozero', gridcolor: LINE, zerolinecolor: INK, fixedrange: true };
  const names = { type: 'category', fixedrange: true, automargin: true, ticklabelstandoff: 6 };
  return {
    autosize: true,
    height: flat ? HEAD_PX + Math.max(4, rows.length) * ROW_PX : 320,
    barmode: 'group',
    bargap: 0.3,
    font: { family: FONT, size: 13, color: INK },
    paper_bgcolor: '#FFFFFF',
    plot_bgcolor: '#FFFFFF',
    margin: { l: 56, r: 20, t: 8, b: 44 },
    legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom', traceorder: 'normal' },
    xaxis: flat ? { ...value, side: 'bottom' } : names,
    yaxis: flat ? { ...names, autorange: 'reversed' } : value,
  };
}

/** Draws one measure; rows are {label, wait, walk, service, hold}. Hours stand upright, names lie. */
export function drawChart(measure, rows, { by, keyName }) {
  const box = byId(`chart-${measure}`);
  const counted = rows.filter((row) => row[measure].count > 0);
  box.setAttribute('aria-label', say('chart_alt', { measure: say(measure), key: keyName }));
  if (!counted.length) {
    window.Plotly.purge(box);
    box.replaceChildren(make('p', { class: 'nothing' }, say('no_data')));
    return;
  }
  box.querySelector('.nothing')?.remove();
  const flat = by !== 'hour';
  window.Plotly.react(box, traces(rows, measure, flat), layout(rows, flat), SETTINGS);
}

/** Fits every chart to the paper before printing, and back afterwards. */
export function fitForPrint(width) {
  for (const box of document.querySelectorAll('.chart.js-plotly-plot')) {
    window.Plotly.relayout(box, width ? { width, autosize: false } : { width: null, autosize: true });
  }
}
