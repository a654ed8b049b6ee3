"""Somebody at the kiosk who knows only what stands on the screen: words, and where they are.

No names of screens, no ids of buttons, no sign that a page is ready: they read, touch the middle of
what they want, and touch again when nothing happened, as people do.
"""

import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from script.hall_demo import hall as demo
from script.hall_demo.remote import Remote

NUMBER = re.compile(r"[A-Z]\d{3}")
READS_S = 0.7
TRIES_AGAIN_S = 4.0
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Words:
    """What the walk looks for, in the language of the screen."""

    language: str
    take: str
    look_up: str
    progress: str
    topic: str
    bring: str
    done: str
    start_page: str
    more: str


WORDS = (
    Words("中文", "取号", "查询", "查进度", "就业", "要带的材料", "完成", "首页", "下一页"),
    Words(
        *("English", "Take a number", "Look it up", "My progress", "Work"),
        *("What to bring", "Done", "Start page", "More"),
    ),
)


def _lasting(texts: Iterable[str]) -> frozenset[str]:
    """Without clock and figures, which change by themselves."""
    return frozenset(text for text in texts if not any(sign.isdigit() for sign in text))


class Walker:
    """See the module."""

    def __init__(self, kiosk: Remote, hall: demo.Hall) -> None:
        self._kiosk = kiosk
        self._hall = hall

    def read(self) -> dict[str, tuple[int, int]]:
        """Every text on the screen, and its middle."""
        texts = self._kiosk.ask(do="look")["texts"]
        return {
            text["text"]: (text["x"] + text["w"] // 2, text["y"] + text["h"] // 2) for text in texts
        }

    def sees(self, wanted: Callable[[str], bool]) -> str:
        """Wait until a text is there; which.

        Raises:
            AssertionError: It never was.
        """
        until_s = time.monotonic() + PATIENCE_S
        while True:
            texts = self.read()
            found = [text for text in texts if wanted(text)]
            if found:
                return found[0]
            assert time.monotonic() < until_s, f"not to be seen; there is {sorted(texts)}"
            time.sleep(0.2)

    def touch(self, words: str) -> None:
        """Touch a text, and once more when the page stays as it is."""
        self.sees(lambda text: text == words)
        time.sleep(READS_S)
        before = self.read()
        until_s = time.monotonic() + PATIENCE_S
        while words in before:
            x, y = before[words]
            self._kiosk.ask(do="tap", x=x, y=y)
            again_s = time.monotonic() + TRIES_AGAIN_S
            while _lasting(self.read()) == _lasting(before):
                if time.monotonic() > again_s:
                    break
                time.sleep(0.1)
            else:
                return
            assert time.monotonic() < until_s, f"{words} does nothing"
            before = self.read()

    def find(self, wanted: str, words: Words) -> None:
        """Touch something that is here or on a following leaf."""
        seen = self.sees(lambda text: text in {wanted, words.more})
        while seen != wanted and wanted not in self.read():
            self.touch(words.more)
            seen = self.sees(lambda text: text in {wanted, words.more})
        self.touch(wanted)

    def lay_card(self, card: str) -> None:
        """On the reader, and away again once something happens on the screen."""
        before = _lasting(self.read())
        self._tell_reader(json.dumps({"do": "lay", "card": card}))
        until_s = time.monotonic() + PATIENCE_S
        while _lasting(self.read()) == before:
            assert time.monotonic() < until_s, "the card is not noticed"
            time.sleep(0.1)
        self._tell_reader("take")

    def _tell_reader(self, command: str) -> None:
        control = (self._hall.reader or {})["control"]
        demo.shell([str(demo.BIN / "bianmin-hardware"), "tell", control, command])

    def number_with_card(self, words: Words, card: str) -> str:
        """From the first screen to a number."""
        self.lay_card(card)
        self.find(words.topic, words)
        self.touch(words.take)
        number = self.sees(lambda text: NUMBER.fullmatch(text) is not None)
        self.touch(words.done)
        return number

    def choose(self, words: Words) -> None:
        """The language, unless the first screen speaks it already."""
        time.sleep(READS_S)
        if words.take not in self.read():
            self.touch(words.language)
        self.sees(lambda text: text == words.take)

    def guide(self, words: Words) -> None:
        """What to bring, without taking a number."""
        self.choose(words)
        self.touch(words.look_up)
        self.find(words.topic, words)
        self.sees(lambda text: text == words.bring)
        self.touch(words.start_page)

    def progress(self, words: Words, card: str) -> str:
        """Where the number stands."""
        self.touch(words.progress)
        time.sleep(READS_S)
        self.lay_card(card)
        return self.sees(lambda text: NUMBER.fullmatch(text) is not None)
