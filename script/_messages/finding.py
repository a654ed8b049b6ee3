"""Finds the sentences of the product in its sources."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[2]
SOURCE_DIRS = ("queue_server", "kiosk", "hardware")
TEMPLATE_SUFFIXES = {".html", ".jinja", ".j2", ".txt", ".xml", ".svg"}

# How the arguments of a call are read: 'm' message, 'p' plural, 'c' context.
CALLS = {
    "_": "mp",
    "N_": "mp",
    "gettext": "m",
    "ngettext": "mp",
    "pgettext": "cm",
    "npgettext": "cmp",
}
JINJA_KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KV_CALL = re.compile(r"(?<![\w])(" + "|".join(map(re.escape, CALLS)) + r")\(")

Key = tuple[str | None, str]  # context, msgid (of plurals: the singular)


@dataclass(frozen=True, slots=True)
class Found:
    """One sentence in a source file."""

    place: str  # "queue_server/paper/ticket.py:12"
    text: str
    plural: str | None
    context: str | None

    @property
    def key(self) -> Key:
        """What gettext looks it up by."""
        return self.context, self.text


class MessagesError(Exception):
    """A source or a .po file that cannot be used; the text says which and why."""


def _name_of(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name if name in CALLS else None
    return None


def _read_call(call: ast.Call, name: str, place: str) -> Found | None:
    """Reads a call of constants; a variable is somebody's table and is found where N_ marks it."""
    parts: dict[str, str] = {}
    for role, argument in zip(CALLS[name], call.args, strict=False):
        match argument:
            case ast.Constant(value=str(text)):
                parts[role] = text
            case ast.JoinedStr():
                raise MessagesError(f'{place}: {name}(f"…") can never be found in a catalogue')
            case _ if role != "p":
                return None
    if not parts.get("m"):
        return None
    return Found(place, parts["m"], parts.get("p"), parts.get("c"))


def from_python(path: Path, label: str) -> Iterator[Found]:
    """Yields the sentences of a Python file."""
    source = path.read_text("utf-8")
    if not any(f"{name}(" in source for name in CALLS):
        return
    for node in ast.walk(ast.parse(source, filename=label)):
        if isinstance(node, ast.Call) and (name := _name_of(node)):
            found = _read_call(node, name, f"{label}:{node.lineno}")
            if found:
                yield found


def _call_text(source: str) -> str:
    """Cuts the call at the start of `source` at its closing parenthesis."""
    depth = 0
    lines = source.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        depth += {"(": 1, ")": -1}.get(token.string, 0) if token.type == tokenize.OP else 0
        if token.string == ")" and depth == 0:
            row, column = token.end
            return "".join(lines[: row - 1]) + lines[row - 1][:column]
    raise MessagesError("call without end")


def from_kv(path: Path, label: str) -> Iterator[Found]:
    """Yields the sentences of a Kivy language file."""
    source = path.read_text("utf-8")
    for match in KV_CALL.finditer(source):
        line_no = source.count("\n", 0, match.start()) + 1
        line_start = source.rfind("\n", 0, match.start()) + 1
        if source[line_start : match.start()].lstrip().startswith("#"):
            continue
        place = f"{label}:{line_no}"
        try:
            node = ast.parse(_call_text(source[match.start() :]), mode="eval").body
        except (tokenize.TokenError, SyntaxError, MessagesError) as error:
            raise MessagesError(f"{place}: cannot read this call: {error}") from error
        if isinstance(node, ast.Call) and (found := _read_call(node, match[1], place)):
            yield found


def from_template(path: Path, label: str) -> Iterator[Found]:
    """Yields the sentences of a Jinja template."""
    with path.open("rb") as stream:
        rows = babel_extract(stream, list(JINJA_KEYWORDS), (), {"encoding": "utf-8"})
        for line_no, function, texts, _comments in rows:
            parts = (texts,) if isinstance(texts, str) else tuple(texts or ())
            roles = CALLS.get(function or "_", "m")
            named = {r: t for r, t in zip(roles, parts, strict=False) if isinstance(t, str)}
            if named.get("m"):
                place = f"{label}:{line_no}"
                yield Found(place, named["m"], named.get("p"), named.get("c"))


def _sources(root: Path) -> Iterator[Path]:
    for name in SOURCE_DIRS:
        yield from sorted((root / name).rglob("*"))
    yield from sorted((root / "assets" / "web").rglob("*"))


def find_all(root: Path = ROOT) -> list[Found]:
    """Every sentence of the product, in a stable order.

    Raises:
        MessagesError: A source cannot be read; the text names file and line.
    """
    found: list[Found] = []
    for path in _sources(root):
        label = str(path.relative_to(root))
        try:
            if path.suffix == ".py":
                found.extend(from_python(path, label))
            elif path.suffix == ".kv":
                found.extend(from_kv(path, label))
            elif path.suffix in TEMPLATE_SUFFIXES and "templates" in path.parts:
                found.extend(from_template(path, label))
        except SyntaxError as error:
            raise MessagesError(f"{label}:{error.lineno}: {error.msg}") from error
    return found
