"""The citizen's rater on the line of a call pad. Bytes: `hardware.wire.call_pad`.

A rating counts once, and only when somebody was asked: by `ask`, or by the rate key of the pad with
the same address, which starts the rater without us. It is answered in any case, so that the rater
comes to rest. The rater cannot be asked anything else, so online means that the line is open.

Options in the device URL beside those of `pad_line`: `values`, what the keys say from the best to
the worst ("1,0,2,3" unless given). Any other value is no key and no rating.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from typing import Final

import structlog

from hardware.drivers.pad_line import BACKOFF, TapOpener, Timing, frames, read_options
from hardware.errors import BadDeviceUrl, Unavailable
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind
from hardware.roles_window import PadKey, Rating
from hardware.shared_line import Tap
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor
from hardware.wire.call_pad import RATED, PadFrame, Repeats, ask_frame, level_of, rating_answer

VALUES: Final = (1, 0, 2, 3)
"""Four keys, from the best to the worst, as the one source translates them (not proven)."""
VALUE_MAX: Final = 255
LEVELS_MIN: Final = 2


class RsRater:
    """Fulfils `hardware.roles_window.Rater`."""

    def __init__(
        self,
        device_id: str,
        opener: TapOpener,
        address: int,
        values: tuple[int, ...] = VALUES,
        *,
        randomness: Randomness,
        timing: Timing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet; `values` are what its keys say, from the best to the worst."""
        self._address = address
        self._values = values
        self._timing = timing or Timing()
        self._supervisor: Supervisor[Tap] = Supervisor(
            device_id, DeviceKind.RATER, opener, randomness=randomness, backoff=backoff
        )
        self._ratings: Fanout[Rating] = Fanout()
        self._repeats = Repeats(self._timing.repeat_s, self._timing.repeats_s)
        self._asked_until_s = 0.0
        self._tap: Tap | None = None
        self._log = structlog.get_logger("hardware").bind(device=device_id)

    def health(self) -> DeviceHealth:
        """The last known health: whether the line is open."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    def ratings(self) -> AsyncIterator[Rating]:
        """Every rating that was asked for while this is iterated."""
        return self._ratings.listen()

    async def ask(self) -> None:
        """Let the rater ask for one rating.

        Raises:
            Unavailable: The line is not open.
        """
        if self._tap is None:
            raise Unavailable("closed")
        self._await_rating()
        await self._tap.write(ask_frame(self._address).to_bytes())

    def cancel(self) -> None:
        """Take no rating any more. No frame ends the asking of the rater itself (one source)."""
        self._asked_until_s = 0.0

    async def run(self) -> None:
        """Keep the line open until cancelled."""
        await self._supervisor.run(self._serve)

    async def _serve(self, tap: Tap) -> None:
        self._tap = tap
        self._supervisor.health.set(online=True)
        try:
            async for frame in frames(tap, self._address):
                press = frame.press()
                if press is not None and press.key is PadKey.RATE:
                    self._await_rating()
                elif frame.function == RATED and frame.data:
                    self._judge(frame)
                    await tap.write(rating_answer(frame).to_bytes())
        finally:
            self._tap = None

    def _await_rating(self) -> None:
        self._asked_until_s = asyncio.get_running_loop().time() + self._timing.answer_s

    def _judge(self, frame: PadFrame) -> None:
        """Deliver a rating if it is one, is new, and was asked for."""
        now_s = asyncio.get_running_loop().time()
        if not self._repeats.is_new(frame, now_s):
            return
        level = level_of(frame, self._values)
        if level is None or now_s > self._asked_until_s:
            self._log.info("rating-dropped", reason="no key" if level is None else "not asked")
            return
        self._asked_until_s = 0.0
        self._ratings.publish(Rating(level, len(self._values)))


def build(settings: Settings) -> RsRater:
    """Make the driver from a device URL.

    Raises:
        BadDeviceUrl: Wrong scheme, speed, option or address.
    """
    address, timing = read_options(settings.url, frozenset({"values"}))
    return RsRater(
        settings.device_id,
        settings.lines.line(settings.url).open,
        address,
        _values(settings),
        randomness=random.SystemRandom(),
        timing=timing,
        backoff=BACKOFF,
    )


def _values(settings: Settings) -> tuple[int, ...]:
    text = settings.url.options.get("values")
    if text is None:
        return VALUES
    try:
        values = tuple(int(value) for value in text.split(","))
    except ValueError as error:
        raise BadDeviceUrl(repr(settings.url.text)) from error
    distinct = len(set(values)) == len(values) >= LEVELS_MIN
    if not distinct or not all(0 <= value <= VALUE_MAX for value in values):
        raise BadDeviceUrl(repr(settings.url.text))
    return values


async def trial(rater: RsRater, trial: Trial) -> AsyncIterator[Mapping[str, object]]:  # noqa: ARG001 - one signature for all drivers
    """Ask, one record for the key pressed, and ask again."""
    ratings = rater.ratings()
    listening = asyncio.ensure_future(anext(ratings))
    try:
        while True:
            await asyncio.sleep(0)
            await rater.ask()
            rating = await listening
            yield {"level": rating.level, "levels": rating.levels}
            listening = asyncio.ensure_future(anext(ratings))
    finally:
        listening.cancel()
