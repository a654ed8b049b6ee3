"""Keypads for people who cannot see the screen, read from the kernel's input events.

Options in the device URL: `keys` = f13:up,f14:down... (see `wire.keypad`), `grab` = no (leave what
is typed to others too: simulators only).
"""

import random
from collections.abc import AsyncIterator, Mapping

from hardware.errors import BadDeviceUrl
from hardware.hid_port import check_hid_url, open_hid
from hardware.link import Link
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind
from hardware.roles_voice import GuideKey, Headphones
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor
from hardware.transport import Opener
from hardware.wire.input_events import (
    PRESSED,
    REPEATED,
    SW_HEADPHONE_INSERT,
    EventDecoder,
    EventsLost,
    EventType,
    InputEvent,
)
from hardware.wire.keypad import DEFAULT_KEYS, HELD_KEYS, Meaning, key_name, parse_keys


class HidKeypad:
    """Fulfils `hardware.roles_voice.Keypad`."""

    def __init__(
        self,
        device_id: str,
        opener: Opener,
        keys: Mapping[int, Meaning] = DEFAULT_KEYS,
        *,
        randomness: Randomness,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet; `keys` is what each key code means."""
        self._meanings = keys
        self._supervisor: Supervisor[Link] = Supervisor(
            device_id, DeviceKind.KEYPAD, opener, randomness=randomness, backoff=backoff
        )
        self._keys: Fanout[GuideKey] = Fanout()
        self._named: Fanout[tuple[str, GuideKey]] = Fanout()
        self._jack: Fanout[Headphones] = Fanout(depth=1)
        self._headphones = Headphones.UNKNOWN

    def health(self) -> DeviceHealth:
        """The last known health; online while its events can be read."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    def keys(self) -> AsyncIterator[GuideKey]:
        """Every key pressed while this is iterated."""
        return self._keys.listen()

    def named_keys(self) -> AsyncIterator[tuple[str, GuideKey]]:
        """Likewise, each with the name it has in a key map: for who sets one up."""
        return self._named.listen()

    async def headphones(self) -> AsyncIterator[Headphones]:
        """The state of the jack now, then every change."""
        with self._jack.subscribe() as queue:
            yield self._headphones
            while True:
                yield await queue.get()

    async def run(self) -> None:
        """Keep the keypad until cancelled."""
        await self._supervisor.run(self._serve)

    async def _serve(self, link: Link) -> None:
        self._supervisor.health.set(online=True)
        events = EventDecoder()
        try:
            while True:
                for event in events.feed(await link.read()):
                    self._take(event)
        finally:
            self._plugged(Headphones.UNKNOWN)

    def _take(self, event: InputEvent | EventsLost) -> None:
        if isinstance(event, EventsLost):
            return  # a key was pressed in vain; a person presses again
        if event.type is EventType.SW and event.code == SW_HEADPHONE_INSERT:
            self._plugged(Headphones.PLUGGED if event.value else Headphones.UNPLUGGED)
        elif event.type is EventType.KEY:
            self._key(event)

    def _key(self, event: InputEvent) -> None:
        meaning = self._meanings.get(event.code, GuideKey.OTHER)
        if isinstance(meaning, Headphones):
            if event.value == PRESSED:
                self._plugged(meaning)
            return
        if event.value == PRESSED or (event.value == REPEATED and meaning in HELD_KEYS):
            self._keys.publish(meaning)
            self._named.publish((key_name(event.code), meaning))

    def _plugged(self, state: Headphones) -> None:
        if state is not self._headphones:
            self._headphones = state
            self._jack.publish(state)


def build(settings: Settings) -> HidKeypad:
    """Make the driver from a device URL.

    Raises:
        BadDeviceUrl: Wrong scheme or option.
    """
    check_hid_url(settings.url, frozenset({"keys"}))
    try:
        keys = parse_keys(settings.url.options.get("keys", ""))
    except ValueError as error:
        raise BadDeviceUrl(repr(settings.url.text)) from error
    return HidKeypad(
        settings.device_id,
        lambda: open_hid(settings.url),
        keys,
        randomness=random.SystemRandom(),
    )


async def trial(keypad: HidKeypad, trial: Trial) -> AsyncIterator[Mapping[str, object]]:  # noqa: ARG001 - one signature for all drivers
    """One record per key: its name for a key map, and what it means now."""
    async for name, meaning in keypad.named_keys():
        yield {"key": name, "means": meaning.value}
