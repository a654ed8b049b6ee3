// One card of the device page: a kiosk or display, its link, and what it is fitted with.
//
// Everything shown here was sent by a machine that may have been tampered with: texts are set as
// text, and names that choose an icon or a word must be known here.

import { has, make, page, say, setText } from './base.js';

const KIND_ICONS = {
  printer: 'printer',
  'id-reader': 'card-reader',
  scanner: 'qr',
  camera: 'camera',
  'call-display': 'panel',
  'call-pad': 'keypad',
  rater: 'star',
  keypad: 'keypad',
  announcer: 'sound-on',
};
const ROLE_ICONS = { kiosk: 'kiosk', 'hall-screen': 'screen', 'window-display': 'window' };
const LINK_ICONS = { online: 'network', awaited: 'clock', unknown: 'help' };
const STATE_ICONS = { well: 'check-circle', soon: 'info', ill: 'warning', away: 'warning' };
const ERRAND_ICONS = { asked: 'clock', done: 'check-circle', refused: 'warning', unanswered: 'warning' };
const ERRAND_SHOWN_S = 600;

const language = document.documentElement.lang;
const formats = { timeZone: page.timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const timeFormat = new Intl.DateTimeFormat(language, { ...formats, second: '2-digit' });
const shortFormat = new Intl.DateTimeFormat(language, formats);
const dayFormat = new Intl.DateTimeFormat(language, { timeZone: page.timezone, month: 'short', day: 'numeric' });

export const timeOf = (isoTime) => timeFormat.format(Date.parse(isoTime));

/** A moment in words: the time, with the day where it is another one than `now`'s. */
export function momentOf(isoTime, now) {
  const [day, today] = [dayFormat.format(Date.parse(isoTime)), dayFormat.format(Date.parse(now))];
  const time = shortFormat.format(Date.parse(isoTime));
  return day === today ? time : `${day} ${time}`;
}

export const icon = (name) => make('span', { class: 'icon', data: { icon: name }, 'aria-hidden': 'true' });

const lookUp = (table, name, otherwise) => (Object.hasOwn(table, name) ? table[name] : otherwise);
const word = (name, otherwise) => (has(name) ? say(name) : otherwise);
const fact = (name, value) => make('div', {}, make('dt', {}, name), make('dd', {}, value));
const sensed = (text, state) => make('li', { data: { state } }, text);

// --- a fitted device ------------------------------------------------------------------------

function stateOf(device) {
  if (!device.online) return 'away';
  if (device.faults.length) return 'ill';
  return device.warnings.length ? 'soon' : 'well';
}

/** A printer's paper and cover, as far as it tells; nothing while it cannot be reached. */
function printerSensors(device) {
  if (device.kind !== 'printer' || !device.online) return [];
  const codes = new Set([...device.faults, ...device.warnings].map((each) => each.code));
  const low = codes.has('paper-near-end') ? 'low' : 'ok';
  const paper = codes.has('paper-out') ? 'out' : low;
  const cover = codes.has('cover-open') ? 'open' : 'closed';
  return [
    sensed(say(`paper.${paper}`), { out: 'ill', low: 'soon', ok: 'well' }[paper]),
    sensed(say(`cover.${cover}`), cover === 'open' ? 'ill' : 'well'),
  ];
}

function deviceRow(device, now) {
  const state = stateOf(device);
  const name = word(`kind.${device.kind}`, device.title || say('kind.other'));
  const details = Object.entries(device.details).map(([key, value]) => fact(word(`detail.${key}`, key), value));
  const sensors = printerSensors(device);
  return make('li', { class: 'fitted', data: { state, device: device.id } },
    icon(lookUp(KIND_ICONS, device.kind, 'settings')),
    make('b', { class: 'fitted-name', title: device.title || null }, name),
    make('span', { class: 'state', data: { state } }, icon(STATE_ICONS[state]), make('span', {}, say(`device.${state}`))),
    make('div', { class: 'fitted-more' },
      ...[...device.faults, ...device.warnings].map((each) => make('p', { class: 'todo', data: { code: each.code } }, each.text)),
      state !== 'well' && device.since ? make('p', { class: 'soft' }, say('since', { time: momentOf(device.since, now) })) : null,
      sensors.length ? make('ul', { class: 'sensors' }, ...sensors) : null,
      details.length ? make('dl', { class: 'facts' }, ...details) : null));
}

// --- the card -------------------------------------------------------------------------------

function nameOf(station) {
  const role = word(`role.${station.role}`, say(`role.${station.kind === 'kiosk' ? 'kiosk' : 'display'}`));
  const at = station.window_id ? say('role.window', { window: station.window_id }) : '';
  return { title: station.place || at || role, under: [role, station.place ? at : '', station.device_id].filter(Boolean).join(' · ') };
}

function notesOf(station) {
  const notes = [];
  if (has(`do.${station.link}`)) notes.push(['hand', say(`do.${station.link}`)]);
  if (station.twin) notes.push(['hand', say('do.twin')]);
  if (station.unreadable) notes.push(['hand', say('do.unreadable')]);
  if (station.clock_off_s !== null && station.link === 'online') {
    const minutes = Math.round(Math.abs(station.clock_off_s) / 60);
    notes.push(['soon', say(station.clock_off_s > 0 ? 'do.clock_ahead' : 'do.clock_behind', { minutes })]);
  }
  return notes.map(([urgency, text]) => make('p', { class: 'note', data: { urgency } }, text));
}

function factsOf(station, snapshot) {
  const { version, since, restarted_at: restarted } = station;
  const versions = { version, server: snapshot.version };
  return [
    since && station.link !== 'unknown' ? make('span', {}, say('since', { time: momentOf(since, snapshot.at) })) : null,
    restarted ? make('span', {}, say('restarted', { time: momentOf(restarted, snapshot.at) })) : null,
    version ? make('span', { data: { other: station.other_version } }, say(station.other_version ? 'version_other' : 'version', versions)) : null,
  ];
}

/** Draws a part again only when what it is drawn from has changed. */
function fillPart(element, from, drawn) {
  const mark = JSON.stringify(from);
  if (element.dataset.mark === mark) return;
  element.dataset.mark = mark;
  element.replaceChildren(...drawn().filter(Boolean));
}

export class StationCard {
  #station = null;

  constructor(station, actions) {
    const id = station.device_id;
    const button = (name, label, act, style) => make('button', { type: 'button', class: style, data: { act: name }, onclick: act, 'aria-label': `${label}: ${id}` }, label);
    this.head = make('div', { class: 'station-head' });
    this.facts = make('p', { class: 'station-facts soft' });
    this.heard = make('span', {});
    this.notes = make('div', { class: 'station-notes' });
    this.devices = make('ul', { class: 'fitted-list' });
    this.errand = make('p', { class: 'errand', role: 'status', 'aria-live': 'polite' });
    this.test = button('print-test', page.words.print_test, () => actions.printTest(id), 'plain');
    this.admin = page.mayAdminister ? [
      button('code', page.words.new_code, () => actions.newCode(id, this.#station.kind), 'bar-button'),
      button('remove', page.words.remove, () => actions.remove(id), 'bar-button'),
    ] : [];
    const buttons = make('p', { class: 'station-buttons' }, this.test, make('span', { class: 'bar-space' }), ...this.admin);
    this.element = make('li', { class: 'station', data: { station: id } }, this.head, this.notes, this.devices, this.errand, buttons);
  }

  fill(station, snapshot) {
    this.#station = station;
    this.element.dataset.urgency = station.urgency;
    this.element.dataset.link = station.link;
    const { title, under } = nameOf(station);
    const { link, role, since, restarted_at: restarted, version } = station;
    fillPart(this.head, [title, under, link, role], () => [
      icon(lookUp(ROLE_ICONS, role || station.kind, 'screen')),
      make('div', { class: 'station-name' }, make('h2', {}, title), make('p', { class: 'soft' }, under)),
      make('span', { class: 'state station-link', data: { state: link } }, icon(lookUp(LINK_ICONS, link, 'network-off')), make('span', {}, say(`link.${link}`))),
      this.facts,
    ]);
    fillPart(this.facts, [since, restarted, version, link, snapshot.version], () => [...factsOf(station, snapshot), this.heard]);
    fillPart(this.notes, [link, station.twin, station.unreadable, station.clock_off_s], () => notesOf(station));
    fillPart(this.devices, [station.devices, link], () => this.#rows(station, snapshot));
    this.#fillErrand(station, snapshot);
    this.test.hidden = !page.mayTend || !station.devices.some((device) => device.kind === 'printer');
    this.test.disabled = station.errand?.state === 'asked';
  }

  /** Brings "12 s ago" up to date. */
  tick(clock) {
    const heard = this.#station?.heard_at;
    const seconds = heard ? Math.max(0, Math.floor(clock.since(heard))) : 0;
    const text = seconds < 60 ? say('heard.seconds', { seconds }) : say('heard.minutes', { minutes: Math.floor(seconds / 60) });
    setText(this.heard, heard ? text : '');
  }

  #rows(station, snapshot) {
    if (station.devices.length) return station.devices.map((device) => deviceRow(device, snapshot.at));
    return station.link === 'online' ? [make('li', { class: 'soft' }, say('no_devices'))] : [];
  }

  #fillErrand(station, snapshot) {
    const { errand } = station;
    const age = errand ? (Date.parse(snapshot.at) - Date.parse(errand.asked_at)) / 1000 : Infinity;
    fillPart(this.errand, age < ERRAND_SHOWN_S ? errand : null, () => {
      if (age >= ERRAND_SHOWN_S) return [];
      const text = errand.text || say(`errand.${errand.state}`);
      return [icon(ERRAND_ICONS[errand.state]), make('span', {}, `${text} (${timeOf(errand.asked_at)})`)];
    });
    this.errand.dataset.state = errand?.state ?? '';
  }
}
