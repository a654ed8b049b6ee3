"""Somebody who cannot see: has a keypad under their fingers and headphones on, and nothing else.

What the simulated sound card kept is understood by comparing it, sample by sample, with how the
product's own voice says the sentences that they know; what is no sentence of theirs is noise.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from hardware.drivers.announcer_mouth import Timing
from hardware.registry import SimOptions, default_for
from hardware.roles import DeviceKind
from hardware.roles_voice import CHIME_ATTENTION, Spoken
from hardware.sim.control import tell
from hardware.speech.espeak import EspeakVoice
from hardware.speech.sounds import BankSounds
from tests.sounds import RATE_HZ, Sound, Wave, sounds, strongest

KEYS = {f"{n}": code for n, code in enumerate((82, 79, 80, 81, 75, 76, 77, 71, 72, 73))} | {
    "up": 98, "down": 108, "enter": 96, "back": 14, "home": 102, "help": 138, "repeat": 55,
    "serving": 83, "louder": 78, "softer": 74,
}  # fmt: skip
"""What a numeric block sends (linux/input-event-codes.h)."""
SLACK = 2400
"""Samples by which a sound may be longer than the sentence it is: ALSA fills up its last period."""
NOISE = "…"
PATIENCE_S = 8.0
"""How long they wait in silence before they try again: the machine may be busy."""
SPEED = "40"
CHOICES_MAX = 6
"""They never go further than this on a page."""
COUNTS = (1, 2, 3, 4, 5, 6, 14)
"""How many choices the pages on their way have."""
LEAVES_MAX = 4


class Blind:
    """See the module.

    Attributes:
        heard: Every sentence that was understood, in order.
        leads_on: What is said of the way to the next leaf of a page.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._voice = BankSounds(voice=EspeakVoice())
        self._known: dict[str, list[Wave]] = {}
        self._numbers: dict[int, set[str]] = {}
        self._seen = 0
        self._since_s = 0.0
        self._chime = 0
        self.heard: list[str] = []
        self.leads_on: set[str] = set()

    async def learn(self, language: str, texts: Iterable[str]) -> None:
        """Know these sentences by ear."""
        pause = round(Timing().after_chime_s * RATE_HZ)
        self._chime = self._voice.chime(CHIME_ATTENTION).size + pause
        for text in texts:
            await self.learn_spoken(text, Spoken(language, (), text))

    async def learn_numbers(self, language: str, words: str) -> None:
        """Know how it is said that a choice is the `{n}`th of so many."""
        for n in range(1, CHOICES_MAX + 1):
            these = {words.format(n=n, count=count) for count in COUNTS if n <= count}
            self._numbers.setdefault(n, set()).update(these)
            await self.learn(language, these)

    async def learn_spoken(self, text: str, spoken: Spoken) -> None:
        """Know one that the bank puts together."""
        sound = (await self._voice.speech(spoken)).astype(np.float64)
        self._known.setdefault(text, []).append(sound)

    async def press(self, key: str) -> None:
        """Once; what began to be said before is no answer to it."""
        await self._keys({"do": "press", "code": KEYS[key]})
        self._since_s = asyncio.get_running_loop().time()

    async def hold(self, key: str, times: int = 30) -> None:
        """For as long as the keyboard repeats it so many times."""
        await self._keys({"do": "hold", "code": KEYS[key], "times": times})

    async def _keys(self, command: dict[str, object]) -> None:
        assert (await tell(self._place / "keys.control", command))["ok"]

    async def hear(self, within_s: float = PATIENCE_S) -> list[str]:
        """What is said from now on, `NOISE` where it was not understood; empty: silence."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    fresh = sounds(self._place / "headphones", self._seen)
                    self._seen += len(fresh)
                    answers = [each for each in fresh if each.begins_s >= self._since_s]
                    if answers:
                        understood = [self._understand(each) for each in answers]
                        self.heard += understood
                        return understood
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return []

    async def hear_until(self, text: str, within_s: float = 20.0) -> None:
        """Listen on until this is said."""
        async with asyncio.timeout(within_s):
            while text not in await self.hear():
                pass

    def _understand(self, sound: Sound) -> str:
        if sound.cut:
            return NOISE
        for text, ways in self._known.items():
            for way in ways:
                more = sound.samples.size - way.size
                is_as_long = 0 <= more <= SLACK or 0 <= more - self._chime <= SLACK
                if is_as_long and strongest(sound.samples, way):
                    return text
        return NOISE

    async def start(self) -> None:
        """Press a key until something is said: the kiosk may still be starting."""
        for _ in range(20):
            await self.press("enter")
            if await self.hear(3.0):
                return
        raise AssertionError("nothing was ever said")

    async def choose(self, wanted: str, then: str) -> None:
        """Go through the choices by their numbers until the wanted one is said, and take it.

        Args:
            wanted: What is said of the choice.
            then: What is said next, when it was taken.
        """
        for _leaf in range(LEAVES_MAX):
            if await self._find(wanted):
                await self.take(then)
                return
            # Not on this leaf of the page; the last choice that there is turns it.
            await self.press("enter")
            await self.hear()
        raise AssertionError(f"{wanted} is not among the choices: {self.heard[-12:]}")

    async def _find(self, wanted: str) -> bool:
        """Bring it into focus; else what leads on, if there is such a thing."""
        for number in range(1, CHOICES_MAX + 1):
            await self.press(str(number))
            said = await self._all_of(number)
            if wanted in said:
                return True
            if self.leads_on.intersection(said):
                return False
        return False

    async def walk(self, key: str, wanted: str, then: str) -> None:
        """Go on, one after the other, until the wanted thing is said, and take it."""
        await self.walk_to(key, wanted)
        await self.take(then)

    async def walk_to(self, key: str, wanted: str) -> None:
        """Go on, one after the other, until the wanted thing is said."""
        for _ in range(40):
            await self.press(key)
            if await self._is(wanted):
                return
        raise AssertionError(f"{wanted} was never said: {self.heard[-12:]}")

    async def _is(self, wanted: str) -> bool:
        """Whether this is in focus: what was heard may be of the key before, so ask again."""
        if wanted not in await self.hear():
            return False
        await self.press("repeat")
        while said := await self.hear(2.0):
            if wanted in said:
                return True
        return False

    async def _all_of(self, number: int) -> list[str]:
        """What is said of a choice, up to the word that it is the one of that number."""
        said: list[str] = []
        while answers := await self.hear():
            said += answers
            if self._numbers[number].intersection(answers):
                break
        return said

    async def take(self, then: str) -> None:
        """Press enter; who hears that nothing came of it presses again.

        Where nothing is expected to be said, it is pressed once.
        """
        if not then:
            await self.press("enter")
            return
        for _ in range(3):
            await self.press("enter")
            while said := await self.hear(PATIENCE_S):
                if then in said:
                    return
        raise AssertionError(f"{then} was never said: {self.heard[-12:]}")


@asynccontextmanager
async def simulators(place: Path) -> AsyncIterator[str]:
    """A keypad, headphones and a printer; gives the tables of the kiosk's configuration."""
    keys = SimOptions(place / "keys", 0, place / "keys.control", place / "keys.out", {})
    ears = SimOptions(None, 0, place / "headphones.control", place / "headphones", {"speed": SPEED})
    paper = SimOptions(None, 0, place / "printer.control", place / "printer", {})
    found: dict[str, asyncio.Future[str]] = {}
    tasks = []
    for name, kind, options in (
        ("keypad", DeviceKind.KEYPAD, keys),
        ("headphones", DeviceKind.ANNOUNCER, ears),
        ("printer", DeviceKind.PRINTER, paper),
    ):
        found[name] = asyncio.get_running_loop().create_future()
        work = default_for(kind).simulate(options, found[name].set_result)
        tasks.append(asyncio.create_task(work, name=name))
    try:
        yield "".join([f'[{name}]\nurl = "{await url}"\n' for name, url in found.items()])
    finally:
        # What was accepted just now has a task that has not begun: let it begin, then end it.
        await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
