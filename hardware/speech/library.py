"""Any text of the product as sound: from the bank, from what was prepared, or spoken now.

`prepare` speaks ahead what a catalogue will show and keeps it as files; `say` keeps nothing on
disk, because what is said for one visitor may name that visitor.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import structlog

from hardware.errors import HardwareError
from hardware.speech.bank import BadBank, Bank, open_bank
from hardware.speech.samples import Samples, read_sound, write_sound
from hardware.speech.sounds import Voice

KEPT_MAX: Final = 8000
"""Files of prepared speech, some 50 kB each: several catalogues of a large hall."""
REMEMBERED_MAX: Final = 64
"""Sentences said lately, in memory."""
BREATH_S: Final = 0.02
"""Between two texts that are prepared: the screen and the devices come first."""

log = structlog.get_logger(__name__)


class SpeechLibrary:
    """Fulfils `hardware.speech.sounds.Voice`, and is told beforehand what will be wanted.

    Args:
        voice: Speaks what nobody recorded.
        edition: Of that voice; kept sounds of another edition are spoken anew.
        kept: Folder for prepared speech, made when it is first needed.
        own: Folders of the hall's own sounds (docs/voice.md).
    """

    def __init__(self, voice: Voice, edition: str, kept: Path, *own: Path) -> None:
        self._voice = voice
        self._edition = edition
        self._kept = kept
        self._own = own
        self._banks: dict[str, Bank | None] = {}
        self._lately: OrderedDict[tuple[str, str], Samples] = OrderedDict()

    async def say(self, text: str, language: str) -> Samples:
        """The text spoken.

        Raises:
            NoVoice: Nobody recorded it and the voice cannot say it.
        """
        key = (text, language)
        if key in self._lately:
            self._lately.move_to_end(key)
            return self._lately[key]
        sound = self._ready(text, language)
        if sound is None:
            sound = await self._voice.say(text, language)
        self._lately[key] = sound
        if len(self._lately) > REMEMBERED_MAX:
            self._lately.popitem(last=False)
        return sound

    async def prepare(self, texts: Iterable[tuple[str, str]]) -> int:
        """Speak ahead what is not there yet, one at a time; returns how many were spoken.

        Only what everybody may read belongs here: it stays on the disk.

        Args:
            texts: Pairs of text and language.

        Raises:
            NoVoice: The voice cannot speak; what came before stays.
            OSError: The folder cannot be written.
        """
        spoken = 0
        for text, language in dict.fromkeys(texts):
            if self._ready(text, language) is None:
                sound = await self._voice.say(text, language)
                await asyncio.to_thread(self._keep, self._path(text, language), sound)
                spoken += 1
                await asyncio.sleep(BREATH_S)
        return spoken

    def forget_others(self, texts: Iterable[tuple[str, str]]) -> int:
        """Delete prepared speech that is not among these texts; returns how many files went."""
        wanted = {self._path(text, language) for text, language in texts}
        gone = [path for path in self._kept.glob("*/*.wav") if path not in wanted]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _ready(self, text: str, language: str) -> Samples | None:
        """From a file, or None; a damaged file counts as none."""
        bank = self._bank(language)
        phrase = bank.saying(text) if bank else None
        for path in (phrase.path if phrase else None, self._path(text, language)):
            if path is not None and path.is_file():
                try:
                    return read_sound(path)
                except BadBank as error:
                    log.warning("sound_unusable", file=path.name, reason=error.detail)
        return None

    def _bank(self, language: str) -> Bank | None:
        if language not in self._banks:
            try:
                self._banks[language] = open_bank(language, *self._own)
            except HardwareError as error:
                log.info("no_bank", language=language, reason=error.detail)
                self._banks[language] = None
        return self._banks[language]

    def _path(self, text: str, language: str) -> Path:
        name = hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()[:32]
        return self._kept / self._edition / f"{name}.wav"

    def _keep(self, path: Path, sound: Samples) -> None:
        """Written whole or not at all; without a flush to disk, for it can be spoken again."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if sum(1 for _file in path.parent.iterdir()) >= KEPT_MAX:
            log.warning("speech_folder_full", files=KEPT_MAX)
            return
        fresh = path.with_suffix(".new")
        write_sound(fresh, sound)
        fresh.replace(path)
