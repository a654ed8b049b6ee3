"""Languages for tests, made from English: one with long words, one from right to left.

    python -m tests.pseudo_language DIR

`xx_LONG` has accents and is more than 60 % longer, in words as German or Russian have them;
`xx_RTL` is written in Arabic letters, those of Uyghur among them. Both keep placeholders, digits
and the Latin words that stand in them.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "assets" / "locale" / "zh_CN" / "LC_MESSAGES" / "bianmin.po"
LONG, RTL = "xx_LONG", "xx_RTL"
PART = re.compile(r"(\{[^}]*\}|%\([a-z_]+\)[sd]|\bID\b|\bQR\b|[A-Za-z]+|.)", re.DOTALL)
ACCENTS = str.maketrans("aceinouyACEINOUY", "àçéîñöûýÀÇÉÎÑÖÛÝ")
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz",
    "\u0627\u0628\u0686\u062f\u06d5\u0641\u06af\u06be\u0649\u062c\u0643\u0644\u0645\u0646"
    "\u0648\u067e\u0642\u0631\u0633\u062a\u06c7\u06cb\u06d0\u062e\u064a\u0632",
)
ENDINGS = ("ungs", "keit", "schaft", "nost")


def longer(sentence: str) -> str:
    """Words with accents and endings, at least 60 % longer."""
    endings = cycle(ENDINGS)

    def word(plain: str) -> str:
        grown = plain.translate(ACCENTS)
        while len(grown) < 1.6 * len(plain):
            grown += next(endings)
        return grown

    return "".join(_each(sentence, word))


def arabic(sentence: str) -> str:
    """Every word in Arabic letters."""
    return "".join(_each(sentence, lambda plain: plain.lower().translate(LETTERS)))


def _each(sentence: str, change: Callable[[str], str]) -> Iterator[str]:
    for part in PART.findall(sentence):
        yield change(part) if part.isalpha() and part not in {"ID", "QR"} else part


MADE: dict[str, tuple[Callable[[str], str], str]] = {
    LONG: (longer, ""),
    RTL: (arabic, '"X-Direction: rtl\\n"\n'),
}


def write(directory: Path) -> None:
    """Both languages as `<code>/LC_MESSAGES/bianmin.po`."""
    with SOURCE.open("rb") as stream:
        sentences = [message.id for message in read_po(stream, locale="zh_CN") if message.id]
    for code, (change, field) in MADE.items():
        po = directory / code / "LC_MESSAGES" / "bianmin.po"
        po.parent.mkdir(parents=True, exist_ok=True)
        name = change("Language")
        head = (
            'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
            f'"X-Language-Name: {name}\\n"\n{field}'
        )
        po.write_text(head + "\n" + "\n".join(_entries(sentences, change)), "utf-8")


def _entries(
    sentences: Sequence[str | Sequence[str]], change: Callable[[str], str]
) -> Iterator[str]:
    for sentence in sentences:
        if isinstance(sentence, str):
            yield f"msgid {_quoted(sentence)}\nmsgstr {_quoted(change(sentence))}\n"
            continue
        one, many = sentence[0], sentence[1]
        yield (
            f"msgid {_quoted(one)}\nmsgid_plural {_quoted(many)}\n"
            f"msgstr[0] {_quoted(change(one))}\nmsgstr[1] {_quoted(change(many))}\n"
        )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    write(Path(sys.argv[1]))
