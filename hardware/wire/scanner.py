"""Barcode scanners on a serial line: where a code ends, and what is an answer instead.

Scanners send the bare payload and whatever end mark they are set to. The end mark is therefore a
setting; without one, silence on the line ends a code. Answers to commands (`scanner_commands`) come
on the same line, always before a code and never inside one; no code of ours begins like one,
because they all begin with a control character.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from hardware.wire.code_text import CODE_MAX_CHARS
from hardware.wire.scanner_commands import Answer, Incomplete, ReadAnswer

FRAME_MAX_BYTES: Final = 4 * CODE_MAX_CHARS
"""512 characters of at most four bytes each."""


class Framing(Enum):
    """What ends a code."""

    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    IDLE = "idle"
    """Nothing for a while (the driver says how long)."""


_END_MARKS: Final = {Framing.CR: b"\r", Framing.LF: b"\n", Framing.CRLF: b"\r\n"}


@dataclass(frozen=True, slots=True)
class Overlong:
    """A code longer than any ticket or card; its bytes were dropped."""


Heard = bytes | Overlong | Answer
"""A code, a code too long, or an answer to a command."""


class Framer:
    """Cuts a byte stream into codes; holds at most one."""

    def __init__(self, framing: Framing, answer: ReadAnswer | None = None) -> None:
        """Set the end mark; `answer` finds answers to commands in the stream."""
        self._end = _END_MARKS.get(framing)
        self._answer = answer
        self._buffer = bytearray()
        self._skipping = False

    @property
    def pending(self) -> bool:
        """Bytes of an unfinished code are here (with idle framing: wait for silence)."""
        return bool(self._buffer) or self._skipping

    def feed(self, data: bytes) -> list[Heard]:
        """Take bytes as they come; give what they complete (empty codes are left out)."""
        self._buffer += data
        heard: list[Heard] = self._answers()
        if self._end is not None:
            while not self._begun_answer() and (cut := self._buffer.find(self._end)) >= 0:
                heard += self._take(bytes(self._buffer[:cut]))
                del self._buffer[: cut + len(self._end)]
                heard += self._answers()
        self._bound()
        return heard

    def idle(self) -> list[Heard]:
        """The line has been silent: with idle framing a code ends; else a torn one is dropped."""
        torn = self._end is not None or self._begun_answer()
        rest = bytes(self._buffer)
        self._buffer.clear()
        if torn:
            self._skipping = False
            return []
        return self._take(rest)

    def _take(self, code: bytes) -> list[Heard]:
        if self._skipping or len(code) > FRAME_MAX_BYTES:
            self._skipping = False
            return [Overlong()]
        return [code] if code else []

    def _bound(self) -> None:
        if len(self._buffer) > FRAME_MAX_BYTES:
            self._skipping = True
            keep = len(self._end) - 1 if self._end else 0
            del self._buffer[: len(self._buffer) - keep]

    def _answers(self) -> list[Heard]:
        """Answers at the beginning of the buffer, taken out of it."""
        found: list[Heard] = []
        while not self._skipping and isinstance(answer := self._look(), Answer):
            found.append(answer)
            del self._buffer[: answer.size_bytes]
        return found

    def _begun_answer(self) -> bool:
        return not self._skipping and self._look() is Incomplete.ANSWER

    def _look(self) -> Answer | Incomplete | None:
        return self._answer(bytes(self._buffer)) if self._answer and self._buffer else None
