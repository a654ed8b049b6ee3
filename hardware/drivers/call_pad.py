"""The clerk's pad on an RS-485 line: keys, six digits, a beeper. Bytes: `hardware.wire.call_pad`.

The pad cannot be asked anything, so online means that the line is open. Options: `pad_line`.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping

import structlog

from hardware.drivers.pad_line import (
    BACKOFF,
    TapOpener,
    Timing,
    changed_or_due,
    frames,
    read_options,
)
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind
from hardware.roles_window import PadPress
from hardware.shared_line import Tap
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor, together
from hardware.wire.call_pad import Repeats, beep_frame, display_frame


class RsCallPad:
    """Fulfils `hardware.roles_window.CallPad`."""

    def __init__(
        self,
        device_id: str,
        opener: TapOpener,
        address: int,
        *,
        randomness: Randomness,
        timing: Timing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet; `address` is the pad's on its line."""
        self._address = address
        self._timing = timing or Timing()
        self._supervisor: Supervisor[Tap] = Supervisor(
            device_id, DeviceKind.CALL_PAD, opener, randomness=randomness, backoff=backoff
        )
        self._presses: Fanout[PadPress] = Fanout()
        self._repeats = Repeats(self._timing.repeat_s, self._timing.repeats_s)
        self._shown: tuple[int | None, str] | None = None
        self._beeps = False
        self._changed = asyncio.Event()
        self._log = structlog.get_logger("hardware").bind(device=device_id)

    def health(self) -> DeviceHealth:
        """The last known health: whether the line is open."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    def presses(self) -> AsyncIterator[PadPress]:
        """Every press while this is iterated, once."""
        return self._presses.listen()

    def show(self, waiting: int | None, number: str) -> None:
        """Show people waiting and the last three digits of a number, now and from now on."""
        if self._shown != (waiting, number):
            self._shown = (waiting, number)
            self._changed.set()

    def beep(self) -> None:
        """Sound once, if the line is open now."""
        if self.health().online:
            self._beeps = True
            self._changed.set()

    async def run(self) -> None:
        """Keep the line open until cancelled."""
        await self._supervisor.run(self._serve)

    async def _serve(self, tap: Tap) -> None:
        self._beeps = False
        self._supervisor.health.set(online=True)
        await together(hears=self._hear(tap), shows=self._keep_shown(tap))

    async def _hear(self, tap: Tap) -> None:
        async for frame in frames(tap, self._address):
            if not frame.is_press:
                continue
            if self._repeats.is_new(frame, asyncio.get_running_loop().time()):
                press = frame.press()
                if press is not None:
                    self._presses.publish(press)
            # After it was delivered, so that a line that breaks here loses no press; again for
            # every copy, because a pad that says it again has not heard the last echo.
            await tap.write(frame.to_bytes())

    async def _keep_shown(self, tap: Tap) -> None:
        while True:
            self._changed.clear()
            if self._shown is not None:
                await tap.write(display_frame(self._address, *self._shown).to_bytes())
            if self._beeps:
                self._beeps = False
                await tap.write(beep_frame(self._address).to_bytes())
            await changed_or_due(self._changed, self._timing.refresh_s)


def build(settings: Settings) -> RsCallPad:
    """Make the driver from a device URL.

    Raises:
        BadDeviceUrl: Wrong scheme, speed, option or address.
    """
    address, timing = read_options(settings.url)
    return RsCallPad(
        settings.device_id,
        settings.lines.line(settings.url).open,
        address,
        randomness=random.SystemRandom(),
        timing=timing,
        backoff=BACKOFF,
    )


async def trial(pad: RsCallPad, trial: Trial) -> AsyncIterator[Mapping[str, object]]:  # noqa: ARG001 - one signature for all drivers
    """Light every segment, beep, then one record per key pressed."""
    pad.show(888, "888")
    pad.beep()
    async for press in pad.presses():
        yield {"key": press.key.value, "digits": press.digits}
