"""Reading the files of a pack: bytes to plain or frozen values, with the file named in errors."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from queue_server.packfiles.names import Json, PackError


def read_toml(path: Path, label: str) -> dict[str, Any]:
    """Reads a TOML file.

    Raises:
        PackError: It cannot be read, or is not TOML; `label` names it.
    """
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise PackError(label, "", f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(label, "", f"is not TOML: {error}") from error


def read_json(path: Path, label: str) -> Any:  # noqa: ANN401 - JSON of any shape, checked by a schema
    """Reads a JSON file.

    Raises:
        PackError: It cannot be read, or is not JSON; `label` names it.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PackError(label, "", f"cannot be read: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise PackError(label, "", f"is not JSON: {error}") from error


def freeze(value: Any) -> Json:  # noqa: ANN401 - parsed JSON or TOML
    """Makes a parsed value read-only: lists become tuples, objects read-only mappings.

    Raises:
        TypeError: The value is none of JSON's kinds.
    """
    if isinstance(value, Mapping):
        return MappingProxyType({str(key): freeze(part) for key, part in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(part) for part in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} is no JSON value")


def thaw(value: Json) -> Any:  # noqa: ANN401 - plain JSON for a serializer
    """Makes a frozen value plain again: lists and dicts that any JSON writer takes."""
    if isinstance(value, Mapping):
        return {key: thaw(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [thaw(part) for part in value]
    return value
