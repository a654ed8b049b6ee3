// What every page uses: its words, small DOM helpers, times, and one way to ask the server.

export const page = JSON.parse(document.getElementById('page-data').textContent);

/** A sentence of this page in the reader's language, its {parts} filled in. */
export function say(name, parts = {}) {
  return fill(page.words[name] ?? name, parts);
}

/** Fills the {parts} of a sentence. */
export function fill(sentence, parts) {
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => (key in parts ? String(parts[key]) : whole));
}

/** Whether this page has a sentence of that name. */
export const has = (name) => name in page.words;

export const byId = (id) => document.getElementById(id);

/** A new element. Text is always text, never markup. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'data') Object.assign(element.dataset, value);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets a text only when it changed, so screen readers and selections are left in peace. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Picks the reader's language from {"zh_CN": …, "en": …}; a plain string is itself. */
export function pick(names, language = page.language) {
  if (typeof names === 'string') return names;
  if (!names) return '';
  const wanted = language.replace('-', '_');
  const short = wanted.split('_')[0];
  const near = Object.keys(names).find((key) => key.split(/[-_]/)[0] === short);
  return names[wanted] ?? names[language] ?? names[near] ?? Object.values(names)[0] ?? '';
}

/** Seconds as m:ss, or h:mm:ss from an hour on. */
export function clockTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** Seconds in words to the minute, for lists. */
export function minutesText(seconds) {
  return seconds < 60 ? say('under_a_minute') : say('minutes', { minutes: Math.floor(seconds / 60) });
}

/** The server's clock, carried on by this machine's steady one, so a wrong PC clock does no harm. */
export class ServerClock {
  #serverMs = Date.now();
  #steadyMs = performance.now();

  /** Takes the moment a message was made. */
  set(isoTime) {
    this.#serverMs = Date.parse(isoTime);
    this.#steadyMs = performance.now();
  }

  now() {
    return this.#serverMs + (performance.now() - this.#steadyMs);
  }

  /** Seconds since a moment of the server. */
  since(isoTime) {
    return (this.now() - Date.parse(isoTime)) / 1000;
  }
}

/** A refusal: what the server said, or that it could not be reached (status 0). */
export class Refusal extends Error {
  constructor(status, code, sentence) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

/** Asks the server; gives the answer's JSON (null for 204) or throws a Refusal. */
export async function ask(path, { method = 'GET', body, headers = {}, timeoutMs = 10000 } = {}) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch(path, {
      method,
      headers: { Accept: 'application/json', ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers },
      body: body ? JSON.stringify(body) : undefined,
      credentials: 'same-origin',
      signal: abort.signal,
    });
    if (response.status === 204) return null;
    const text = await response.text();
    const answer = parse(text);
    if (response.ok && answer !== undefined) return answer;
    const sentence = answer?.detail || answer?.title || say('unexpected', { status: response.status });
    throw new Refusal(response.status, answer?.code ?? 'unexpected', sentence);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(0, 'offline', say('offline'));
  } finally {
    clearTimeout(timer);
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A UUID version 4. crypto.randomUUID is missing where a hall has no TLS yet, this is not. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Ends the session and goes to the sign-in page; `next` brings the person back here. */
export async function signOut() {
  await ask('/api/v1/session', { method: 'DELETE' });
  location.assign('/sign-in');
}

export function goSignIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}
