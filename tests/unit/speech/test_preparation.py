import asyncio
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from hardware.speech.espeak import EDITION
from hardware.speech.samples import length_s, read_sound
from hardware.speech.sounds import NoVoice
from kiosk.config import load_config
from kiosk.speech_texts import SpeechPreparation, texts_of
from kiosk.wiring_devices import speech_preparation
from queue_server.contract.messages import Catalogue
from tests.fakes_kiosk import catalogue


class NotingLibrary:
    """Notes what it was asked for; fails while told to."""

    def __init__(self) -> None:
        self.prepared: list[list[tuple[str, str]]] = []
        self.kept: list[list[tuple[str, str]]] = []
        self.broken = False
        self.asked = 0

    async def prepare(self, texts: list[tuple[str, str]]) -> int:
        self.asked += 1
        if self.broken:
            raise NoVoice
        self.prepared.append(texts)
        return len(texts)

    def forget_others(self, texts: list[tuple[str, str]]) -> int:
        self.kept.append(texts)
        return 0


async def _until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while True:
            if happened():
                return
            await asyncio.sleep(0.005)


async def test_each_catalogue_is_spoken_ahead_once_and_the_old_one_forgotten() -> None:
    library = NotingLibrary()
    newest: list[Catalogue] = []
    work = SpeechPreparation(library, lambda: newest[-1] if newest else None, 0.001)
    task = asyncio.create_task(work.run())
    await asyncio.sleep(0.02)
    assert library.asked == 0
    newest.append(catalogue())
    await _until(lambda: library.kept)
    newest.append(catalogue().model_copy(update={"hash": "new", "hall_name": {"en": "Elsewhere"}}))
    await _until(lambda: len(library.kept) == 2)
    await asyncio.sleep(0.02)
    task.cancel()
    assert library.kept == [texts_of(each) for each in newest]
    assert list(chain.from_iterable(library.prepared)) == list(chain.from_iterable(library.kept))
    assert ("Elsewhere", "en") in library.kept[1]


async def test_nothing_is_spoken_ahead_while_somebody_is_at_the_kiosk() -> None:
    library = NotingLibrary()
    busy = [True]
    work = SpeechPreparation(library, catalogue, 0.001, busy=lambda: busy[0])
    task = asyncio.create_task(work.run())
    await asyncio.sleep(0.05)
    assert library.asked == 0
    busy[0] = False
    await _until(lambda: library.kept)
    task.cancel()


async def test_a_voice_that_cannot_speak_is_asked_again_later_and_ends_nothing() -> None:
    library = NotingLibrary()
    library.broken = True
    task = asyncio.create_task(
        SpeechPreparation(library, catalogue, 0.001, again_after_s=0.01).run()
    )
    await _until(lambda: library.asked >= 2)
    library.broken = False
    await _until(lambda: library.kept)
    assert not task.done()
    task.cancel()


async def test_a_kiosk_with_a_loudspeaker_keeps_its_catalogue_spoken(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        'device_id = "k1"\ndata_dir = "data"\n[server]\nurl = "http://127.0.0.1:1"\n'
        '[speaker]\nurl = "alsa://default"\n',
        "utf-8",
    )
    newest = catalogue().model_copy(
        update={
            "topics": [],
            "groups": [],
            "items": [],
            "priority_classes": [],
            "hall_name": {"zh-CN": "云山乡便民服务中心", "en": "Cloud Hill Hall"},
        }
    )
    work = speech_preparation(load_config(file), lambda: newest)
    task = asyncio.create_task(work.run())
    folder = tmp_path / "data" / "speech" / EDITION
    await _until(lambda: len(sorted(folder.glob("*.wav"))) >= 2)
    task.cancel()
    assert all(0.5 < length_s(read_sound(path)) < 5 for path in folder.glob("*.wav"))
