"""Golden bytes of what stands at a window: codecs and simulators meet only here."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from hardware.registry import SimOptions
from hardware.roles_window import PadKey, PadPress
from hardware.sim.bench import Desk
from hardware.sim.call_pad import SimPad
from hardware.sim.control import Events
from hardware.sim.led_board import SimBoard
from hardware.sim.rater import SimRater
from hardware.wire.call_pad import (
    PadDecoder,
    ask_frame,
    beep_frame,
    display_frame,
    level_of,
    rating_answer,
)
from hardware.wire.led_board import number_frame, number_in

GOLDEN = Path(__file__).parents[2] / "golden" / "devices"
PAD, RATER, BOARD = (
    json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("call-pad", "rater", "led-number-board")
)
VALUES = (1, 0, 2, 3)


def named(vectors: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["name"] for vector in vectors])


def desk(place: Path, said: list[bytes], **options: str) -> Desk:
    made: Mapping[str, str] = MappingProxyType(options)
    return Desk(said.append, Events(), SimOptions(None, 0, place / "c", place, made))


@named(PAD["presses"])
def test_a_pressed_key_is_read_and_said_again_unchanged(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    (frame,) = PadDecoder().feed(data)
    assert frame.address == vector["address"]
    assert frame.press() == PadPress(PadKey(vector["key"]), vector["digits"])
    assert frame.to_bytes() == data


@named(PAD["quiet"])
def test_what_asks_for_nothing_is_no_press(vector: dict[str, Any]) -> None:
    (frame,) = PadDecoder().feed(bytes.fromhex(vector["hex"]))
    assert frame.press() is None
    assert frame.is_press is vector["press"]


@named(PAD["presses"])
async def test_the_simulated_pad_says_the_golden_bytes(
    vector: dict[str, Any], tmp_path: Path
) -> None:
    said: list[bytes] = []
    pad = SimPad(desk(tmp_path, said, address=str(vector["address"])))
    await pad.command({"do": "press", "key": vector["key"], "digits": vector["digits"]})
    assert said == [bytes.fromhex(vector["hex"])]
    pad.receive(said[0])
    assert pad.state()["echoed"] == 1


@named(PAD["display"])
def test_six_digits_are_the_golden_bytes_and_the_simulated_pad_shows_them(
    vector: dict[str, Any], tmp_path: Path
) -> None:
    made = display_frame(vector["address"], vector["waiting"], vector["number"]).to_bytes()
    assert made == bytes.fromhex(vector["hex"])
    pad = SimPad(desk(tmp_path, [], address=str(vector["address"])))
    pad.receive(made)
    waiting = "" if vector["waiting"] is None else f"{min(vector['waiting'], 999):03}"
    assert pad.state()["shown"] == waiting.rjust(3) + vector["number"][-3:].rjust(3)
    assert (tmp_path / "pad.png").read_bytes().startswith(b"\x89PNG")


def test_a_beep_is_the_golden_bytes(tmp_path: Path) -> None:
    made = beep_frame(PAD["beep"]["address"]).to_bytes()
    assert made == bytes.fromhex(PAD["beep"]["hex"])
    pad = SimPad(desk(tmp_path, []))
    pad.receive(made)
    assert pad.state()["beeps"] == 1


def test_asking_for_a_rating_is_the_golden_bytes_and_starts_the_simulated_rater(
    tmp_path: Path,
) -> None:
    made = ask_frame(RATER["ask"]["address"]).to_bytes()
    assert made == bytes.fromhex(RATER["ask"]["hex"])
    rater = SimRater(desk(tmp_path, []))
    rater.receive(made)
    assert rater.state()["asking"]
    assert (tmp_path / "rater.png").read_bytes().startswith(b"\x89PNG")


@named(RATER["ratings"])
def test_a_rating_is_read_and_answered(vector: dict[str, Any]) -> None:
    (frame,) = PadDecoder().feed(bytes.fromhex(vector["hex"]))
    assert level_of(frame, VALUES) == vector["level"]
    assert rating_answer(frame).to_bytes() == bytes.fromhex(vector["answer"])


@named(RATER["ratings"])
async def test_the_simulated_rater_says_the_golden_bytes_and_rests_when_answered(
    vector: dict[str, Any], tmp_path: Path
) -> None:
    said: list[bytes] = []
    data = bytes.fromhex(vector["hex"])
    rater = SimRater(desk(tmp_path, said, address=str(data[5])))
    await rater.command({"do": "rate", "value": data[7]})
    assert said == [data]
    rater.receive(bytes.fromhex(vector["answer"]))
    assert rater.state()["answered"] == 1


@named(BOARD["frames"])
async def test_a_number_is_the_golden_bytes_and_the_simulated_board_shows_it(
    vector: dict[str, Any], tmp_path: Path
) -> None:
    made = number_frame(vector["id"], vector["number"])
    assert made == bytes.fromhex(vector["hex"])
    board = SimBoard(desk(tmp_path, [], id=str(vector["id"]), digits="5"))
    board.receive(made)
    assert board.state()["shown"] == f"{vector['number']:05}"
    assert (tmp_path / "panel.png").read_bytes().startswith(b"\x89PNG")


async def test_a_board_takes_no_number_that_is_not_its_own(tmp_path: Path) -> None:
    board = SimBoard(desk(tmp_path, [], id="3"))
    board.receive(number_frame(2, 17) + number_frame(3, 18)[:3] + b"\0" + number_frame(3, 19))
    assert board.state() == {"shown": "019", "frames": 1, "powered": True}
    await asyncio.sleep(0)


@pytest.mark.parametrize("vector", BOARD["labels"], ids=str)
def test_a_board_shows_the_last_digits_of_a_label(vector: dict[str, Any]) -> None:
    assert number_in(vector["text"], vector["digits"]) == vector["number"]


@pytest.mark.parametrize("number", [-1, 65536])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(OverflowError):
        number_frame(1, number)
