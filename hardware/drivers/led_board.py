"""Number boards on an RS-485 line: digits only, and no answer. Bytes: `hardware.wire.led_board`.

Online means that the line is open; whether a board lights up nobody can hear. What is shown is sent
again every two seconds, so that a board that was without power is right by itself.

Options in the device URL: `id` (1 to 255, as set on the board; 1 unless given), `digits` (places of
the board, 2 to 4; 3 unless given), `blank` (a number that leaves this make dark; without it a board
shows 0 instead of nothing and does not blink).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from hardware.drivers.pad_line import BACKOFF, TapOpener, changed_or_due
from hardware.errors import BadDeviceUrl
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind
from hardware.roles_window import PAUSED_TEXT, PanelMessage
from hardware.shared_line import Tap
from hardware.supervise import Backoff, Randomness, Supervisor, together
from hardware.transport import check_stream_url
from hardware.wire.led_board import NUMBER_MAX, number_frame, number_in

BLINKS: Final = 4
DIGITS: Final = range(2, 5)
ID_MAX: Final = 255
SENT_S: Final = 0.5
LOOK_S: Final = 2.5
"""For a trial: until a number has surely been sent, and for a look at it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in seconds: how often the number is sent again, and half a blink."""

    refresh_s: float = 2.0
    blink_s: float = 0.4


class NumberBoard:
    """Fulfils `hardware.roles_window.CallDisplay`."""

    def __init__(
        self,
        device_id: str,
        opener: TapOpener,
        board_id: int,
        *,
        digits: int = 3,
        blank: int | None = None,
        randomness: Randomness,
        timing: Timing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet; `blank` is the number that leaves the board dark."""
        self._board_id = board_id
        self._digits = digits
        self._blank = blank
        self._timing = timing or Timing()
        self._supervisor: Supervisor[Tap] = Supervisor(
            device_id, DeviceKind.CALL_DISPLAY, opener, randomness=randomness, backoff=backoff
        )
        self._message: PanelMessage | None = None
        self._blinks = 0
        self._letters_told = False
        self._changed = asyncio.Event()
        self._log = structlog.get_logger("hardware").bind(device=device_id)

    def health(self) -> DeviceHealth:
        """The last known health: whether the line is open."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    def show(self, message: PanelMessage) -> None:
        """Show the digits of a message from now on; a call blinks where the board can be dark."""
        if message == self._message:
            return
        self._message = message
        shows = number_in(message.text, self._digits) is not None
        self._blinks = BLINKS if shows and message.attempt and self._blank is not None else 0
        self._changed.set()
        if not self._letters_told and any(char.isalpha() for char in message.text):
            self._letters_told = True
            self._log.warning("letters-not-shown", board=self._board_id)

    def clear(self) -> None:
        """Be dark, or show 0."""
        self.show(PanelMessage())

    async def run(self) -> None:
        """Keep the line open until cancelled."""
        await self._supervisor.run(self._serve)

    async def _serve(self, tap: Tap) -> None:
        self._supervisor.health.set(online=True)
        await together(hangs_up=self._drain(tap), shows=self._keep_shown(tap))

    async def _drain(self, tap: Tap) -> None:
        """A board says nothing, but a line that was pulled out is noticed by reading."""
        while True:
            await tap.read()

    async def _keep_shown(self, tap: Tap) -> None:
        while True:
            self._changed.clear()
            message = self._message
            if message is not None:
                if self._blinks:
                    self._blinks -= 1
                    await tap.write(self._frame(""))
                    await changed_or_due(self._changed, self._timing.blink_s)
                await tap.write(self._frame((self._message or message).text))
            wait_s = self._timing.blink_s if self._blinks else self._timing.refresh_s
            await changed_or_due(self._changed, wait_s)

    def _frame(self, text: str) -> bytes:
        number = number_in(text, self._digits)
        return number_frame(self._board_id, (self._blank or 0) if number is None else number)


def build(settings: Settings) -> NumberBoard:
    """Make the driver from a device URL.

    Raises:
        BadDeviceUrl: Wrong scheme, speed, option or number.
    """
    url = settings.url
    check_stream_url(url, frozenset({"id", "digits", "blank"}))
    try:
        board_id = int(url.options.get("id", "1"))
        digits = int(url.options.get("digits", "3"))
        blank = int(url.options["blank"]) if "blank" in url.options else None
    except ValueError as error:
        raise BadDeviceUrl(repr(url.text)) from error
    if not 1 <= board_id <= ID_MAX or digits not in DIGITS or not 0 <= (blank or 0) <= NUMBER_MAX:
        raise BadDeviceUrl(repr(url.text))
    return NumberBoard(
        settings.device_id,
        settings.lines.line(url).open,
        board_id,
        digits=digits,
        blank=blank,
        randomness=random.SystemRandom(),
        backoff=BACKOFF,
    )


async def trial(board: NumberBoard, trial: Trial) -> AsyncIterator[Mapping[str, object]]:  # noqa: ARG001 - one signature for all drivers
    """Numbers for the eyes of who stands before it; one record each."""
    for text in ("888", "123", PAUSED_TEXT, "012"):
        board.show(PanelMessage(text, attempt=1))
        await asyncio.sleep(SENT_S)
        yield {"should_show": text}
        await asyncio.sleep(LOOK_S)
