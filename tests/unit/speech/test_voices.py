import asyncio
import os
from pathlib import Path

import numpy as np
import pytest

from hardware.speech.bank import open_bank
from hardware.speech.espeak import EspeakVoice, syllables
from hardware.speech.library import REMEMBERED_MAX, SpeechLibrary
from hardware.speech.samples import Samples, length_s, read_sound
from hardware.speech.sounds import NoVoice


class CountingVoice:
    """A tone for every text, and which texts were asked for."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.broken = False

    async def say(self, text: str, language: str) -> Samples:
        if self.broken:
            raise NoVoice("broken")
        self.said.append((text, language))
        return np.full(1600, len(self.said), dtype=np.int16)


def _library(voice: CountingVoice, folder: Path, edition: str = "e1") -> SpeechLibrary:
    return SpeechLibrary(voice, edition, folder)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def _written(path: Path) -> str:
    """What another process writes into a file, as soon as it is there."""

    def look() -> str:
        return path.read_text("utf-8") if path.exists() else ""

    async with asyncio.timeout(30):
        while True:
            text = await asyncio.to_thread(look)
            if text:
                return text
            await asyncio.sleep(0.02)


def _program(folder: Path, body: str) -> str:
    path = folder / "voice"
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


# --- the library ------------------------------------------------------------------------------


async def test_what_was_prepared_is_not_spoken_again_even_by_the_next_program(
    tmp_path: Path,
) -> None:
    voice = CountingVoice()
    assert await _library(voice, tmp_path).prepare([("甲", "zh_CN"), ("a", "en")] * 2) == 2
    again = _library(voice, tmp_path)
    assert await again.prepare([("甲", "zh_CN")]) == 0
    assert (await again.say("甲", "zh_CN"))[0] == 1
    assert voice.said == [("甲", "zh_CN"), ("a", "en")]


async def test_the_same_letters_in_another_language_are_another_sound(tmp_path: Path) -> None:
    voice = CountingVoice()
    library = _library(voice, tmp_path)
    await library.prepare([("a", "en"), ("a", "zh_CN")])
    assert len(_files(tmp_path)) == 2


async def test_what_is_said_for_one_visitor_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    voice = CountingVoice()
    library = _library(voice, tmp_path)
    await library.say("张三您好", "zh_CN")
    await library.say("张三您好", "zh_CN")
    assert len(voice.said) == 1
    assert _files(tmp_path) == []


async def test_memory_holds_the_last_sentences_only(tmp_path: Path) -> None:
    voice = CountingVoice()
    library = _library(voice, tmp_path)
    for number in range(REMEMBERED_MAX + 1):
        await library.say(str(number), "en")
    await library.say(str(REMEMBERED_MAX), "en")
    assert len(voice.said) == REMEMBERED_MAX + 1
    await library.say("0", "en")
    assert len(voice.said) == REMEMBERED_MAX + 2


async def test_the_bank_comes_before_the_voice(tmp_path: Path) -> None:
    voice = CountingVoice()
    phrase = open_bank("zh_CN").saying("生孩子登记")
    assert phrase is not None
    said = await _library(voice, tmp_path).say("生孩子登记", "zh_CN")
    assert np.array_equal(said, read_sound(phrase.path))
    assert voice.said == []


async def test_a_damaged_file_is_spoken_anew(tmp_path: Path) -> None:
    voice = CountingVoice()
    await _library(voice, tmp_path).prepare([("甲", "zh_CN")])
    (path,) = _files(tmp_path)
    path.write_bytes(path.read_bytes()[:30])
    assert await _library(voice, tmp_path).prepare([("甲", "zh_CN")]) == 1
    assert length_s(read_sound(path)) == pytest.approx(0.1)


async def test_another_edition_of_the_voice_speaks_anew_and_old_files_go(tmp_path: Path) -> None:
    voice = CountingVoice()
    texts = [("甲", "zh_CN"), ("乙", "zh_CN")]
    await _library(voice, tmp_path).prepare(texts)
    new = _library(voice, tmp_path, "e2")
    assert await new.prepare(texts[:1]) == 1
    assert new.forget_others(texts[:1]) == 2
    assert len(_files(tmp_path)) == 1


async def test_a_voice_that_fails_keeps_what_it_said_before(tmp_path: Path) -> None:
    voice = CountingVoice()
    library = _library(voice, tmp_path)
    await library.prepare([("甲", "zh_CN")])
    voice.broken = True
    with pytest.raises(NoVoice):
        await library.prepare([("甲", "zh_CN"), ("乙", "zh_CN")])
    assert (await library.say("甲", "zh_CN")).size


# --- the program ------------------------------------------------------------------------------


async def test_an_unknown_language_and_a_missing_program_are_named() -> None:
    with pytest.raises(NoVoice):
        await EspeakVoice().say("x", "qq_QQ")
    with pytest.raises(NoVoice):
        await EspeakVoice("no-such-program").say("x", "en")


async def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    program = _program(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 600")
    with pytest.raises(NoVoice):
        await EspeakVoice(program, within_s=1.0).say("x", "en")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text("utf-8")), 0)


async def test_a_cancelled_sentence_leaves_no_process(tmp_path: Path) -> None:
    program = _program(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 600")
    task = asyncio.create_task(EspeakVoice(program).say("x", "en"))
    pid = int(await _written(tmp_path / "pid"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("answer", ["exit 0", "echo garbage", "printf RIFF", "exit 3"])
async def test_an_answer_that_is_no_sound_is_refused(tmp_path: Path, answer: str) -> None:
    with pytest.raises(NoVoice):
        await EspeakVoice(_program(tmp_path, f"cat > /dev/null; {answer}")).say("x", "en")


@pytest.mark.parametrize("text", ["--version", "-w out.wav", "<script>x</script>", "x\n--help\n"])
async def test_a_text_is_never_an_option(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = await EspeakVoice().say(text, "en")
    assert length_s(said) > 0.15
    assert _files(tmp_path) == []


async def test_nothing_to_say_is_no_sound() -> None:
    for language in ("zh_CN", "en"):
        assert (await EspeakVoice().say(" …—★ ", language)).size == 0


def test_syllables_carry_their_tone() -> None:
    assert syllables("绿色通道") == ["lv4", "se4", "tong1", "dao4"]
    assert syllables("银行") == ["yin2", "hang2"]
    assert syllables("了") == ["le5"]


async def test_mandarin_is_spoken_without_the_numbers_of_its_tones() -> None:
    text = "您的号码已经打印请取走号票"
    said = await EspeakVoice().say(text, "zh_CN")
    # 0.25 s a syllable at this speed; a voice that reads "nin2" as two words takes twice as long.
    assert 0.15 < length_s(said) / len(text) < 0.4
