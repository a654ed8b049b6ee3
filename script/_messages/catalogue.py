"""Reads, merges and writes .po files."""

import fcntl
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from finding import ROOT, Key, MessagesError
from typeset import typeset

DOMAIN = "bianmin"
MAIN_LANGUAGE = "zh_CN"
LOCALE_DIR = ROOT / "assets" / "locale"
LOCK_FILE = ROOT / "var" / "messages.lock"


def message_key(message: Message) -> Key:
    """What gettext looks an entry up by."""
    single = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, single


def strings(message: Message) -> tuple[str, ...]:
    """The translations of an entry: one, or one for each plural form."""
    value = message.string
    return (value,) if isinstance(value, str) else tuple(value or ())


def is_empty(message: Message) -> bool:
    """Tells whether any form is still to be translated."""
    return not all(strings(message)) or not strings(message)


def po_path(language: str, locale_dir: Path = LOCALE_DIR) -> Path:
    """Where the translations of a language live."""
    return locale_dir / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def languages(locale_dir: Path = LOCALE_DIR) -> list[str]:
    """Languages that have a .po file."""
    return sorted(path.parts[-3] for path in locale_dir.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def load(path: Path, language: str = MAIN_LANGUAGE) -> Catalog:
    """Reads a .po file; a missing one is an empty catalogue."""
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with path.open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN, abort_invalid=True)


def reviewer(path: Path) -> str:
    """Who answers for a translation (the header field X-Reviewer); empty when nobody does yet."""
    text = path.read_text("utf-8") if path.exists() else ""
    match = re.search(r'^"X-Reviewer:[ ]*(.*?)\\n"$', text, re.MULTILINE)
    return match[1].strip() if match else ""


KEPT_FIELDS = ("X-Language-Name", "X-Direction")
"""What a translator says of the language in the header, besides the reviewer."""


def _kept(path: Path) -> Iterator[str]:
    """Header fields of the file that stay as they are."""
    text = path.read_text("utf-8") if path.exists() else ""
    for name in KEPT_FIELDS:
        match = re.search(rf'^"{name}:[ ]*(.*?)\\n"$', text, re.MULTILINE)
        if match:
            yield f"{name}: {match[1].strip()}"


def _header(catalog: Catalog, language: str, reviewed_by: str, kept: list[str]) -> str:
    fields = (
        "Project-Id-Version: bianmin",
        f"Language: {language}",
        f"Plural-Forms: {catalog.plural_forms}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"X-Reviewer: {reviewed_by}".rstrip(),
        *kept,
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{field}\\n"\n' for field in fields) + "\n"


def save(catalog: Catalog, path: Path, language: str, reviewed_by: str) -> None:
    """Writes a .po file whole or not at all, sorted, without dates and places that only churn."""
    if language.startswith("zh"):
        _typeset_all(catalog)
    body = io.BytesIO()
    write_po(body, catalog, width=96, no_location=True, omit_header=True, sort_output=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = list(_kept(path))
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as out:
        out.write(_header(catalog, language, reviewed_by, kept))
        out.write(body.getvalue().decode("utf-8").strip("\n") + "\n")
        out.flush()
        os.fsync(out.fileno())
    Path(out.name).chmod(0o644)
    Path(out.name).replace(path)


def _typeset_all(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            texts = tuple(typeset(text) for text in strings(message))
            message.string = texts[0] if isinstance(message.string, str) else texts


@contextmanager
def locked(lock_file: Path = LOCK_FILE) -> Iterator[None]:
    """Holds the one lock every writer of .po files takes."""
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _merge_entry(target: Catalog, message: Message, *, replace: bool) -> str | None:
    """Takes one entry over; returns a sentence when it says something else than the earlier one."""
    existing = target.get(message_key(message)[1], message.context)
    keep = existing is not None and not is_empty(existing) and not replace
    if existing is None or not keep:
        if existing is None or not is_empty(message):
            flags = message.flags - {"python-format", "python-brace-format"}
            target.delete(message_key(message)[1], message.context)
            target.add(
                message.id,
                message.string,
                context=message.context,
                flags=flags,
                user_comments=message.user_comments,
            )
        return None
    same = tuple(map(typeset, strings(message))) == tuple(map(typeset, strings(existing)))
    if not is_empty(message) and not same:
        return f"{message_key(message)[1]!r}: kept {strings(existing)}, refused {strings(message)}"
    return None


def merge(files: list[Path], po: Path, language: str, *, replace: bool) -> tuple[int, list[str]]:
    """Merges .po files into a catalogue under the lock.

    Returns:
        The number of entries read and one sentence per conflict (the earlier text was kept).
    """
    conflicts: list[str] = []
    count = 0
    with locked():
        target = load(po, language)
        for file in files:
            if not file.exists():
                raise MessagesError(f"{file}: no such file")
            for message in load(file, language):
                if message.id:
                    count += 1
                    if conflict := _merge_entry(target, message, replace=replace):
                        conflicts.append(f"{file}: {conflict}")
        save(target, po, language, reviewer(po))
    return count, conflicts
