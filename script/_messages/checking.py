"""Compares the sources with a catalogue."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from catalogue import MAIN_LANGUAGE, is_empty, message_key, strings
from finding import Found, Key
from typeset import PLACEHOLDER, typeset


def placeholders(text: str) -> list[str]:
    """Names of ``{name}`` and ``%(name)s`` in a sentence, sorted, format specs left away."""
    found = (match for match in PLACEHOLDER.finditer(text) if match[0] not in {"{{", "}}"})
    names = {re.split(r"[:!.\[]", match[1] or match[2] or "")[0] for match in found}
    return sorted(names)


def _complaints(found: Found, message: Message | None) -> Iterator[str]:
    if message is None or is_empty(message):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    if (found.plural is not None) != (not isinstance(message.id, str)):
        yield "a plural on one side only"
    if MAIN_LANGUAGE.startswith("zh") and any(typeset(text) != text for text in strings(message)):
        yield "half-width punctuation between Chinese characters (script/messages add mends it)"
    expected = set(placeholders(found.text)) | set(placeholders(found.plural or ""))
    for text in strings(message):
        extra = set(placeholders(text)) ^ expected
        if extra and not (found.plural and extra <= {"n", "count", "num"}):
            yield f"placeholders differ: {', '.join(sorted(extra))}"
        if text[:1].isspace() != found.text[:1].isspace() or text.endswith(
            "\n"
        ) != found.text.endswith("\n"):
            yield "white space at the edge differs"


def check(found: list[Found], catalog: Catalog, po: Path) -> list[str]:
    """Compares the sources with a catalogue; returns one line per fault."""
    messages = {message_key(message): message for message in catalog if message.id}
    faults: list[str] = []
    seen: set[Key] = set()
    for entry in found:
        if entry.key in seen:
            continue
        seen.add(entry.key)
        faults.extend(
            f"{entry.place}: {entry.text!r}: {complaint}"
            for complaint in _complaints(entry, messages.get(entry.key))
        )
    gone = [key for key in messages if key not in seen]
    faults.extend(f"{po.name}: {text!r}: no source has this sentence any more" for _, text in gone)
    faults.extend(
        f"{po.name}: {message_key(m)[1]!r}: obsolete entry" for m in catalog.obsolete.values()
    )
    return faults
