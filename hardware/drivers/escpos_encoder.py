"""The bytes of a print job, made by python-escpos wherever it is right.

Our own bytes, and why (docs/adr/0007-python-escpos-as-encoder.md):
- Hanzi: python-escpos sends neither FS & nor FS . and takes GB18030 for some characters only.
- ESC J (white of some dots): it has no call for it.
- The place of a picture: it can only centre, not right-align.
- The buzzer of Epson printers (ESC ( A): it knows that of the others only.

Commands it makes for us (Epson ESC/POS reference): ESC @ reset, ESC a align, ESC E bold, GS !
size, ESC 3 line spacing, ESC d feed, LF, GS ( k QR code, GS v 0 raster, GS V cut, ESC B buzzer.
"""

from dataclasses import replace
from typing import Final, Protocol

from PIL import Image

from hardware.drivers.escpos_library import Encoder, load, new_encoder
from hardware.roles import Align, PrintJob
from hardware.wire.escpos_profile import Buzzer, Profile
from hardware.wire.escpos_ticket import (
    Bar,
    Blank,
    Buzz,
    Cut,
    Drawn,
    OwnFont,
    QrCode,
    Space,
    Step,
    Style,
    line_pitch_dots,
    plan_job,
)

HANZI_ON: Final = b"\x1c&"
HANZI_OFF: Final = b"\x1c."
FEED_DOTS: Final = b"\x1bJ"
EPSON_BUZZ: Final = b"\x1b(A\x04\x00\x30\x31\x01\x05"
"""ESC ( A function 48: first sound, once, 5 x 100 ms (Epson ESC/POS reference)."""
QR_LEVEL_M: Final = 1
"""As python-escpos counts them: 48 is added in function 169."""
_ALIGN: Final = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}
_PARTS_LEFT: Final = {Align.LEFT: 0, Align.CENTRE: 1, Align.RIGHT: 2}
"""Halves of the free width that are left of a picture."""
_WHITE: Final = 1
_BLACK: Final = 0


class Rasteriser(Protocol):
    """Draws what a printer cannot; every picture has mode "1", black on white."""

    def text(
        self,
        text: str,
        *,
        columns: int,
        width: int,
        height: int,
        bold: bool,
        is_rtl: bool = False,
    ) -> Image.Image:
        """A line of text in cells of 12 by 24 dots times `width` and `height`."""
        ...

    def qr(self, text: str, module_dots: int) -> Image.Image:
        """A QR code without its quiet zone."""
        ...


class TicketEncoder:
    """Makes the bytes of jobs for one printer. Blocks: call it in a thread of its own."""

    def __init__(self, profile: Profile, raster: Rasteriser) -> None:
        """Load nothing yet."""
        self._profile = profile
        self._raster = raster

    def prepare(self) -> None:
        """Load python-escpos now, so that the first visitor need not wait for it.

        Raises:
            NoEncoder: It cannot be loaded.
        """
        load()

    def encode(self, job: PrintJob, *, after_torn: bool = False) -> bytes:
        """All bytes of a job, cut included, completion request not.

        Args:
            job: What to print.
            after_torn: Half a ticket may hang out: cut that off first, do not print on it.

        Raises:
            ValueError: The job would be longer than any ticket, or a QR code holds too much.
            NoEncoder: python-escpos cannot be loaded.
            NoFont: Something must be drawn and there is no font.
        """
        steps = plan_job(job, self._profile)
        paper = _Paper(self._profile, self._raster)
        if after_torn:
            paper.end_torn()
        for step in steps:
            paper.take(step)
        return paper.output


class _Paper:
    """One piece of paper; sends a setting only when it changes."""

    def __init__(self, profile: Profile, raster: Rasteriser) -> None:
        self._profile = profile
        self._raster = raster
        self._escpos: Encoder = new_encoder(profile)
        self._reset()

    @property
    def output(self) -> bytes:
        return self._escpos.output

    def _reset(self) -> None:
        self._escpos.hw("INIT")
        self._style = Style()
        self._pitch_dots: int | None = None

    def end_torn(self) -> None:
        self._escpos.ln()
        if self._profile.cutter:
            self._escpos.cut(feed=False)
        else:
            self._escpos.ln(2)
        self._reset()

    def take(self, step: Step) -> None:
        match step:
            case OwnFont():
                self._own_font(step)
            case Drawn():
                self._drawn(step)
            case QrCode():
                self._qr(step)
            case Bar(width_dots, height_dots):
                self._picture(Image.new("1", (width_dots, height_dots), _BLACK), Align.LEFT)
            case Space(dots):
                self._raw(FEED_DOTS + bytes([dots]))
            case Blank(lines):
                self._pitch(line_pitch_dots(1))
                self._escpos.print_and_feed(lines)
            case Cut():
                self._escpos.cut(feed=False)
            case Buzz():
                self._buzz()

    def _own_font(self, line: OwnFont) -> None:
        self._align(line.style.align)
        self._look(line.style)
        self._pitch(line_pitch_dots(line.style.height))
        if line.text.isascii():
            self._escpos.text(line.text)
        else:
            self._raw(HANZI_ON + line.text.encode("gbk") + HANZI_OFF)
        self._escpos.ln()

    def _qr(self, code: QrCode) -> None:
        if code.native:
            self._align(Align.CENTRE)  # apart: python-escpos refuses to centre a native code
            self._escpos.qr(code.text, ec=QR_LEVEL_M, size=code.module_dots, native=True)
        else:
            self._picture(self._raster.qr(code.text, code.module_dots), Align.CENTRE)

    def _drawn(self, line: Drawn) -> None:
        """A line as a picture.

        Beside lines in the printer's own font, whose dots it enlarges, the printer may enlarge ours
        too: it looks the same and is a quarter of the bytes. Without such lines every dot counts.
        """
        style = line.style
        across, down = (
            2 if self._profile.hanzi and magnification % 2 == 0 else 1
            for magnification in (style.width, style.height)
        )
        picture = self._raster.text(
            line.text,
            columns=line.columns,
            width=style.width // across,
            height=style.height // down,
            bold=style.bold,
            is_rtl=line.is_rtl,
        )
        self._picture(picture, style.align, across, down)

    def _picture(self, picture: Image.Image, align: Align, across: int = 1, down: int = 1) -> None:
        """Place a picture by white dots of its own: not every printer aligns raster images.

        Its dots may be printed twice as wide (`across`) or as high (`down`).
        """
        paper_dots = self._profile.width_dots // across
        free_dots = max(0, paper_dots - picture.width)
        left_dots = free_dots * _PARTS_LEFT[align] // 16 * 8  # whole bytes
        width_dots = min(left_dots + picture.width, paper_dots // 8 * 8)
        placed = Image.new("1", (width_dots, picture.height), _WHITE)
        placed.paste(picture, (left_dots, 0))
        self._align(Align.LEFT)
        self._escpos.image(
            placed,
            impl="bitImageRaster",
            high_density_horizontal=across == 1,
            high_density_vertical=down == 1,
        )

    def _buzz(self) -> None:
        match self._profile.buzzer:
            case Buzzer.ESC_B:
                self._escpos.buzzer(1, 3)
            case Buzzer.EPSON:
                self._raw(EPSON_BUZZ)
            case Buzzer.NONE:
                pass

    def _align(self, align: Align) -> None:
        if align is not self._style.align:
            self._escpos.set(align=_ALIGN[align])
            self._style = replace(self._style, align=align)

    def _look(self, style: Style) -> None:
        if style.bold != self._style.bold:
            self._escpos.set(bold=style.bold)
        if (style.width, style.height) != (self._style.width, self._style.height):
            self._escpos.set(custom_size=True, width=style.width, height=style.height)
        self._style = style

    def _pitch(self, dots: int) -> None:
        if dots != self._pitch_dots:
            self._escpos.line_spacing(dots)
            self._pitch_dots = dots

    def _raw(self, data: bytes) -> None:
        self._escpos._raw(data)  # noqa: SLF001 - the library's own way for bytes it has no call for
