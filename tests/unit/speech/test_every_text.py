"""Every text of the product can be heard: spoken by the voice that is installed with it.

A sample here; BIANMIN_LONG=1 says all of them, and with them every text of the shipped catalogue.
"""

import asyncio
import os
import re
from pathlib import Path

import numpy as np
import pytest
from babel.messages.pofile import read_po

from hardware.speech.espeak import EspeakVoice
from hardware.speech.samples import RATE_HZ, length_s
from hardware.speech.shaping import loudness_db
from kiosk.speech_texts import texts_of
from tests.fakes_kiosk import catalogue

LONG = os.environ.get("BIANMIN_LONG") == "1"
PO = Path("assets/locale/zh_CN/LC_MESSAGES/bianmin.po")
STEP = 1 if LONG else 23
AT_ONCE = 4
SHORTEST_S = {"zh_CN": 0.06, "en": 0.015}
LONGEST_S = {"zh_CN": 0.9, "en": 0.35}


def _filled(text: str) -> str:
    """As a visitor would read it: with something in its places."""
    return re.sub(r"\{[^}]*\}|%\([^)]*\)s|%s|%d", "3", text)


def _sentences() -> list[tuple[str, str]]:
    with PO.open("rb") as file:
        entries = [entry for entry in read_po(file, locale="zh_CN") if entry.id]
    found: dict[tuple[str, str], None] = {}
    for entry in entries:
        for text in entry.id if isinstance(entry.id, tuple) else (entry.id,):
            found[(_filled(text), "en")] = None
        for text in entry.string if isinstance(entry.string, tuple) else (entry.string,):
            found[(_filled(text), "zh_CN")] = None
    return list(found)


async def _wrong(text: str, language: str, turn: asyncio.Semaphore) -> str | None:
    """What is wrong with the sound of a text, or None."""
    async with turn:
        sound = await EspeakVoice().say(text, language)
    signs = sum(character.isalnum() for character in text)
    if not signs:
        return None if not sound.size else "sound for a text without words"
    # A figure is one sign and up to five syllables.
    signs_max = signs + 4 * sum(character.isdigit() for character in text) + 2
    if not signs * SHORTEST_S[language] <= length_s(sound) <= 0.5 + signs_max * LONGEST_S[language]:
        return f"{length_s(sound):.2f} s for {signs} signs"
    if abs(loudness_db(sound) + 20) > 1.5:
        return f"{loudness_db(sound):.1f} dB"
    return None


async def _check(texts: list[tuple[str, str]]) -> None:
    assert texts
    turn = asyncio.Semaphore(AT_ONCE)
    found = await asyncio.gather(*(_wrong(text, language, turn) for text, language in texts))
    wrong = {text: why for (text, _language), why in zip(texts, found, strict=True) if why}
    assert wrong == {}


@pytest.mark.timeout(900 if LONG else 120)
async def test_every_sentence_of_the_product_is_spoken_in_both_languages() -> None:
    await _check(_sentences()[::STEP])


@pytest.mark.timeout(900 if LONG else 120)
async def test_every_text_of_the_shipped_catalogue_is_spoken() -> None:
    await _check(texts_of(catalogue())[:: STEP * (1 if LONG else 3)])


def test_the_catalogue_s_names_come_first_and_its_details_after() -> None:
    texts = texts_of(catalogue())
    assert texts.index(("生孩子登记", "zh_CN")) < texts.index(("夫妻双方身份证", "zh_CN"))
    assert ("Register a pregnancy", "en") in texts
    assert ("ID cards of both spouses", "en") in texts
    assert len(texts) == len(set(texts))
    assert {language for _text, language in texts} == {"zh_CN", "en"}


def test_a_sound_is_of_our_rate_whatever_the_program_s() -> None:
    from hardware.speech.shaping import at_our_rate  # noqa: PLC0415

    at = np.arange(22050) / 22050
    tone = (np.sin(2 * np.pi * 440 * at) * 8000).astype(np.int16)
    spectrum = np.abs(np.fft.rfft(at_our_rate(tone, 22050)[:RATE_HZ]))
    assert int(spectrum.argmax()) == 440
    above = (np.sin(2 * np.pi * 9000 * at) * 8000).astype(np.int16)
    assert np.abs(at_our_rate(above, 22050)[200:-200]).max() < 800  # -20 dB
