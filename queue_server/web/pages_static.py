"""Styles, scripts and the chart library, served from this host only.

Files are read once at start-up: they belong to the installed version and do not change under it.
Each has an ETag, so a browser asks again and gets 304; an update is seen at the next load without
file names that carry hashes. Text is also kept compressed, because the chart library is 4.8 MB
plain and 1.4 MB packed.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

import plotly

WEB_ROOT: Final = Path(str(files("assets"))) / "web"
ICON_ROOT: Final = Path(str(files("assets"))) / "images" / "icons"
CHART_LIBRARY: Final = "vendor/plotly.min.js"
COMPRESSED_ABOVE_BYTES: Final = 1024
"""Below this a compressed answer saves no packet."""

_TEXT_TYPES: Final = MappingProxyType(
    {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
)
_STYLE_GUARD: Final = re.compile(rb'getElementById\("([0-9a-f]{64})"\)\)\{var \w+=document')


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it goes over the wire.

    Attributes:
        plain: The bytes of the file.
        packed: The same compressed with gzip, where that pays.
        etag: A strong validator, quoted as the header wants it.
        media_type: The Content-Type.
    """

    plain: bytes
    packed: bytes | None
    etag: str
    media_type: str


def load(root: Path = WEB_ROOT / "static") -> Mapping[str, StaticFile]:
    """Every static file by its path below `/static/`, chart library and icons included.

    Raises:
        OSError: A file of the installation cannot be read.
    """
    found = {path.relative_to(root).as_posix(): path for path in _files(root)}
    found |= {f"icons/{path.name}": path for path in ICON_ROOT.glob("*.svg")}
    found[CHART_LIBRARY] = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return MappingProxyType({name: _read(path) for name, path in sorted(found.items())})


def style_guards(library: StaticFile) -> tuple[str, ...]:
    """Ids of elements that keep the chart library from writing a style sheet into the page.

    The library carries the style of a map component that it writes into the head when it loads,
    unless an element with that style's id is there already. Our Content-Security-Policy would
    refuse it, and we draw no maps, so the page puts empty elements there and the console stays
    clean. The id is a hash that changes with the release; this finds it in the file.
    """
    return tuple(match.decode("ascii") for match in _STYLE_GUARD.findall(library.plain))


def _files(root: Path) -> Iterable[Path]:
    return (path for path in root.rglob("*") if path.is_file())


def _read(path: Path) -> StaticFile:
    plain = path.read_bytes()
    media_type = _TEXT_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    packed = gzip.compress(plain, compresslevel=6, mtime=0)
    worth_it = len(plain) > COMPRESSED_ABOVE_BYTES and len(packed) < len(plain)
    return StaticFile(
        plain=plain,
        packed=packed if worth_it else None,
        etag=f'"{hashlib.sha256(plain).hexdigest()[:24]}"',
        media_type=media_type or "application/octet-stream",
    )
