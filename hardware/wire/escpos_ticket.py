"""A print job as steps a receipt printer can take: what to print, drawn only where it must be.

Pure planning: wrapping, cleaning of untrusted text, and which lines the printer's own fonts can
print. `hardware.drivers.escpos_encoder` makes the bytes of the steps.
"""

from dataclasses import dataclass
from typing import Final

import segno

from hardware.roles import Align, Feed, PrintJob, PrintLine, QrBlock, Rule, TextLine
from hardware.wire.escpos_bidi import is_right_to_left
from hardware.wire.escpos_layout import columns_in, in_gbk, is_ascii, plain_units, printable, wrap
from hardware.wire.escpos_profile import (
    CELL_DOTS,
    COLUMN_DOTS,
    HANZI_COLUMNS,
    Buzzer,
    Profile,
)

LINE_GAP_DOTS: Final = 10
"""White between lines: 1.25 mm."""
QR_QUIET_MODULES: Final = 4
"""ISO/IEC 18004 asks for four light modules around a code."""
TEAR_OFF_LINES: Final = 4
"""Without a cutter the last line must come out past the tear bar, some 15 mm."""
LINES_MAX: Final = 300
"""Longer than any ticket: a bound on paper, memory and time."""
BYTE_MAX: Final = 255
"""Largest argument of ESC 3, ESC J and ESC d."""
BAR_DOTS: Final = 2
RULE_WHITE_DOTS: Final = 16
"""As much as a printer leaves above and below the line it draws by characters."""
OWN_FONT_MAX: Final = 8
"""Largest magnification of GS ! (Epson ESC/POS reference); larger type is drawn."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks; `width` and `height` are magnifications, 1 to 16."""

    width: int = 1
    height: int = 1
    align: Align = Align.LEFT
    bold: bool = False


@dataclass(frozen=True, slots=True)
class OwnFont:
    """One line in the printer's fonts: every character is printable ASCII or in GBK."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line the printer has no characters for; `columns` of font A wide at magnification 1.

    Attributes:
        is_rtl: It belongs to a paragraph that begins at the right.
    """

    text: str
    style: Style
    columns: int
    is_rtl: bool = False


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code, error correction M, centred, without its quiet zone."""

    text: str
    module_dots: int
    native: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A black bar at the left edge, where there is no box-drawing character."""

    width_dots: int
    height_dots: int


@dataclass(frozen=True, slots=True)
class Space:
    """White, 0 to 255 dots high."""

    dots: int


@dataclass(frozen=True, slots=True)
class Blank:
    """Blank lines, 1 to 255."""

    lines: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed to the cutter and cut."""


@dataclass(frozen=True, slots=True)
class Buzz:
    """Beep, so that somebody who cannot see the ticket knows that it is there."""


Step = OwnFont | Drawn | QrCode | Bar | Space | Blank | Cut | Buzz


def line_pitch_dots(height: int) -> int:
    """From one line of text to the next at a magnification."""
    return min(CELL_DOTS * height + LINE_GAP_DOTS, BYTE_MAX)


def plan_job(job: PrintJob, profile: Profile) -> tuple[Step, ...]:
    """All steps of a job, from a printer just reset to the cut.

    Raises:
        ValueError: The job would be longer than any ticket, or a QR code holds too much.
    """
    plan = _Plan(profile)
    for line in job.lines:
        plan.add(line)
    return plan.finish(cut=job.cut, buzz=job.buzz)


class _Plan:
    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._steps: list[Step] = []
        self._lines = 0

    def add(self, line: PrintLine) -> None:
        match line:
            case TextLine():
                self._text(line)
            case QrBlock():
                self._qr(line)
            case Rule():
                self._rule()
            case Feed():
                self._feed(line.lines)

    def finish(self, *, cut: bool, buzz: bool) -> tuple[Step, ...]:
        if cut:
            if self._profile.cutter:
                self._steps.append(Cut())
            else:
                self._feed(TEAR_OFF_LINES)
        if buzz and self._profile.buzzer is not Buzzer.NONE:
            self._steps.append(Buzz())
        return tuple(self._steps)

    def _count(self, lines: int = 1) -> None:
        self._lines += lines
        if self._lines > LINES_MAX:
            raise ValueError(f"more than {LINES_MAX} lines on one ticket")

    def _text(self, line: TextLine) -> None:
        paragraph = printable(line.text)
        if self._profile.hanzi:
            paragraph = plain_units(paragraph)
        is_rtl = is_right_to_left(paragraph)
        align = Align.RIGHT if is_rtl and line.align is Align.LEFT else line.align
        style = Style(line.width, line.height, align, line.bold)
        # A letter must fit at all: 16-fold on 58 mm leaves two columns, which is one Hanzi.
        for text in wrap(paragraph, self._profile.columns // line.width):
            self._count()
            if self._is_printable_by_itself(text, style):
                self._steps.append(OwnFont(text, style))
            else:
                self._steps += (
                    Drawn(text, style, columns_in(text), is_rtl),
                    Space(LINE_GAP_DOTS),
                )

    def _is_printable_by_itself(self, text: str, style: Style) -> bool:
        if max(style.width, style.height) > OWN_FONT_MAX:
            return False
        return all(is_ascii(char) or (self._profile.hanzi and in_gbk(char)) for char in text)

    def _qr(self, block: QrBlock) -> None:
        text = printable(block.text)
        if not text:
            return  # nothing a phone could read
        self._count()
        symbol = segno.make_qr(text.encode(), error="m", boost_error=False)
        modules = len(symbol.matrix) + 2 * QR_QUIET_MODULES
        module_dots = max(1, min(block.module_dots, 16, self._profile.width_dots // modules))
        quiet_dots = QR_QUIET_MODULES * module_dots
        self._steps += (
            Space(quiet_dots // 2),
            QrCode(text, module_dots, self._profile.native_qr),
            Space(quiet_dots),
        )

    def _rule(self) -> None:
        self._count()
        if self._profile.hanzi:
            self._steps.append(
                OwnFont("\u2500" * (self._profile.columns // HANZI_COLUMNS), Style())
            )
        else:
            width_dots = self._profile.columns * COLUMN_DOTS // 8 * 8
            white = Space(RULE_WHITE_DOTS)
            self._steps += (white, Bar(width_dots, BAR_DOTS), white)

    def _feed(self, lines: int) -> None:
        self._count(max(0, lines))
        while lines > 0:
            self._steps.append(Blank(min(lines, BYTE_MAX)))
            lines -= BYTE_MAX
