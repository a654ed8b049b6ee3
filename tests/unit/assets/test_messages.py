import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "script" / "_messages"))

import catalogue  # noqa: E402 - a module of script/messages
import checking  # noqa: E402
import finding  # noqa: E402
import typeset  # noqa: E402

sys.path.pop(0)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small source tree with one sentence of every kind."""
    for name in ("queue_server", "kiosk", "hardware", "assets/web/templates"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "queue_server" / "a.py").write_text(
        'x = _("One " "sentence")\ny = t.ngettext("{n} day", "{n} days", 3)\n'
        'z = {1: N_("From a table")}\nw = pgettext("verb", "Open")\nv = _(variable)\n'
    )
    (tmp_path / "kiosk" / "b.kv").write_text(
        '<Screen>:\n    # _("no")\n    Label:\n        text: root._("On (the) screen") + "x"\n'
    )
    (tmp_path / "assets" / "web" / "templates" / "c.html").write_text(
        '<p>{{ _("On a page") }}</p>{% trans n=3 %}{{ n }} ticket{% pluralize %}'
        "{{ n }} tickets{% endtrans %}"
    )
    return tmp_path


@pytest.fixture
def po(tmp_path: Path) -> Path:
    return tmp_path / "zh_CN" / "LC_MESSAGES" / "bianmin.po"


def write(path: Path, *pairs: tuple[str, str]) -> Path:
    path.write_text("".join(f'msgid "{a}"\nmsgstr "{b}"\n\n' for a, b in pairs), "utf-8")
    return path


def entries(path: Path) -> Iterator[tuple[str, str]]:
    for message in catalogue.load(path):
        if message.id:
            yield str(message.id), str(message.string)


def merge(po: Path, *files: Path, replace: bool = False) -> list[str]:
    conflicts: list[str]
    _, conflicts = catalogue.merge(list(files), po, "zh_CN", replace=replace)
    return conflicts


def test_sentences_are_found_in_python_kv_and_templates(tree: Path) -> None:
    found = {(entry.context, entry.text, entry.plural) for entry in finding.find_all(tree)}
    assert found == {
        (None, "One sentence", None),
        (None, "{n} day", "{n} days"),
        (None, "From a table", None),
        ("verb", "Open", None),
        (None, "On (the) screen", None),
        (None, "On a page", None),
        (None, "%(n)s ticket", "%(n)s tickets"),
    }


def test_a_place_names_file_and_line(tree: Path) -> None:
    places = {entry.text: entry.place for entry in finding.find_all(tree)}
    assert places["From a table"] == "queue_server/a.py:3"
    assert places["On (the) screen"] == "kiosk/b.kv:4"


def test_an_f_string_is_refused_because_no_catalogue_can_have_it(tree: Path) -> None:
    (tree / "kiosk" / "c.py").write_text('_(f"Window {n}")\n')
    with pytest.raises(finding.MessagesError, match=r"kiosk/c\.py:1"):
        finding.find_all(tree)


def complaints(po: Path, text: str, plural: str | None = None) -> list[str]:
    found = [finding.Found("a.py:1", text, plural, None)]
    return list(checking.check(found, catalogue.load(po), po))


def test_a_complete_catalogue_has_no_complaint(po: Path, tmp_path: Path) -> None:
    merge(po, write(tmp_path / "a.po", ("Window {n}", "{n}号窗口")))
    assert complaints(po, "Window {n}") == []


@pytest.mark.parametrize(
    ("translation", "complaint"),
    [
        ("", "not translated"),
        ("窗口", "placeholders differ: n"),
        ("{m}号窗口", "placeholders differ: m, n"),
        ("{n}号窗口 ", ""),
    ],
)
def test_a_bad_translation_is_named_with_place_and_sentence(
    po: Path, tmp_path: Path, translation: str, complaint: str
) -> None:
    merge(po, write(tmp_path / "a.po", ("Window {n}", translation)))
    found = complaints(po, "Window {n}")
    assert all(line.startswith("a.py:1: 'Window {n}'") for line in found)
    assert [line for line in found if complaint and complaint in line] or not complaint


def test_a_sentence_without_source_is_named(po: Path, tmp_path: Path) -> None:
    merge(po, write(tmp_path / "a.po", ("Here", "这里"), ("Gone", "没了")))
    assert complaints(po, "Here") == ["bianmin.po: 'Gone': no source has this sentence any more"]


def test_a_fuzzy_entry_is_named(po: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.po"
    file.write_text('#, fuzzy\nmsgid "Here"\nmsgstr "这里"\n', "utf-8")
    merge(po, file)
    assert any("fuzzy" in line for line in complaints(po, "Here"))


def test_an_empty_entry_is_filled_and_a_different_one_is_a_conflict(
    po: Path, tmp_path: Path
) -> None:
    assert merge(po, write(tmp_path / "a.po", ("Here", ""), ("There", "那里"))) == []
    conflicts = merge(po, write(tmp_path / "b.po", ("Here", "这里"), ("There", "那边")))
    assert dict(entries(po)) == {"Here": "这里", "There": "那里"}
    assert len(conflicts) == 1
    assert "'There'" in conflicts[0]


def test_an_empty_entry_never_wins(po: Path, tmp_path: Path) -> None:
    merge(po, write(tmp_path / "a.po", ("Here", "这里")))
    merge(po, write(tmp_path / "b.po", ("Here", "")), replace=True)
    assert dict(entries(po)) == {"Here": "这里"}


def test_replace_lets_the_later_win(po: Path, tmp_path: Path) -> None:
    merge(po, write(tmp_path / "a.po", ("Here", "这里")))
    assert merge(po, write(tmp_path / "b.po", ("Here", "此处")), replace=True) == []
    assert dict(entries(po)) == {"Here": "此处"}


def test_the_reviewer_survives_a_merge(po: Path, tmp_path: Path) -> None:
    catalogue.save(catalogue.load(po), po, "zh_CN", "A Reviewer")
    merge(po, write(tmp_path / "a.po", ("Here", "这里")))
    assert catalogue.reviewer(po) == "A Reviewer"


def test_merging_the_same_twice_changes_no_byte(po: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.po", ("Here", "这里"), ("There", "那里"))
    merge(po, file)
    first = po.read_bytes()
    merge(po, file)
    assert po.read_bytes() == first


def test_merges_at_the_same_time_lose_nothing(po: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import catalogue;"
        "catalogue.merge([Path(sys.argv[1])], Path(sys.argv[2]), 'zh_CN', replace=False)"
    )
    files = [
        write(tmp_path / f"{n}.po", *((f"Sentence {n} {k}", f"句{n}第{k}") for k in range(20)))
        for n in range(6)
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(file), str(po)],
            cwd=ROOT / "script" / "_messages",
        )
        for file in files
    ]
    assert [process.wait(60) for process in running] == [0] * 6
    assert len(dict(entries(po))) == 120


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("好,再见", "好\uff0c再见"),
        ("{time}估计; 优先", "{time}估计\uff1b优先"),
        ("出生登记(国内)", "出生登记\uff08国内\uff09"),
        ("({form})", "\uff08{form}\uff09"),
        ("失败: {detail}", "失败\uff1a{detail}"),
        ("10:05, 1,000", "10:05, 1,000"),
        ("{a:%H:%M}到", "{a:%H:%M}到"),
        ("https://a.b/c?d", "https://a.b/c?d"),
        ("Wi-Fi {name}, ok", "Wi-Fi {name}, ok"),
    ],
)
def test_chinese_punctuation_is_set_full_width(typed: str, printed: str) -> None:
    assert typeset.typeset(typed) == printed
    assert typeset.typeset(printed) == printed
