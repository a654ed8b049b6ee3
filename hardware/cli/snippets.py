"""Where a device stands in the configuration of a kiosk or a window, ready to paste."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hardware.cli.words import _
from hardware.registry import DeviceType
from hardware.roles import DeviceKind

TABLES: Final[Mapping[DeviceKind, str]] = MappingProxyType(
    {
        DeviceKind.PRINTER: "printer",
        DeviceKind.ID_READER: "id_reader",
        DeviceKind.SCANNER: "scanner",
        DeviceKind.CAMERA: "camera",
        DeviceKind.CALL_DISPLAY: "panel",
        DeviceKind.CALL_PAD: "pad",
        DeviceKind.RATER: "rater",
        DeviceKind.ANNOUNCER: "speaker",
    }
)
"""Table of kiosk.toml (docs/kiosk.md); `tests/unit/hardware/test_command_line_people.py` has a
kiosk read each. Kinds that are not here are not configured by an address."""


def snippet(entry: DeviceType, url: str) -> str:
    """Lines of TOML; empty for a kind that no table takes."""
    table = TABLES.get(entry.kind)
    return f'[{table}]\nurl = "{url}"' if table else ""


def paste(snippets: list[str]) -> list[str]:
    """All of them under a heading for people; nothing without any."""
    wanted = [text for text in snippets if text]
    if not wanted:
        return []
    return ["", _("For the configuration (kiosk.toml):"), "", "\n\n".join(wanted)]
