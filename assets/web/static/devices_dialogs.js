// The administrator's questions on the device page: a code for a device, and taking access away.

import { Refusal, ask, byId, say, setText } from './base.js';
import { timeOf } from './devices_card.js';

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
let removing = '';

/** Makes a single-use code and shows it, once. */
export async function offerCode(deviceId, kind) {
  const body = { device_id: deviceId, kind: kind === 'kiosk' ? 'kiosk' : 'display' };
  const made = await ask('/api/v1/devices', { method: 'POST', body });
  setText(byId('code-device'), made.device_id);
  setText(byId('code'), made.code.replace(/^(.{4})(.{4})$/, '$1 $2'));
  setText(byId('code-until'), say('offer.done', { time: timeOf(made.expires_at) }));
  setText(byId('code-command'), `bianmin-kiosk enrol --config ${kind === 'kiosk' ? 'kiosk' : 'display'}.toml ${made.code}`);
  byId('dialog-code').showModal();
}

/** Asks whether a device's access is to be taken away. */
export function offerRemoval(deviceId) {
  removing = deviceId;
  setText(byId('remove-what'), say('remove.what', { device: deviceId }));
  setText(byId('remove-message'), '');
  byId('dialog-remove').showModal();
}

function tell(element, refusal) {
  if (!(refusal instanceof Refusal)) throw refusal;
  element.dataset.kind = 'problem';
  setText(element, refusal.message);
}

async function add(event) {
  event.preventDefault();
  const name = byId('add-name');
  const deviceId = name.value.trim();
  if (!NAME.test(deviceId)) {
    name.setAttribute('aria-invalid', 'true');
    return name.focus();
  }
  try {
    await offerCode(deviceId, new FormData(event.target).get('kind'));
    byId('dialog-add').close();
    name.value = '';
  } catch (refusal) {
    tell(byId('add-message'), refusal);
  }
  return undefined;
}

/** Connects the dialogs; `done` hears what was achieved. */
export function connectDialogs(done) {
  byId('add').addEventListener('click', () => {
    setText(byId('add-message'), '');
    byId('dialog-add').showModal();
    byId('add-name').focus();
  });
  byId('add-name').addEventListener('input', (event) => event.target.removeAttribute('aria-invalid'));
  byId('add-form').addEventListener('submit', add);
  byId('remove-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await ask(`/api/v1/devices/${encodeURIComponent(removing)}`, { method: 'DELETE' });
      byId('dialog-remove').close();
      done(say('remove.done', { device: removing }));
    } catch (refusal) {
      tell(byId('remove-message'), refusal);
    }
  });
  document.querySelectorAll('dialog [data-close]').forEach((each) => each.addEventListener('click', () => each.closest('dialog').close()));
}
