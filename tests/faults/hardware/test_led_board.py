"""The number board: right now, right again after every outage, honest about what it cannot do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from rig import DICE, QUICK, Sim, at_work, offline, online, simulated
from rig_window import shows
from structlog.testing import capture_logs

from hardware.drivers.led_board import NumberBoard, Timing
from hardware.errors import BadDeviceUrl
from hardware.registry import REGISTRY, Settings
from hardware.roles import DeviceKind
from hardware.roles_window import PAUSED_TEXT, PanelMessage
from hardware.shared_line import SharedLine, SharedLines
from hardware.supervise import running
from hardware.transport import open_link, parse_url

BLANK = 65535
RIGHT_AGAIN_S = 5.0
"""How long a board may be wrong after it is back."""


def board_on(
    line: SharedLine, board_id: int = 1, blank: int | None = BLANK, refresh_s: float = 0.2
) -> NumberBoard:
    return NumberBoard(
        f"panel-{board_id}",
        line.open,
        board_id,
        blank=blank,
        randomness=DICE,
        timing=Timing(refresh_s=refresh_s, blink_s=0.1),
        backoff=QUICK,
    )


def line_to(sim: Sim) -> SharedLine:
    return SharedLine(lambda: open_link(parse_url(sim.url)), baud_bd=115200, gap_s=0.005)


@pytest.fixture(params=["pty"])
async def sim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sim]:
    pty = request.param == "pty"
    kind, blank = DeviceKind.CALL_DISPLAY, str(BLANK)
    async with simulated(kind, tmp_path, pty=pty, blank=blank) as simulator:
        yield simulator


both_lines = pytest.mark.parametrize("sim", ["pty", "tcp"], indirect=True)


@both_lines
@pytest.mark.parametrize("fault", [{}, {"delay_s": 0.02}, {"split_bytes": 1}, {"pace_bd": 9600}])
async def test_the_newest_number_is_shown(sim: Sim, fault: dict[str, Any]) -> None:
    board = board_on(line_to(sim))
    async with at_work(board):
        await online(board)
        await sim.tell("fault", **fault)
        for text, seen in (("A012", "012"), (PAUSED_TEXT, ""), ("B999", "999")):
            board.show(PanelMessage(text))
            await shows(sim, seen)
        board.clear()
        await shows(sim, "")


async def test_a_recall_blinks_and_ends_with_the_number(sim: Sim) -> None:
    board = board_on(line_to(sim))
    async with at_work(board), sim.watching() as events:
        board.show(PanelMessage("A012", attempt=1))
        await shows(sim, "012")
        seen = []
        board.show(PanelMessage("A012", attempt=2))
        async with asyncio.timeout(10):
            while seen.count("") < 4 or seen[-1] != "012":
                event = await anext(events)
                if event["event"] == "shown":
                    seen.append(event["text"])
        assert set(seen) == {"", "012"}


async def test_a_board_without_a_dark_code_never_blinks(tmp_path: Path) -> None:
    async with simulated(DeviceKind.CALL_DISPLAY, tmp_path) as sim:
        board = board_on(line_to(sim), blank=None)
        async with at_work(board), sim.watching() as events:
            board.show(PanelMessage("A012", attempt=1))
            await shows(sim, "012")
            board.clear()
            await shows(sim, "000")
            texts = []
            async with asyncio.timeout(5):
                while "000" not in texts:
                    event = await anext(events)
                    texts += [event["text"]] if event["event"] == "shown" else []
            assert texts == ["012", "000"]


async def test_a_board_that_lost_its_power_is_right_again_by_itself(sim: Sim) -> None:
    board = REGISTRY["led-number-board"].build(Settings("panel", parse_url(sim.url)))
    async with at_work(board):
        board.show(PanelMessage("A012"))  # type: ignore[attr-defined]
        await shows(sim, "012")
        await sim.tell("dark")
        board.show(PanelMessage("A013"))  # type: ignore[attr-defined]
        await sim.tell("light")
        await shows(sim, "013", RIGHT_AGAIN_S)


async def test_a_line_pulled_out_and_put_back_is_right_again_in_time(sim: Sim) -> None:
    board = REGISTRY["led-number-board"].build(Settings("panel", parse_url(sim.url)))
    async with at_work(board):
        board.show(PanelMessage("A012"))  # type: ignore[attr-defined]
        await shows(sim, "012")
        await sim.tell("unplug")
        assert (await offline(board)).faults == ("unavailable",)
        board.show(PanelMessage("A013"))  # type: ignore[attr-defined]
        await asyncio.sleep(
            2.5
        )  # long enough for the pauses between attempts to be at their longest
        await sim.tell("replug")
        await shows(sim, "013", RIGHT_AGAIN_S)


async def test_a_pulled_line_is_noticed_without_anything_to_say(sim: Sim) -> None:
    board = board_on(line_to(sim), refresh_s=1000.0)
    async with at_work(board):
        await online(board)
        await sim.tell("unplug")
        assert (await offline(board)).faults == ("unavailable",)


async def test_a_damaged_number_is_put_right(sim: Sim) -> None:
    board = board_on(line_to(sim))
    async with at_work(board):
        await online(board)
        await sim.tell("fault", loss=0.3, flip=0.05)
        board.show(PanelMessage("A321"))
        await asyncio.sleep(0.5)
        await sim.tell("fault")
        await shows(sim, "321")


async def test_two_boards_on_one_line_show_their_own(sim: Sim) -> None:
    line = line_to(sim)
    mine, other = board_on(line, 1), board_on(line, 2)
    async with at_work(mine):
        other.show(PanelMessage("222"))
        mine.show(PanelMessage("111"))
        async with running(other):
            await online(other)
            await shows(sim, "111")
            await asyncio.sleep(0.5)
            assert (await sim.tell("state"))["shown"] == "111"


async def test_lost_letters_are_told_once() -> None:
    board = board_on(SharedLine(lambda: open_link(parse_url("tcp://127.0.0.1:1"))))
    with capture_logs() as log:
        board.show(PanelMessage("2012"))
        assert log == []
        for text in ("A012", "B012"):
            board.show(PanelMessage(text))
    assert [line["event"] for line in log] == ["letters-not-shown"]


@pytest.mark.parametrize(
    "url",
    [
        "serial:///dev/x?id=0", "serial:///dev/x?id=256", "serial:///dev/x?digits=5",
        "serial:///dev/x?blank=65536", "serial:///dev/x?blank=dark", "tcp://h:1?address=2",
    ],
)  # fmt: skip
def test_a_wrong_board_is_refused(url: str) -> None:
    with pytest.raises(BadDeviceUrl):
        REGISTRY["led-number-board"].build(Settings("panel", parse_url(url)))


@pytest.mark.parametrize(
    ("type_id", "url"),
    [
        ("call-pad", "serial:///dev/x?address=0"), ("call-pad", "serial:///dev/x?address=255"),
        ("call-pad", "serial:///dev/x?values=1,0"), ("call-pad", "tcp://h:1?repeat_ms=0"),
        ("call-pad", "tcp://h:1?repeat_ms=6000"), ("rater", "serial:///dev/x?values=1"),
        ("rater", "serial:///dev/x?values=1,1"), ("rater", "serial:///dev/x?values=good,bad"),
        ("rater", "serial:///dev/x?values=0,256"),
    ],
)  # fmt: skip
def test_a_wrong_pad_or_rater_is_refused(type_id: str, url: str) -> None:
    with pytest.raises(BadDeviceUrl):
        REGISTRY[type_id].build(Settings("d", parse_url(url)))


def test_two_speeds_on_one_line_are_refused() -> None:
    lines = SharedLines()
    first = parse_url("serial:///dev/x?baud=9600&address=1")
    assert lines.line(first) is lines.line(parse_url("serial:///dev/x?address=2"))
    assert lines.line(first) is not lines.line(parse_url("serial:///dev/y?address=1"))
    with pytest.raises(BadDeviceUrl):
        lines.line(parse_url("serial:///dev/x?baud=19200&address=2"))
