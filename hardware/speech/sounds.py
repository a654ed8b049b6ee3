"""What is played for a sentence: clips of the bank, or a voice at run time where one is missing."""

from pathlib import Path
from typing import Final, Protocol

from hardware.errors import HardwareError
from hardware.roles_voice import Spoken
from hardware.speech.bank import BadBank, Bank, chimes, open_bank
from hardware.speech.samples import Samples, joined, read_sound

CLIP_GAP_S: Final = 0.09
"""Between two clips of a sentence; the clips themselves begin and end close to the voice."""
CLIPS_KEPT: Final = 512
"""A whole bank of two languages: some 10 MB."""


class NoVoice(HardwareError):
    """There is no sound for a sentence, and no voice that could say it."""

    code = "no-voice"


class Voice(Protocol):
    """A voice at run time."""

    async def say(self, text: str, language: str) -> Samples:
        """The text spoken; HardwareError where this voice cannot."""
        ...


class BankSounds:
    """Fulfils `hardware.drivers.alsa_announcer.Sounds`."""

    def __init__(self, *own: Path, voice: Voice | None = None) -> None:
        """Read nothing yet.

        Args:
            own: Folders of the hall's own sounds (docs/voice.md).
            voice: Speaks what the bank lacks; None: nobody does.
        """
        self._own = own
        self._voice = voice
        self._banks: dict[str, Bank] = {}
        self._known: dict[Path, Samples] = {}

    def bank(self, language: str) -> Bank:
        """The bank of a language.

        Raises:
            BadBank: There is none.
        """
        if language not in self._banks:
            self._banks[language] = open_bank(language, *self._own)
        return self._banks[language]

    def chime(self, name: str) -> Samples:
        """A sound without words.

        Raises:
            BadBank: There is none of that name.
        """
        known = dict(chimes())
        for folder in self._own:
            known |= chimes(folder)
        if name not in known:
            raise BadBank(f"chime {name}")
        return self._sound(known[name])

    async def speech(self, spoken: Spoken) -> Samples:
        """A sentence in one language.

        Raises:
            BadBank: The language has no bank, or a file of it is broken, and no voice helps.
            NoVoice: A clip is missing, and no voice helps.
        """
        try:
            return self._from_bank(spoken)
        except HardwareError:
            if self._voice is None or not spoken.text:
                raise
        return await self._voice.say(spoken.text, spoken.language)

    def _from_bank(self, spoken: Spoken) -> Samples:
        bank = self.bank(spoken.language)
        phrases = bank.phrases
        if not spoken.clips and spoken.text and (whole := bank.saying(spoken.text)):
            return self._sound(whole.path)
        missing = [clip for clip in spoken.clips if clip not in phrases]
        if missing or not spoken.clips:
            raise NoVoice(f"{spoken.language} {' '.join(missing[:3])}")
        return joined((self._sound(phrases[clip].path) for clip in spoken.clips), CLIP_GAP_S)

    def _sound(self, path: Path) -> Samples:
        if path not in self._known:
            if len(self._known) >= CLIPS_KEPT:
                self._known.clear()
            self._known[path] = read_sound(path)
        return self._known[path]
