"""Good inputs: every byte vector of the golden files."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden" / "devices"
HEX = re.compile(r"[0-9A-Fa-f]{2}( ?[0-9A-Fa-f]{2})+")


def golden_bytes(type_id: str) -> tuple[bytes, ...]:
    """All hex strings of a device's golden file, in its order."""
    said = json.loads((GOLDEN / f"{type_id}.json").read_text("utf-8"))
    return tuple(bytes.fromhex(text) for text in _strings(said) if HEX.fullmatch(text))


def _strings(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for value in said.values():
            yield from _strings(value)
    elif isinstance(said, list):
        if said and all(isinstance(line, str) and HEX.fullmatch(line) for line in said):
            yield "".join(said)  # one long vector, line by line
        else:
            for value in said:
                yield from _strings(value)
