"""One connection to an ESC/POS printer: ask, hear, and know which answer belongs to what."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from hardware.errors import HardwareError, TimedOut, Unavailable
from hardware.link import Link
from hardware.roles import PrinterStatus
from hardware.wire.escpos_profile import Completion, Profile
from hardware.wire.escpos_status import (
    ASK_MAKER,
    AUTO_STATUS_ON,
    CLEAR_BUFFERS,
    FENCE,
    Answer,
    AnswerDecoder,
    AutoStatus,
    Cleared,
    Completed,
    Fence,
    Identity,
    RealTime,
    ask_completion,
    ask_status,
    decode_auto_status,
    decode_status,
)

ANSWERS_KEPT: Final = 16
LATE_S: Final = 0.3
"""How long late answers are let pass before a lost one is asked for again."""
A = TypeVar("A", RealTime, AutoStatus, Completed, Identity, Cleared)
_PROBE_ID: Final = b"ask?"
_EPSON: Final = b"EPSON"
MAKER_MAX: Final = 32


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a printer may take, in seconds.

    Attributes:
        answer_s: For a status or a probe.
        completion_s: From the last byte sent to the report, beside the time of the bytes.
        poll_s: Between looks at an idle printer that has to be asked: people are told of an open
            cover within a second, also by a busy machine. 28 bytes each: 3 % of a 9600 baud line.
        calm_s: Between looks at one that reports changes by itself.
        watch_s: Between looks while a ticket is being printed.
        connect_s: How long a job waits for a connection that is being made.
    """

    answer_s: float = 1.0
    completion_s: float = 6.0
    poll_s: float = 0.5
    calm_s: float = 2.0
    watch_s: float = 0.4
    connect_s: float = 2.5


class Session:
    """An open connection. All waiting inside it ends when the connection does.

    Attributes:
        link: The byte stream.
        reports_completion: GS ( H is answered.
        fences: GS r is answered.
        hears_changes: The printer has shown that it reports changes by itself.
        maker: As GS I names it; empty where it does not.
    """

    def __init__(
        self, link: Link, timing: Timing, on_auto_status: Callable[[PrinterStatus], None]
    ) -> None:
        """Begin with nothing known about the printer."""
        self.link = link
        self.reports_completion = False
        self.fences = False
        self.hears_changes = False
        self.maker = ""
        self._wants_changes = False
        self._timing = timing
        self._on_auto_status = on_auto_status
        self._decoder = AnswerDecoder()
        self._answers: deque[Answer] = deque(maxlen=ANSWERS_KEPT)
        self._heard = asyncio.Event()
        self._ended = asyncio.Event()
        self._lost: HardwareError | None = None
        self._learnt = False
        self._fences_owed = 0

    async def pump(self) -> None:
        """Read until the connection ends.

        Raises:
            Unavailable: It ended.
        """
        try:
            while True:
                for answer in self._decoder.feed(await self.link.read()):
                    self._take(answer)
        except HardwareError as error:
            self.end(error)
            raise

    def _take(self, answer: Answer) -> None:
        match answer:
            case AutoStatus():
                self.hears_changes = self._wants_changes
                self._on_auto_status(decode_auto_status(answer.value))
            case Fence():
                self._fences_owed = max(0, self._fences_owed - 1)
            case _:
                self._answers.append(answer)
        self._heard.set()

    def end(self, error: HardwareError) -> None:
        """Wake everyone who waits here with an error."""
        self._lost = self._lost or error
        self._heard.set()
        self._ended.set()

    async def while_open(self, time_s: float) -> None:
        """Let a time pass.

        Raises:
            HardwareError: The connection ended meanwhile.
        """
        try:
            async with asyncio.timeout(time_s):
                await self._ended.wait()
        except TimeoutError:
            return
        raise self._lost or Unavailable("ended")

    async def status(self, *, extra_s: float = 0.0) -> PrinterStatus:
        """Ask DLE EOT 1 to 4, one after the other: an answer does not say what it answers.

        A lost answer is asked for once more, after whatever comes late has been let pass.

        Raises:
            TimedOut: No answer. The connection ends with it, because a late answer would be taken
                for the next one.
            Unavailable: The connection ended.
        """
        try:
            return await self.status_once(extra_s=extra_s)
        except TimedOut:
            await self.while_open(LATE_S)
        try:
            return await self.status_once(extra_s=extra_s)
        except TimedOut as error:
            self.end(error)
            raise

    async def status_once(self, *, extra_s: float) -> PrinterStatus:
        """The same without a second try, and without ending anything.

        Raises:
            TimedOut: No answer; later ones may still come.
            Unavailable: The connection ended.
        """
        values = []
        for topic in (1, 2, 3, 4):
            self._forget(RealTime)
            await self.link.write(ask_status(topic))
            answer = await self._await(RealTime, self._timing.answer_s + extra_s)
            values.append(answer.value)
        return decode_status(*values)

    async def learn(self, profile: Profile) -> None:
        """Find out, once, what this printer can report. Only a well printer can show it.

        Raises:
            HardwareError: The connection ended.
        """
        if self._learnt:
            return
        if profile.auto_status:
            await self._ask_for_changes()
        match profile.completion:
            case Completion.PROCESS_ID:
                self.reports_completion = True
            case Completion.FENCE:
                self.fences = True
            case Completion.NONE:
                pass
            case Completion.ASK:
                await self._find_out()
        # Whoever ran out of paper meanwhile has not shown what it can do: ask again then.
        self._learnt = (await self.status()).online

    async def _ask_for_changes(self) -> None:
        self._wants_changes = True
        await self.link.write(AUTO_STATUS_ON)

    def closing_words(self) -> bytes:
        """What to send behind a ticket: its ESC @ has switched automatic status off."""
        if not self._wants_changes:
            return b""
        self.hears_changes = False  # until it answers
        return AUTO_STATUS_ON

    async def forget(self) -> bool:
        """Let the printer forget what it has not printed; whether it says that it did.

        Raises:
            Unavailable: The connection ended.
        """
        await self.link.write(CLEAR_BUFFERS)
        try:
            await self._await(Cleared, self._timing.answer_s)
        except TimedOut:
            return False
        self._fences_owed = 0  # what was asked of it is forgotten, too
        return True

    async def completed(self, process_id: bytes) -> None:
        """Wait for the report that everything before `process_id` is on paper; no time-out."""
        while (await self._await(Completed, None)).process_id != process_id:
            pass

    async def fence(self) -> None:
        """Wait until the printer has worked off everything sent so far; no time-out.

        Answers still owed to earlier fences come first, so all of them are waited for.
        """
        self._fences_owed += 1
        await self.link.write(FENCE)
        while self._fences_owed:
            await self._next_answer()

    async def _find_out(self) -> None:
        self.reports_completion = self.fences = False
        try:
            async with asyncio.timeout(self._timing.answer_s):
                await self.fence()
                self.fences = True
            # GS ( H is only tried where the maker is known to have it: a printer without it
            # could take its parameters for text.
            await self.link.write(ASK_MAKER)
            maker = await self._await(Identity, self._timing.answer_s)
            self.maker = maker.text[:MAKER_MAX].decode("ascii", "replace")
            if _EPSON in maker.text.upper():
                await self._ask_for_changes()
                await self.link.write(ask_completion(_PROBE_ID))
                async with asyncio.timeout(self._timing.answer_s):
                    await self.completed(_PROBE_ID)
                self.reports_completion = True
        except (TimeoutError, TimedOut):
            return

    def _forget(self, kind: type[Answer]) -> None:
        kept = [answer for answer in self._answers if not isinstance(answer, kind)]
        self._answers.clear()
        self._answers.extend(kept)

    async def _await(self, kind: type[A], timeout_s: float | None) -> A:
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for answer in self._answers:
                        if isinstance(answer, kind):
                            self._answers.remove(answer)
                            return answer
                    await self._next_answer()
        except TimeoutError as error:
            raise TimedOut(kind.__name__) from error

    async def _next_answer(self) -> None:
        if self._lost is not None:
            raise Unavailable(self._lost.detail) from self._lost
        self._heard.clear()
        await self._heard.wait()
