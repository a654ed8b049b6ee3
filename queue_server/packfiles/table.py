"""Reads one table of a pack's TOML file and says exactly where it is wrong."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from queue_server.packfiles.names import Json, Names, PackError
from queue_server.packfiles.toml import freeze

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class Table:
    """A table being read. Every getter removes its key; `end` refuses what nobody asked for.

    Args:
        file: The file's name, for errors.
        path: Dotted path of this table in the file; empty at the top.
        content: The parsed table.
        languages: Tags every `names` must have, no more and no fewer.
    """

    def __init__(
        self, file: str, path: str, content: Mapping[str, Any], languages: tuple[str, ...]
    ) -> None:
        self.file = file
        self.path = path
        self.languages = languages
        self._content = dict(content)

    def error(self, key: str, sentence: str) -> PackError:
        """Makes an error that points at `key` of this table."""
        return PackError(self.file, self._at(key), sentence)

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _take(self, key: str, kind: type[T], what: str) -> T:
        if key not in self._content:
            raise self.error(key, f"is missing; {what} is needed")
        value = self._content.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, f"must be {what}, not {value!r}")
        return value

    def has(self, key: str) -> bool:
        """Tells whether an optional key is there."""
        return key in self._content

    def text(self, key: str) -> str:
        """Takes a string that is not empty."""
        value = self._take(key, str, "a text")
        if not value.strip():
            raise self.error(key, "must not be empty")
        return value

    def optional_text(self, key: str) -> str | None:
        """Takes a string, or None when the key is absent."""
        return self.text(key) if self.has(key) else None

    def flag(self, key: str) -> bool:
        """Takes true or false."""
        return self._take(key, bool, "true or false")

    def integer(self, key: str, low: int, high: int) -> int:
        """Takes a whole number from `low` to `high`, ends included."""
        value = self._take(key, int, "a whole number")
        if not low <= value <= high:
            raise self.error(key, f"must be from {low} to {high}, not {value}")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        """Takes a number from `low` to `high`, ends included."""
        if isinstance(self._content.get(key), int):
            return float(self.integer(key, int(low), int(high)))
        value = self._take(key, float, "a number")
        if not low <= value <= high:
            raise self.error(key, f"must be from {low} to {high}, not {value}")
        return value

    def day(self, key: str) -> date:
        """Takes a date as TOML writes it (2026-10-01)."""
        return self._take(key, date, "a date")

    def days(self, key: str) -> tuple[date, ...]:
        """Takes a list of dates; an absent key is an empty list."""
        return self._list(key, date, "a list of dates") if self.has(key) else ()

    def clock(self, key: str) -> time:
        """Takes a local time as TOML writes it (08:30:00)."""
        return self._take(key, time, "a time")

    def choice(self, key: str, options: type[E]) -> E:
        """Takes one value of an enumeration."""
        value = self.text(key)
        try:
            return options(value)
        except ValueError as error:
            allowed = ", ".join(option.value for option in options)
            raise self.error(key, f"must be one of {allowed}, not {value!r}") from error

    def texts(self, key: str) -> tuple[str, ...]:
        """Takes a list of strings."""
        return self._list(key, str, "a list of texts")

    def integers(self, key: str) -> tuple[int, ...]:
        """Takes a list of whole numbers."""
        return self._list(key, int, "a list of whole numbers")

    def json(self, key: str) -> Json:
        """Takes a value of any kind that JSON has, frozen."""
        if key not in self._content:
            raise self.error(key, "is missing")
        try:
            return freeze(self._content.pop(key))
        except TypeError as error:
            raise self.error(key, str(error)) from error

    def _list(self, key: str, kind: type[T], what: str) -> tuple[T, ...]:
        values = self._take(key, list, what)
        for value in values:
            if not isinstance(value, kind):
                raise self.error(key, f"must be {what}")
        return tuple(values)

    def names(self, key: str) -> Names:
        """Takes a text in every language of the pack, in the pack's order."""
        table = self.table(key)
        found = MappingProxyType({tag: table.text(tag) for tag in self.languages})
        table.end()
        return found

    def optional_names(self, key: str) -> Names:
        """Takes `names`, or an empty mapping when the key is absent."""
        return self.names(key) if self.has(key) else MappingProxyType({})

    def table(self, key: str) -> "Table":
        """Takes a table within this one."""
        content = self._take(key, dict, "a table")
        return Table(self.file, self._at(key), content, self.languages)

    def tables(self, key: str) -> Iterator["Table"]:
        """Takes a list of tables; their path counts from 1."""
        for number, content in enumerate(self._list(key, dict, "a list of tables"), start=1):
            yield Table(self.file, self._at(f"{key}.{number}"), content, self.languages)

    def each(self, key: str, read: Callable[["Table"], T]) -> tuple[T, ...]:
        """Reads every table of a list with `read` and refuses keys it left."""
        result = []
        for table in self.tables(key):
            result.append(read(table))
            table.end()
        return tuple(result)

    def end(self) -> None:
        """Refuses keys that no getter took."""
        for key in self._content:
            raise self.error(key, "is not a setting of a pack")
