"""Guides on paper as golden files: `python -m tests.unit.paper.guide_cases` writes them anew."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from queue_server.paper.guide import GuidePaper, guide_lines
from queue_server.paper.preview import preview
from queue_server.paper.sheet import Material, PaperKind
from tests.unit.paper.golden_cases import translations

GOLDEN_DIR = Path(__file__).parents[2] / "golden" / "guide"
AT = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - local time, as paper says it

TEXTS = {
    "zh-CN": (
        "示例乡便民服务中心",
        "申请低保",
        "最低生活保障审核确认",
        ("居民户口簿", "家庭收入、财产状况材料及承诺书", "残疾人证、大病诊断等困难材料"),
        (
            ("办理地点", "本便民服务中心大厅\uff0c1、3号窗口"),
            ("承诺时限", "22个工作日"),
            ("收费", "不收费"),
            ("设定依据", "《社会救助暂行办法》"),
        ),
        "本大厅不能当场办结\uff1a收下材料转报县里\uff0c由县里决定。",
    ),
    "en": (
        "Example Township Service Hall",
        "Minimum living allowance",
        "Check and decision on the minimum living allowance",
        (
            "Household register (hukou booklet)",
            "Papers on the family's income and property, with a signed statement",
            "Papers that show hardship, such as a disability card or diagnosis",
        ),
        (
            ("Where to go", "In this hall, Windows 1, 3"),
            ("We promise", "22 working days"),
            ("Fee", "Free of charge"),
            ("Legal basis", "Interim Measures for Social Assistance"),
        ),
        "This hall cannot finish it: it takes your papers and hands them on.",
    ),
}


def full_guide(language: str, columns: int) -> GuidePaper:
    """A guide with everything on it."""
    hall, item, official, names, facts, hint = TEXTS[language]
    return GuidePaper(
        hall_name=hall,
        item_name=item,
        official_name=official,
        materials=(
            Material(names[0], PaperKind.ORIGINAL_AND_COPY, 1, required=True),
            Material(names[1], PaperKind.ORIGINAL, 2, required=True),
            Material(names[2], PaperKind.COPY, 1, required=False),
        ),
        facts=facts,
        printed_at=AT,
        handling_hint=hint,
        columns=columns,
    )


def cases() -> Mapping[str, tuple[str, GuidePaper]]:
    """File stem to language and guide."""
    found: dict[str, tuple[str, GuidePaper]] = {}
    for language in TEXTS:
        for columns in (48, 32):
            full = full_guide(language, columns)
            bare = replace(full, official_name="", materials=(), facts=(), handling_hint="")
            found[f"full-{language}-{columns}"] = (language, full)
            found[f"bare-{language}-{columns}"] = (language, bare)
            found[f"large-{language}-{columns}"] = (language, replace(full, large_type=True))
    return found


def rendered(language: str, paper: GuidePaper) -> str:
    """The guide as text."""
    return preview(guide_lines(paper, language, translations(language)), paper.columns)


if __name__ == "__main__":
    GOLDEN_DIR.mkdir(exist_ok=True)
    for stem, (case_language, case_paper) in cases().items():
        text = rendered(case_language, case_paper)
        (GOLDEN_DIR / f"{stem}.txt").write_text(text, "utf-8")
