"""What is spoken: sentences of calls and tickets, language by language, as clips of the bank."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from hardware.roles_voice import Spoken
from hardware.speech.bank import BadBank, Bank, open_bank
from hardware.speech.wording import Said, Sentence, spelt
from kiosk.lang import canonical
from queue_server.contract.messages import CallAnnouncement


class SpokenWords:
    """Finds the clips of sentences.

    Args:
        languages: Spoken in this order; where empty, all that a message comes in.
        reading: How digits are read; empty for the bank's own way.
        sounds: The hall's own sounds, if any.
    """

    def __init__(
        self, languages: Iterable[str] = (), reading: str = "", sounds: Path | None = None
    ) -> None:
        self._languages = tuple(canonical(code) for code in languages)
        self._reading = reading
        self._own = (sounds,) if sounds else ()
        self._banks: dict[str, Bank | None] = {}

    def call(self, call: CallAnnouncement) -> tuple[Spoken, ...]:
        """A call or recall: the ticket's own language first, then the others."""
        texts = {canonical(code): text for code, text in call.text.items()}
        own = canonical(call.language) if call.language else ""
        order = sorted(self._languages or texts, key=lambda code: code != own)
        label, window = spoken_of(call)
        sentence = Sentence.RECALL if call.attempt > 1 else Sentence.CALL
        said = Said(label=label, window=window)
        return tuple(self._spoken(code, sentence, said, texts) for code in order)

    def issued(self, label: str, language: str) -> tuple[Spoken, ...]:
        """A number that was just given, in the language of whoever took it."""
        return (self._spoken(canonical(language), Sentence.ISSUED, Said(label=label), {}),)

    def serving(self, window: str, label: str, language: str) -> Spoken:
        """Which number is at a window."""
        return self._spoken(
            canonical(language), Sentence.SERVING, Said(label=label, window=window), {}
        )

    def spelt(self, label: str, language: str) -> Spoken:
        """A number by itself, sign by sign."""
        code = canonical(language)
        bank = self._bank(code)
        if bank is None:
            return Spoken(code)
        readings = bank.wording.readings
        digits = readings.get(self._reading or bank.wording.reading, {})
        return Spoken(code, tuple(spelt(label, digits)), label)

    def _spoken(
        self, language: str, sentence: Sentence, said: Said, texts: Mapping[str, str]
    ) -> Spoken:
        bank = self._bank(language)
        clips = bank.sentence(sentence, said, self._reading) if bank else ()
        return Spoken(language, clips, texts.get(language, ""))

    def _bank(self, language: str) -> Bank | None:
        """None where there is no bank: the announcer then asks its voice, or says what is wrong."""
        if language not in self._banks:
            try:
                self._banks[language] = open_bank(language, *self._own)
            except BadBank:
                self._banks[language] = None
        return self._banks[language]


def spoken_of(call: CallAnnouncement) -> tuple[str, str]:
    """Label and window as the server wants them spoken (`phrases`), else as they are shown."""
    wanted = dict(phrase.split(":", 1) for phrase in call.phrases if ":" in phrase)
    return wanted.get("number", call.number), wanted.get("window", call.window_id)
