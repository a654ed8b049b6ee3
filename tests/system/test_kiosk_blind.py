"""The whole journey from key bytes and captured sound alone: nobody looks at the screen.

The real kiosk program, a keypad's real events on a pty, a sound card that keeps what it is given,
a printer that keeps its paper. BIANMIN_LONG=1: in English as well, and the
guide of an item.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.call_words import SpokenWords
from kiosk.lang import Languages
from tests.blind import Blind, simulators
from tests.fakes_server import FakeHall, serving
from tests.system.kiosk_process import ENV, ROOT, write_config

pytestmark = [pytest.mark.system, pytest.mark.screen, pytest.mark.timeout(240)]

SAID = (
    "Voice guidance is on.",
    "Take a number",
    "What is it about?",
    "Done",
    "More",
    "Look it up",
    "What to bring",
    "There is nothing to choose here. Press down to go on.",
)
"""Sentences of the product that they know in each language."""


LONG = os.environ.get("BIANMIN_LONG") == "1"
SMALL = "[screen]\nwidth_px = 1280\nheight_px = 1024\n"


@dataclass(frozen=True)
class Matter:
    """What they came for, as the hall calls it."""

    language: str
    hall: str
    topic: str
    item: str
    number: str


CHINESE = Matter("zh_CN", "示例乡便民服务中心", "养老", "参加养老保险", "B001")
ENGLISH = Matter(
    "en", "Example Township Service Hall", "Old age", "Join the pension scheme", "B002"
)


@asynccontextmanager
async def kiosk(config: Path) -> AsyncIterator[None]:
    """The program, with no way to look on; its log lies beside its configuration."""
    program = [sys.executable, "-m", "kiosk", "run", "--config", str(config), "--offscreen"]
    with config.with_suffix(".log").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            *program, cwd=ROOT, env=ENV, stdout=asyncio.subprocess.DEVNULL, stderr=log
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                async with asyncio.timeout(20):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


@pytest.fixture
def hall() -> FakeHall:
    return FakeHall()


@pytest.fixture
async def blind(tmp_path: Path, hall: FakeHall) -> AsyncIterator[Blind]:
    with serving(hall) as url:
        async with (
            simulators(tmp_path) as tables,
            kiosk(write_config(tmp_path, url, SMALL + tables)),
        ):
            person = Blind(tmp_path)
            for matter in (CHINESE, ENGLISH):
                await know(person, matter)
            yield person


async def know(person: Blind, matter: Matter) -> None:
    """The sentences that they know in a language."""
    speech = Languages((matter.language,)).speech(matter.language)
    own = [matter.hall, matter.topic, matter.item, "English"]
    await person.learn(matter.language, [*map(speech.gettext, SAID), *own])
    await person.learn_numbers(matter.language, speech.gettext("{n} of {count}"))
    spoken = SpokenWords().issued(matter.number, matter.language)[0]
    await person.learn_spoken(matter.number, spoken)
    person.leads_on.add(speech.gettext("More"))


async def take_a_number(blind: Blind, matter: Matter) -> None:
    speech = Languages((matter.language,)).speech(matter.language)
    take = speech.gettext("Take a number")
    await blind.choose(take, then=speech.gettext("What is it about?"))
    await blind.choose(matter.topic, then=matter.topic)
    await blind.choose(matter.item, then=matter.item)
    await blind.choose(take, then=matter.number)
    await blind.hear_until(matter.number)  # and once more


async def read_a_guide(blind: Blind, matter: Matter) -> None:
    """What to bring, and then the way to a number for it; back to the first screen instead."""
    speech = Languages((matter.language,)).speech(matter.language)
    await blind.choose(speech.gettext("Look it up"), then=speech.gettext("What is it about?"))
    await blind.choose(matter.topic, then=matter.topic)
    await blind.choose(matter.item, then=matter.item)
    await blind.walk_to("down", speech.gettext("What to bring"))
    await blind.press("home")
    await blind.hear_until(matter.hall)


async def leave(blind: Blind, matter: Matter) -> None:
    """Done; and then it is quiet."""
    done = Languages((matter.language,)).speech(matter.language).gettext("Done")
    await blind.choose(done, then="")
    await asyncio.sleep(0.5)
    await blind.hear(0.2)
    assert await blind.hear(1.5) == []


def papers(tmp_path: Path) -> list[str]:
    return [file.read_text("utf-8") for file in sorted((tmp_path / "printer").glob("*.txt"))]


async def test_who_sees_nothing_takes_a_number(
    blind: Blind, hall: FakeHall, tmp_path: Path
) -> None:
    await blind.start()
    await take_a_number(blind, CHINESE)
    await blind.hold("enter")
    await leave(blind, CHINESE)
    matters = [CHINESE]
    if LONG:
        await blind.start()
        await blind.walk("up", "English", then=ENGLISH.hall)
        await take_a_number(blind, ENGLISH)
        await leave(blind, ENGLISH)
        matters.append(ENGLISH)
        await blind.start()
        await read_a_guide(blind, CHINESE)
    assert [ticket.number for ticket in hall.issued] == [one.number for one in matters]
    assert len(hall.asked) == len(matters)
    printed = papers(tmp_path)
    assert len(printed) == len(matters)
    for one, paper in zip(matters, printed, strict=True):
        assert one.number in paper
        assert one.item in paper
