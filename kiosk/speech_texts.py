"""What a kiosk may be asked to read aloud from a catalogue, and its preparation."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

import structlog

from hardware.errors import HardwareError
from kiosk.lang import canonical
from queue_server.contract.messages import Catalogue

LOOK_EVERY_S: Final = 5.0
AT_ONCE: Final = 8
"""Texts that are spoken ahead before it is asked again whether anybody came: half a second."""
AGAIN_AFTER_S: Final = 600.0
"""A voice that cannot speak, or a full disk, is not asked again and again."""

log = structlog.get_logger(__name__)


class Library(Protocol):
    """`hardware.speech.library.SpeechLibrary`."""

    async def prepare(self, texts: list[tuple[str, str]]) -> int:
        """Speak ahead; how many were spoken."""
        ...

    def forget_others(self, texts: list[tuple[str, str]]) -> int:
        """Delete the rest; how many went."""
        ...


def texts_of(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Every text of a catalogue that a visitor may see, with its language, each once.

    Names first, so that they are ready soonest; then what items say about themselves.
    """
    found: dict[tuple[str, str], None] = {}
    names = [catalogue.hall_name, *(each.name for each in catalogue.topics)]
    names += [each.name for each in catalogue.groups]
    names += [each.name for each in catalogue.priority_classes]
    for texts in names:
        found.update(dict.fromkeys(_spoken(texts, catalogue)))
    for item in catalogue.items:
        found.update(dict.fromkeys(_spoken(item.plain_name, catalogue)))
        found.update(dict.fromkeys(_spoken(item.name, catalogue)))
    for item in catalogue.items:
        found.update(dict.fromkeys(_within(item.extra, catalogue)))
    return list(found)


def _spoken(texts: Mapping[str, object], catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for code, text in texts.items():
        if code in catalogue.languages and isinstance(text, str) and text.strip():
            yield text, canonical(code)


def _within(value: object, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Texts by language, however deep they lie in a pack's own fields."""
    if isinstance(value, Mapping):
        if value and set(value) <= set(catalogue.languages):
            yield from _spoken(value, catalogue)
        for inner in value.values():
            yield from _within(inner, catalogue)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, catalogue)


class SpeechPreparation:
    """Speaks a new catalogue ahead, once for each; a task of the kiosk's worker.

    Args:
        library: Keeps the sounds.
        catalogue: The newest catalogue, or None while there is none.
        look_every_s: How soon a new one is noticed.
        again_after_s: Pause after a failure.
        more: What is spoken ahead besides, with every catalogue; called in a thread.
        busy: Somebody is at the kiosk, who comes first.
    """

    def __init__(
        self,
        library: Library,
        catalogue: Callable[[], Catalogue | None],
        look_every_s: float = LOOK_EVERY_S,
        again_after_s: float = AGAIN_AFTER_S,
        more: Callable[[], list[tuple[str, str]]] = list,
        busy: Callable[[], bool] = bool,
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._look_every_s = look_every_s
        self._again_after_s = again_after_s
        self._more = more
        self._busy = busy

    async def run(self) -> None:
        """Until cancelled."""
        done = ""
        while True:
            catalogue = self._catalogue()
            if catalogue is None or catalogue.hash == done:
                await asyncio.sleep(self._look_every_s)
            elif await self._prepare(catalogue):
                done = catalogue.hash
            else:
                await asyncio.sleep(self._again_after_s)

    async def _prepare(self, catalogue: Catalogue) -> bool:
        texts = texts_of(catalogue) + await asyncio.to_thread(self._more)
        try:
            spoken = 0
            for at in range(0, len(texts), AT_ONCE):
                while self._busy():  # noqa: ASYNC110 - asked of the state, which tells no event
                    await asyncio.sleep(self._look_every_s)
                spoken += await self._library.prepare(texts[at : at + AT_ONCE])
            gone = await asyncio.to_thread(self._library.forget_others, texts)
        except (HardwareError, OSError) as error:
            log.warning("speech_not_prepared", hash=catalogue.hash, reason=type(error).__name__)
            return False
        log.info("speech_prepared", hash=catalogue.hash, spoken=spoken, forgotten=gone)
        return True
