"""The tickets whose text is kept in tests/golden/paper.

`python -m tests.unit.paper.golden_cases` writes them anew; read the difference before you keep it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from queue_server.paper.preview import preview
from queue_server.paper.sheet import Material, PaperKind
from queue_server.paper.ticket import TicketPaper, ticket_lines
from queue_server.paper.wording import NoEstimate, WaitRange

ROOT = Path(__file__).resolve().parents[3]
GOLDEN_DIR = ROOT / "tests" / "golden" / "paper"
PO_FILE = ROOT / "assets" / "locale" / "zh_CN" / "LC_MESSAGES" / "bianmin.po"
AT = datetime(2026, 11, 23, 10, 5)  # noqa: DTZ001 - local time of the hall, as printed


def translations(language: str) -> NullTranslations:
    """The catalogue as it stands, without a compiled file."""
    if language == "en":
        return NullTranslations()
    with PO_FILE.open("rb") as stream:
        catalog = read_po(stream, locale="zh_CN")
    buffer = BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    return GNUTranslations(buffer)


def _materials(language: str) -> tuple[Material, ...]:
    names = {
        "zh-CN": ("居民户口簿", "家庭收入、财产状况材料及承诺书", "残疾人证、大病诊断等困难材料"),
        "en": (
            "Household register (hukou booklet)",
            "Papers on the family's income and property, with a signed statement",
            "Papers that show hardship, such as a disability card or diagnosis",
        ),
    }[language]
    return (
        Material(names[0], PaperKind.ORIGINAL_AND_COPY, 1, required=True),
        Material(names[1], PaperKind.ORIGINAL, 2, required=True),
        Material(names[2], PaperKind.COPY, 1, required=False),
    )


def full_ticket(language: str, columns: int) -> TicketPaper:
    """A ticket with everything on it."""
    chinese = language == "zh-CN"
    return TicketPaper(
        hall_name="示例乡便民服务中心" if chinese else "Example Township Service Hall",
        number="C012",
        item_name="申请低保" if chinese else "Minimum living allowance",
        ahead=6,
        wait=WaitRange(960, 1500, 2040, AT),
        windows=("1", "3"),
        materials=_materials(language),
        issued_at=AT,
        handling_hint=(
            "本大厅不能当场办结\uff1a收下材料转报县里\uff0c由县里决定。"
            if chinese
            else "This hall cannot finish it: it takes your papers and hands them on."
        ),
        qr_text="https://hall.example/t/0198f3c0#C012",
        qr_is_link=True,
        priority_name="老年人" if chinese else "Elderly",
        masked_name="张*三",
        columns=columns,
    )


def cases() -> Mapping[str, tuple[str, TicketPaper]]:
    """File stem to language and ticket."""
    found: dict[str, tuple[str, TicketPaper]] = {}
    for language in ("zh-CN", "en"):
        for columns in (48, 32):
            full = full_ticket(language, columns)
            plain = replace(
                full,
                ahead=0,
                wait=NoEstimate.NO_WINDOW,
                windows=(),
                materials=(),
                handling_hint="",
                qr_text="bm1:C012:request:signature",
                qr_is_link=False,
                wifi_name="HALL-WIFI",
                priority_name=None,
                masked_name=None,
                reprint=True,
                unconfirmed=True,
            )
            found[f"full-{language}-{columns}"] = (language, full)
            found[f"plain-{language}-{columns}"] = (language, plain)
            found[f"large-{language}-{columns}"] = (language, replace(full, large_type=True))
    return found


def rendered(language: str, paper: TicketPaper) -> str:
    """The ticket as text."""
    lines = ticket_lines(paper, language, translations(language))
    return preview(lines, paper.columns)


if __name__ == "__main__":
    for stem, (case_language, case_paper) in cases().items():
        text = rendered(case_language, case_paper)
        (GOLDEN_DIR / f"{stem}.txt").write_text(text, "utf-8")
