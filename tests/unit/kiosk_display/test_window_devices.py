"""What panel and pad of a window show, as a function of what the hall says."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from hardware.errors import BadDeviceUrl
from hardware.roles_window import CallDisplay, CallPad, PanelMessage, Rater
from kiosk.config import ConfigError, load_config
from kiosk.display_main import run_window
from kiosk.feed_events import BoardChanged, StaleChanged, WindowChanged
from kiosk.fittings import Fittings, fault_codes
from kiosk.window_devices import WindowDevices, panel_message
from kiosk.wiring_devices import build_window_devices, fittings_of
from queue_server.contract.messages import (
    BoardSnapshot,
    WaitingRow,
    WindowSnapshot,
    WindowState,
)

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Shown:
    """A panel and a pad in one: notes what it is told."""

    def __init__(self) -> None:
        self.said: list[object] = []

    def show(self, *what: object) -> None:
        self.said.append(what[0] if len(what) == 1 else what)

    def beep(self) -> None:
        self.said.append("beep")


def at_window(
    state: WindowState, number: str | None = None, attempt: int = 0, rev: int = 1
) -> WindowChanged:
    return WindowChanged(
        WindowSnapshot(
            v=1,
            epoch=1,
            rev=rev,
            window_id="3",
            name="3",
            number=number,
            call_id=None,
            attempt=attempt,
            state=state,
            text={},
            at=NOW,
        )
    )


def waiting(*counts: int) -> BoardChanged:
    rows = {
        name: WaitingRow(group_id=name, name={}, count=count)
        for name, count in zip("ABCD", counts, strict=False)
    }
    return BoardChanged(
        BoardSnapshot(
            v=1,
            epoch=1,
            rev=1,
            hall_id="demo",
            hall_name={},
            business_date=None,
            open=True,
            serving=[],
            waiting=rows,
            recent=[],
            notice={},
            at=NOW,
        )
    )


@pytest.mark.parametrize(
    ("state", "number", "attempt", "message"),
    [
        (WindowState.CALLING, "A012", 1, PanelMessage("A012", 1)),
        (WindowState.CALLING, "A012", 2, PanelMessage("A012", 2)),
        (WindowState.SERVING, "A012", 2, PanelMessage("A012", 0)),
        (WindowState.PAUSED, None, 0, PanelMessage("---")),
        (WindowState.PAUSED, "A012", 1, PanelMessage("---")),
        (WindowState.OPEN, None, 0, PanelMessage("")),
        (WindowState.CLOSED, None, 0, PanelMessage("")),
    ],
)
def test_a_panel_shows_the_number_at_its_window(
    state: WindowState, number: str | None, attempt: int, message: PanelMessage
) -> None:
    assert panel_message(at_window(state, number, attempt).window) == message


def test_the_pad_shows_people_and_number_and_the_panel_the_number() -> None:
    panel, pad = Shown(), Shown()
    devices = WindowDevices(cast("CallDisplay", panel), cast("CallPad", pad))
    devices.take(at_window(WindowState.OPEN))
    devices.take(waiting(2, 3))
    devices.take(at_window(WindowState.CALLING, "A012", 1))
    devices.take(StaleChanged(stale=True))
    devices.take(at_window(WindowState.OPEN))
    assert panel.said == [PanelMessage(""), PanelMessage("A012", 1), PanelMessage("")]
    assert pad.said == [(None, ""), (5, ""), (5, "A012"), (5, "")]


@pytest.mark.parametrize("beep", [True, False])
def test_the_pad_beeps_for_one_more_person_only_and_only_if_it_is_set(beep: bool) -> None:  # noqa: FBT001 - a case of the test
    pad = Shown()
    devices = WindowDevices(pad=cast("CallPad", pad), beep=beep)
    for count in (4, 4, 5, 3, 4):
        devices.take(waiting(count))
    heard = [said for said in pad.said if said == "beep"]
    assert len(heard) == (2 if beep else 0)


def test_only_a_pad_needs_the_board() -> None:
    assert WindowDevices(pad=cast("CallPad", Shown())).wants_board
    assert not WindowDevices(cast("CallDisplay", Shown()), rater=cast("Rater", Shown())).wants_board


def config_file(folder: Path, tables: str) -> Path:
    file = folder / "window.toml"
    file.write_text(
        'device_id = "w"\ndata_dir = "d"\n[server]\nurl = "http://127.0.0.1:1"\n'
        f'[mqtt]\nurl = "mqtt://127.0.0.1:1"\n[display]\nwindow_id = "3"\n{tables}',
        encoding="utf-8",
    )
    return file


async def test_everything_that_is_configured_is_built_on_its_line_and_told(tmp_path: Path) -> None:
    config = load_config(
        config_file(
            tmp_path,
            '[panel]\nurl = "serial:///dev/none0?id=2"\n'
            '[pad]\nurl = "serial:///dev/none1?address=3"\nbeep = true\n'
            '[rater]\nurl = "serial:///dev/none1?address=3"\n',
        )
    )
    devices = build_window_devices(config)
    told: list[Any] = []
    fittings = Fittings(fittings_of(devices.all), told.append, lambda: NOW)
    said = fittings.told()
    assert [(each.id, each.kind, each.type) for each in said] == [
        ("panel", "call-display", "led-number-board"),
        ("pad", "call-pad", "call-pad"),
        ("rater", "rater", "rater"),
    ]
    assert fault_codes(said) == ("panel:unavailable", "pad:unavailable", "rater:unavailable")


def test_a_window_needs_none_of_them(tmp_path: Path) -> None:
    assert build_window_devices(load_config(config_file(tmp_path, ""))).all == ()


@pytest.mark.parametrize(
    "tables",
    [
        '[panel]\nurl = "serial:///dev/x?id=300"',
        '[pad]\nurl = "tcp://h:1?address=1"\n[rater]\nurl = "tcp://h:1?values=1"',
        '[pad]\nurl = "serial:///dev/x?baud=9600"\n[rater]\nurl = "serial:///dev/x?baud=4800"',
    ],
)
def test_a_wrong_address_is_refused_before_anything_starts(tmp_path: Path, tables: str) -> None:
    with pytest.raises(BadDeviceUrl):
        run_window(load_config(config_file(tmp_path, tables)))


@pytest.mark.parametrize(
    ("tables", "key"),
    [
        ('[panel]\nurl = "nowhere"', "panel.url"),
        ('[pad]\nurl = "tcp://h:1"\nloud = true', "pad.loud"),
        ("[rater]\n", "rater.url"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, tables: str, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(config_file(tmp_path, tables))
    assert refused.value.key == key
