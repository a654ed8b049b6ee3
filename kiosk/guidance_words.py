"""What guidance says: of a page, of a part of it, of a key. Pure, but for looking sounds up.

Everything that is said stands in the catalogue of translations or on the page itself; a number is
spelt by the phrase bank, sign by sign, and at its issue twice.
"""

import re
from collections.abc import Callable
from typing import Final

from hardware.roles_voice import Spoken
from kiosk.call_words import SpokenWords
from kiosk.guidance import SHORT_SIGNS, Bit, Hint, Page, Part, Place, Role, Utterance
from kiosk.lang import Languages, Speech
from kiosk.signals import Kind
from kiosk.visit import Screen, Session, Voice
from queue_server.contract.problems import N_

LABEL: Final = re.compile(r"[A-Z]{1,2}\d{0,2}-?\d{2,4}")
"""A ticket's number, which is spelt and never read as a quantity."""
LEAF: Final = re.compile(r"(\d+) / (\d+)")
HIDDEN: Final = re.compile(r"[^\s，。、,.;；:：!！?？（）()]*\*[^\s，。、,.;；:：!！?？（）()]*")
"""A name in its hidden form (吴*朵): for one person's ears only."""
AT_ISSUE: Final = frozenset({Screen.PRINTING, Screen.TICKET})
PRIVACY: Final = N_(
    "A card or code is read only to find your number again today. "
    "This machine keeps nothing; the hall keeps your name in hidden form."
)
"""Said wherever it stands."""

KEYS: Final = (
    N_("Voice guidance is on."),
    N_("The down and up keys walk through the page, enter chooses."),
    N_("A digit leads to the choice of that number. Star says it again."),
    N_("The point key says which numbers are being served. Plus and minus change the loudness."),
)
TOUCHING: Final = (
    N_("Voice guidance is on."),
    N_("Touch a thing to hear it, touch it once more to choose it."),
)
HINTS: Final = {
    Hint.NOTHING_CHOSEN: N_("There is nothing to choose here. Press down to go on."),
    Hint.NO_WAY: N_("There is no way back from here."),
    Hint.NO_SUCH_CHOICE: N_("There is no choice of that number."),
    Hint.LOUDER: N_("Louder"),
    Hint.SOFTER: N_("Softer"),
    Hint.LOUDEST: N_("It does not get any louder."),
    Hint.SOFTEST: N_("It does not get any softer."),
    Hint.MORE_TIME: N_("You have more time now."),
}


class GuidanceWords:
    """Fulfils `kiosk.guidance.Words`.

    Args:
        languages: Of the kiosk.
        spoken: Finds the clips of numbers.
        session: The state of the flow now.
    """

    def __init__(
        self, languages: Languages, spoken: SpokenWords, session: Callable[[], Session]
    ) -> None:
        self._languages = languages
        self._spoken = spoken
        self._session = session

    def greeting(self, page: Page) -> Utterance:
        """How the keys work, or how touching works."""
        aloud = self._session().voice is Voice.ALOUD
        return tuple(self._said(page, words) for words in (TOUCHING if aloud else KEYS))

    def entry(self, page: Page) -> Utterance:
        """A new page: all of a short one; else its title, its notes and what it asks.

        The number comes first where it has just been given, and twice; the privacy notice is never
        left out. How many choices there are comes last.
        """
        here = [part for part in page.parts if part.place is page.front]
        texts = [part for part in here if part.role is not Role.TOUCH]
        is_short = sum(part.signs for part in texts) <= SHORT_SIGNS
        bits = list(self._number(page))
        if not bits and not any(part.role is Role.TITLE for part in texts):
            bits += self._hall(page)
        privacy = self._speech(page).gettext(PRIVACY)
        for part in texts:
            must = part.role in {Role.TITLE, Role.NOTE} or privacy in part.texts
            if is_short or must:
                bits += [bit for bit in self._texts(page, part) if not self._is_number(bit.text)]
        return (*bits, *self._count(page))

    def part(self, page: Page, index: int) -> Utterance:
        """Its words, whether it is chosen, and which one it is of how many."""
        part = page.parts[index]
        bits = list(self._texts(page, part))
        if part.chosen:
            bits.append(self._said(page, N_("chosen")))
        choices = page.choices()
        if index in choices:
            words = self._speech(page).gettext(N_("{n} of {count}"))
            n = choices.index(index) + 1
            bits.append(self._bit(words.format(n=n, count=len(choices)), page.language))
        return tuple(bits)

    def warning(self, page: Page) -> Utterance:
        """How long is left, and how to get more."""
        sheet = [part for part in page.parts if part.place is Place.WARNING]
        bits = [
            bit for part in sheet if part.role is not Role.TOUCH for bit in self._texts(page, part)
        ]
        if self._session().voice is Voice.ALOUD:
            label = " ".join(t for part in sheet if part.kind is Kind.STAY for t in part.texts)
            words = self._speech(page).gettext(N_("Touch “{label}” for more time."))
            return (*bits, self._bit(words.format(label=label), page.language))
        return (*bits, self._said(page, N_("Press any key for more time.")))

    def serving(self, page: Page) -> Utterance:
        """Window by window, as the board has it."""
        board = self._session().world.board
        rows = [row for row in (board.serving if board else []) if row.number]
        if not rows:
            return (self._said(page, N_("No number is being served just now.")),)
        words = self._speech(page).gettext(N_("Window {window}: {number}"))
        return tuple(
            Bit(
                words.format(window=row.window_id, number=row.number),
                page.language,
                self._spoken.serving(row.window_id, row.number or "", page.language).clips,
            )
            for row in rows
        )

    def hint(self, page: Page, what: Hint) -> Utterance:
        """Why a key did nothing, or what it did."""
        return (self._said(page, HINTS[what]),)

    # --- pieces -----------------------------------------------------------------------------------

    def _speech(self, page: Page) -> Speech:
        return self._languages.speech(page.language)

    def _said(self, page: Page, msgid: str) -> Bit:
        return Bit(self._speech(page).gettext(msgid), page.language)

    def _bit(self, text: str, language: str) -> Bit:
        """A text as it may be said: in front of others without anybody's name."""
        if self._session().voice is Voice.ALOUD:
            text = HIDDEN.sub("", text)
        return Bit(text, language)

    def _texts(self, page: Page, part: Part) -> list[Bit]:
        # A language is named in itself.
        language = part.value if part.kind is Kind.LANGUAGE else page.language
        return [self._text(text, language, page) for text in part.texts]

    def _text(self, text: str, language: str, page: Page) -> Bit:
        if LABEL.fullmatch(text):
            return Bit(text, language, self._spoken.spelt(text, language).clips)
        if leaf := LEAF.fullmatch(text):
            words = self._speech(page).gettext(N_("Leaf {n} of {count}"))
            return self._bit(words.format(n=leaf[1], count=leaf[2]), language)
        return self._bit(text, language)

    def _is_number(self, text: str) -> bool:
        """Whether it is the number that was just given."""
        session = self._session()
        ticket = session.visit.ticket
        return session.screen in AT_ISSUE and ticket is not None and text == ticket.number

    def _number(self, page: Page) -> Utterance:
        """The number that was just given, twice."""
        ticket = self._session().visit.ticket
        shown = any(self._is_number(text) for part in page.parts for text in part.texts)
        if ticket is None or not shown:
            return ()
        words = self._speech(page).gettext(N_("Your number is {number}."))
        said: Spoken = self._spoken.issued(ticket.number, page.language)[0]
        bit = Bit(words.format(number=ticket.number), page.language, said.clips)
        return (bit, bit)

    def _hall(self, page: Page) -> list[Bit]:
        """The first screen asks nothing; it says where one is."""
        if self._session().screen is not Screen.HOME:
            return []
        head = [part for part in page.parts if part.place is Place.HEAD and not part.kind]
        return self._texts(page, head[0]) if head else []

    def _count(self, page: Page) -> Utterance:
        count = len(page.choices())
        if not count or self._session().voice is Voice.ALOUD:
            return ()
        words = self._speech(page).ngettext(
            "One choice. Press down to hear it.",
            "{n} choices. Press down to hear them one by one.",
            count,
        )
        return (Bit(words, page.language),)
