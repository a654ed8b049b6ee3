"""Tickets sent to emupos, another program's ESC/POS printer, and what it made of them.

`tests/faults/hardware/test_emupos.py` runs emupos where there is one and records;
`tests/unit/hardware/test_emupos_recorded.py` replays what was recorded.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.drivers.raster import FontRasteriser
from hardware.roles import Align, Feed, PrintJob, PrintLine, QrBlock, Rule, TextLine
from hardware.sample import example_ticket
from hardware.sim.escpos_commands import CommandReader
from hardware.wire.escpos_profile import PROFILES
from kiosk.lang import Languages
from kiosk.paper_job import ticket_job
from tests import fakes_kiosk as fakes

GOLDEN = Path(__file__).parent / "golden" / "emupos"
HOW_TO_RECORD = (
    "The encoder makes other bytes than those emupos has read. If that is meant, record anew: "
    "BIANMIN_LONG=1 BIANMIN_RECORD=1 .venv/bin/python -m pytest "
    "tests/faults/hardware/test_emupos.py (docs/devices/escpos-printer.md: how to get emupos)."
)
FAULTS = {
    "paper-near-end": "paper-near-end",
    "paper-out": "paper-out",
    "cover-open": "cover-open",
    "offline": "printer-offline",
}
"""emupos' faults and our names for them."""
_KINDS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in (TextLine, QrBlock, Rule, Feed)}
_QR = re.compile(r"\[qr (.*)\]")
_IMAGE = re.compile(r"\[image (\d+)x(\d+)\]")


@dataclass(frozen=True)
class Dump:
    """A receipt as emupos describes it.

    Attributes:
        words: Its lines of text.
        qr: What its native QR codes say.
        images: Width and height of its raster images in dots.
    """

    words: tuple[str, ...]
    qr: tuple[str, ...]
    images: tuple[tuple[int, int], ...]


def read_dump(text: str) -> Dump:
    """emupos knows no Chinese: it shows GBK bytes as characters of code page 437."""
    words, codes, images = [], [], []
    for line in text.splitlines():
        if found := _QR.fullmatch(line):
            codes.append(found[1])
        elif found := _IMAGE.fullmatch(line):
            images.append((int(found[1]), int(found[2])))
        elif line:
            words.append(line.encode("cp437").decode("gb18030"))
    return Dump(tuple(words), tuple(codes), tuple(images))


def expected_words(job: PrintJob) -> str:
    """All that must be readable on a printer with Chinese, without spaces and rules."""
    words = squeezed(line.text for line in job.lines if isinstance(line, TextLine))
    return words.replace("–", "-")  # narrower in the printer's fonts, and meant


def squeezed(words: Iterable[str]) -> str:
    return re.sub(r"[\s\u2500]", "", "".join(words))


def cases() -> dict[str, tuple[str, PrintJob]]:
    """Profile and job of each recording: only characters that the printer itself has, but one."""
    catalogue = fakes.catalogue("https://hall.example.org")
    speech = Languages(("zh_CN", "en"))
    shanghai = ZoneInfo("Asia/Shanghai")
    longest = max(catalogue.items, key=lambda item: len(json.dumps(item.extra, ensure_ascii=False)))

    def real(service_id: str, language: str, *, reprint: bool) -> PrintJob:
        ticket = fakes.ticket(
            service_id=service_id,
            masked_name="吴*朵",
            priority_class=catalogue.priority_classes[0].class_id,
        )
        return ticket_job(
            ticket,
            catalogue,
            speech.speech(language),
            job_id="recorded",
            reprint=reprint,
            width_mm=80,
            zone=shanghai,
        )

    sizes = PrintJob(
        "recorded",
        (
            *(TextLine(f"大小{n}A", width=n, height=9 - n, align=Align.RIGHT) for n in (1, 4, 8)),
            TextLine("“引号”…《办事指南》①￥100", bold=True),
            TextLine("吴䶮朵", width=2, height=2, align=Align.CENTRE),
            Feed(2),
            QrBlock("便民:A012?t=Ω", module_dots=4),
        ),
    )
    return {
        "example": ("generic-80", example_ticket("张*三")),
        "longest-item": ("generic-80", real(longest.service_id, "zh_CN", reprint=True)),
        "ordinary-item": ("generic-80", real("B01", "zh_CN", reprint=False)),
        "english": ("generic-80", real("B01", "en", reprint=False)),
        "sizes": ("generic-80", sizes),
        "drawn": ("raster-80", example_ticket("张*三")),
    }


def encoded(profile: str, job: PrintJob) -> bytes:
    """The bytes of a job, without the dots of pictures: those depend on the version of Pillow."""
    data = TicketEncoder(PROFILES[profile], FontRasteriser()).encode(job)
    for op in CommandReader().feed(data):
        if op.name == "GS v":
            data = data.replace(op.args + op.data, op.args, 1)
    return data


def to_record(job: PrintJob) -> list[dict[str, Any]]:
    """Lines of a job as JSON: what was recorded stays, whatever becomes of the catalogue."""
    return [
        {"kind": type(line).__name__}
        | {k: v.value if isinstance(v, Align) else v for k, v in asdict(line).items()}
        for line in job.lines
    ]


def from_record(lines: list[dict[str, Any]]) -> PrintJob:
    made: list[PrintLine] = []
    for fields in lines:
        given = {name: value for name, value in fields.items() if name != "kind"}
        if "align" in given:
            given["align"] = Align(given["align"])
        made.append(_KINDS[fields["kind"]](**given))
    return PrintJob("recorded", tuple(made))
