"""ID-card readers with a SAM_V security module on a serial line.

A card is looked for only while somebody listens to `cards`; otherwise the module is merely asked
every few seconds whether it is well. The photo is dropped as it arrives.
"""

import asyncio
import hashlib
import random
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from hardware.errors import (
    CardReadFailed,
    DeviceFault,
    HardwareError,
    ReaderCommandUnknown,
    RemoteProtocolError,
    TimedOut,
    UnreadableCard,
    WrongCard,
)
from hardware.ethnicities import ETHNICITIES
from hardware.link import Link
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind
from hardware.roles_cards import IdCard
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor
from hardware.transport import OR_USB, Opener, check_stream_url, open_link
from hardware.wire.sam_card import (
    Command,
    Outcome,
    Reply,
    ReplyDecoder,
    encode_request,
    module_id,
)
from hardware.wire.sam_text import parse_card, text_section

FAILURES_MAX: Final = 3
"""Exchanges in a row without a good reply before the line is opened anew."""
READ_ATTEMPTS: Final = 3
"""A card that is still being laid down often fails once or twice."""
MODULE_ID: Final = "module_id"
"""Name of the module's number in the details of its health."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in seconds: the module must not be polled faster than every 0.3 s."""

    poll_s: float = 0.3
    idle_s: float = 3.0
    answer_s: float = 1.0
    read_s: float = 3.0


class SamReader:
    """Fulfils `hardware.roles.IdReader`."""

    def __init__(
        self,
        device_id: str,
        opener: Opener,
        *,
        randomness: Randomness,
        timing: Timing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet."""
        self._timing = timing or Timing()
        self._supervisor: Supervisor[Link] = Supervisor(
            device_id, DeviceKind.ID_READER, opener, randomness=randomness, backoff=backoff
        )
        self._cards: Fanout[IdCard] = Fanout()
        self._refusals: Fanout[str] = Fanout()
        self._decoder = ReplyDecoder()
        self._salt = secrets.token_bytes(16)
        self._lying: bytes | None = None
        self._failures: tuple[CardReadFailed, ...] = ()
        self._refused = False
        self._identified = False

    def health(self) -> DeviceHealth:
        """The last known health."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    def cards(self) -> AsyncIterator[IdCard]:
        """Every card laid down while this is iterated, once."""
        return self._cards.listen()

    def refusals(self) -> AsyncIterator[str]:
        """Why a card laid down could not be used."""
        return self._refusals.listen()

    async def run(self) -> None:
        """Keep the reader connected until cancelled."""
        await self._supervisor.run(self._serve)

    async def _serve(self, link: Link) -> None:
        self._decoder.reset()
        self._identified = False
        failures = 0
        while True:
            try:
                await self._look(link)
                failures = 0
            except (TimedOut, RemoteProtocolError):
                failures += 1
                if failures >= FAILURES_MAX or not self.health().online:
                    raise
                await self._quieten(link)
            except DeviceFault as error:
                # The module answers, so the line is good: no reconnecting, but it is ill.
                self._supervisor.health.set(online=True, faults=(error.code,))
                await asyncio.sleep(self._timing.idle_s)

    async def _quieten(self, link: Link) -> None:
        """Nothing that is still under way may be taken for the answer to the next question."""
        await link.discard_input()
        self._decoder.reset()

    async def _look(self, link: Link) -> None:
        if self._cards.wanted.is_set():  # the search itself shows that the module is well
            await self._look_for_card(link)
            await self._identify(link)
            await asyncio.sleep(self._timing.poll_s)
            return
        if not self.health().online:
            await self._check_module(link)
        try:
            async with asyncio.timeout(self._timing.idle_s):
                await self._cards.wanted.wait()
        except TimeoutError:
            await self._check_module(link)

    async def _check_module(self, link: Link) -> None:
        reply = await self._exchange(link, Command.STATUS, self._timing.answer_s)
        reply.check()
        await self._identify(link)
        self._supervisor.health.set(online=True)

    async def _identify(self, link: Link) -> None:
        """Once a connection: which module is it?"""
        if self._identified:
            return
        try:
            reply = await self._exchange(link, Command.MODULE_ID, self._timing.answer_s)
            reply.check()
            details: tuple[tuple[str, str], ...] = ((MODULE_ID, module_id(reply.data)),)
        except (TimedOut, RemoteProtocolError, ReaderCommandUnknown, CardReadFailed):
            await self._quieten(link)
            details = ()  # some clones have no number and read cards all the same
        self._identified = True
        self._supervisor.health.set(online=True, details=details)

    async def _look_for_card(self, link: Link) -> None:
        found = await self._exchange(link, Command.FIND, self._timing.answer_s)
        if found.outcome not in {Outcome.FOUND, Outcome.NONE_FOUND}:
            found.check()
            raise RemoteProtocolError("find")
        self._supervisor.health.set(online=True)
        if found.outcome is Outcome.NONE_FOUND:
            if self._failures:  # lifted, or not found again, before the last attempt
                self._refuse(self._failures[-1])
            self._lying, self._failures, self._refused = None, (), False
            return
        try:
            await self._read_card(link)
        except (UnreadableCard, WrongCard) as error:
            self._refuse(error)
        except CardReadFailed as error:
            if self._lying is None:  # else it has been read out, and lies there still
                self._failures += (error,)
            if len(self._failures) >= READ_ATTEMPTS:
                self._refuse(error)

    def _refuse(self, error: HardwareError) -> None:
        """Say once, until it is lifted, why this card cannot be used."""
        self._failures = ()
        if not self._refused:
            self._refused = True
            self._refusals.publish(error.code)

    async def _read_card(self, link: Link) -> None:
        selected = await self._exchange(link, Command.SELECT, self._timing.answer_s)
        selected.check()
        reply = await self._exchange(link, Command.READ_TEXT_PHOTO, self._timing.read_s)
        reply.check()
        text = text_section(reply.data)
        # Some modules find a card again and again while it lies there, and every module does
        # after it was plugged in anew: the same text without "none found" in between is the
        # same card lying still. Only a salted digest is kept, until the card has gone.
        digest = hashlib.blake2b(text, key=self._salt, digest_size=16).digest()
        if digest == self._lying:
            return
        self._lying = digest
        self._failures = ()
        self._cards.publish(parse_card(text))

    async def _exchange(self, link: Link, command: Command, answer_s: float) -> Reply:
        await link.write(encode_request(command))
        try:
            async with asyncio.timeout(answer_s):
                while True:
                    for event in self._decoder.feed(await link.read()):
                        if isinstance(event, Reply):
                            return event
                        raise RemoteProtocolError(event.reason)
        except TimeoutError as error:
            raise TimedOut(command.name) from error


def build(settings: Settings) -> SamReader:
    """Make the driver from a device URL.

    Raises:
        BadDeviceUrl: Wrong scheme, speed or option.
    """
    check_stream_url(settings.url, schemes=OR_USB)
    return SamReader(
        settings.device_id, lambda: open_link(settings.url), randomness=random.SystemRandom()
    )


async def trial(reader: SamReader, trial: Trial) -> AsyncIterator[Mapping[str, object]]:  # noqa: ARG001 - one signature for all drivers
    """One record per card laid down: all that the card says, for the eyes of who laid it there."""
    async for card in reader.cards():
        said: dict[str, object] = {
            field.name: value.isoformat() if isinstance(value, date) else value
            for field in fields(card)
            if (value := getattr(card, field.name)) not in {"", None}
        }
        if card.ethnicity in ETHNICITIES:
            said["ethnicity_name"] = ETHNICITIES[card.ethnicity]
        yield said
