"""Reads the look of kiosk and displays from its one file, and refuses what nobody could read.

A hall's file is laid over the shipped one, so it holds only what is different.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

Rgba = tuple[float, float, float, float]

SRGB_KNEE: Final = 0.04045
"""Below it sRGB is linear (IEC 61966-2-1)."""
LEAST_RATIO: Final = 4.5
LEAST_RATIO_LARGE: Final = 7.0
"""Of text and ground; the second while large type or high contrast is on (experience.md)."""
MOST_PX: Final = 400
MOST_FACTOR: Final = 2.0


class ThemeError(Exception):
    """A theme that cannot be used: one sentence with file, key and what to do."""

    def __init__(self, file: Path, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")


def rgba(hexadecimal: str, alpha: float = 1.0) -> Rgba:
    """Kivy's colour for "#RRGGBB", or for "#RRGGBBAA" with its own density.

    Raises:
        ValueError: Not six or eight hexadecimal digits.
    """
    digits = hexadecimal.removeprefix("#")
    if len(digits) not in {len("RRGGBB"), len("RRGGBBAA")}:
        raise ValueError(f"not a colour: {hexadecimal!r}")
    parts = [int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)]
    red, green, blue = parts[:3]
    return (red, green, blue, parts[3] if len(parts) > 3 else alpha)  # noqa: PLR2004 - RGBA


def _luminance(colour: Rgba) -> float:
    """Relative luminance (WCAG 2.2, definition of relative luminance)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= SRGB_KNEE else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgba, other: Rgba) -> float:
    """Contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Palette(NamedTuple):
    """Colours by what they are for. `TEXT_PAIRS` lists which text may stand on which ground.

    Attributes:
        paper: The window's ground.
        card: Tiles and panels on the paper.
        line: Hairlines and borders; never the only sign of anything.
        ink: Text.
        ink_soft: Secondary text.
        accent: The one accent: main buttons, numbers, icons.
        accent_down: The accent under a finger.
        accent_pale: A ground that says "chosen" or "this belongs together".
        on_accent: Text and icons on the accent.
        warning: Text and icon of a warning.
        warning_pale: Ground of a warning.
        danger: Text and icon of a fault.
        danger_pale: Ground of a fault.
        veil: Over the screen when a question stands in front of it.
        clear: Nothing.
    """

    paper: Rgba
    card: Rgba
    line: Rgba
    ink: Rgba
    ink_soft: Rgba
    accent: Rgba
    accent_down: Rgba
    accent_pale: Rgba
    on_accent: Rgba
    warning: Rgba
    warning_pale: Rgba
    danger: Rgba
    danger_pale: Rgba
    veil: Rgba
    clear: Rgba = (0.0, 0.0, 0.0, 0.0)


TEXT_PAIRS: Final = (
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "accent_pale"),
    ("ink_soft", "paper"),
    ("ink_soft", "card"),
    ("ink_soft", "accent_pale"),
    ("accent", "paper"),
    ("accent", "card"),
    ("accent", "accent_pale"),
    ("on_accent", "accent"),
    ("on_accent", "accent_down"),
    ("warning", "warning_pale"),
    ("warning", "card"),
    ("danger", "danger_pale"),
    ("danger", "card"),
)
"""Every (text, ground) pair in use; each is measured when a theme is read."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a theme's file says.

    Attributes:
        day: Colours as people find them.
        large: While large type is on.
        contrast: While high contrast is on.
        type_px: Font sizes by name, at the reference, and "large", a factor.
        space_px: Lengths by name, at the reference.
    """

    day: Palette
    large: Palette
    contrast: Palette
    type_px: Mapping[str, float]
    space_px: Mapping[str, float]

    def __hash__(self) -> int:
        """By identity: a look is read once."""
        return id(self)


Table = dict[str, Any]


@cache
def shipped() -> Look:
    """The look of the product."""
    return _look(_shipped_file(), _read(_shipped_file()))


def look_of(file: Path | None) -> Look:
    """A hall's own look where it has one.

    Raises:
        ThemeError: As of `load`.
    """
    return load(file) if file else shipped()


def load(file: Path) -> Look:
    """The shipped look with a hall's changes.

    Raises:
        ThemeError: The file is missing or not TOML; a key is unknown; a value is no colour or no
            size; a text would not stand out from its ground.
    """
    tables = _read(_shipped_file())
    for name, table in _read(file).items():
        if name not in tables or not isinstance(table, dict):
            raise ThemeError(file, name, f"there is no such table; use {', '.join(tables)}.")
        known = tables["colours"] if name.startswith("colours") else tables[name]
        for key in table:
            if key not in known:
                raise ThemeError(file, f"{name}.{key}", "there is no such key; see docs/theme.md.")
        tables[name] = {**tables[name], **table}
    return _look(file, tables)


def _shipped_file() -> Path:
    return Path(str(files("assets") / "theme" / "kiosk.toml"))


def _read(file: Path) -> dict[str, Table]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeError(file, "", "this file cannot be read.") from error
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(file, "", f"this is not TOML: {error}.") from error


def _look(file: Path, tables: Mapping[str, Table]) -> Look:
    day = tables["colours"]
    return Look(
        _palette(file, "colours", day, LEAST_RATIO),
        _palette(file, "colours_large", {**day, **tables["colours_large"]}, LEAST_RATIO_LARGE),
        _palette(
            file, "colours_contrast", {**day, **tables["colours_contrast"]}, LEAST_RATIO_LARGE
        ),
        {
            key: _size(file, f"type.{key}", value, MOST_FACTOR if key == "large" else MOST_PX)
            for key, value in tables["type"].items()
        },
        {
            key: _size(file, f"space.{key}", value, MOST_PX)
            for key, value in tables["space"].items()
        },
    )


def _palette(file: Path, name: str, table: Table, least: float) -> Palette:
    colours = {key: _colour(file, f"{name}.{key}", value) for key, value in table.items()}
    palette = Palette(**colours)
    for text, ground in TEXT_PAIRS:
        ratio = contrast(getattr(palette, text), getattr(palette, ground))
        if ratio < least:
            raise ThemeError(
                file,
                f"{name}.{text}",
                f"on {ground} its contrast is {ratio:.1f}:1, and text needs {least:g}:1; choose a "
                "darker or lighter one.",
            )
    return palette


def _colour(file: Path, key: str, value: object) -> Rgba:
    try:
        return rgba(value if isinstance(value, str) else "")
    except ValueError:
        raise ThemeError(file, key, 'write a colour as "#0B6456".') from None


def _size(file: Path, key: str, value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= most:
        raise ThemeError(file, key, f"write a number from 1 to {most:g}.")
    return float(value)
