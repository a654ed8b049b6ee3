"""bianmin-hardware list, probe and test as the part-time administrator of a hall sees them."""

import asyncio
import json
import os
import select
import signal
import subprocess
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import serial
from rich.cells import cell_len
from test_command_line import PROGRAM, ROOT, run, simulator
from test_ports import make_kiosk

from hardware.cli.snippets import TABLES, snippet
from hardware.cli.words import table
from hardware.registry import REGISTRY, default_for
from hardware.sim.control import tell
from kiosk.config import load_config

CHINESE = {**os.environ, "LANGUAGE": "zh_CN", "COLUMNS": "200"}


def test_list_shows_what_is_plugged_in_with_addresses_and_the_next_command(tmp_path: Path) -> None:
    make_kiosk(tmp_path)
    lines = run("list", "--root", str(tmp_path)).stdout.splitlines()
    by_path = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"
    assert f"      serial://{by_path}" in lines
    assert f"      bianmin-hardware probe --port {by_path}" in lines
    assert "      bianmin-hardware probe printer --url 'usb://0483:5743?serial=A1'" in lines
    assert "      bianmin-hardware probe camera --url 'video:///dev/video0'" in lines
    assert any("CH340" in line for line in lines)
    keys = "hid:///dev/input/by-id/usb-Pad-event-kbd"
    assert f"      bianmin-hardware probe keypad --url '{keys}'" in lines
    for name in REGISTRY:
        assert any(line.startswith(f"  {name} ") for line in lines)


def test_list_for_programs_says_the_same(tmp_path: Path) -> None:
    make_kiosk(tmp_path)
    listed = json.loads(run("list", "--json", "--root", str(tmp_path)).stdout)
    assert [port["device"] for port in listed["serial"]] == [
        "/dev/ttyS0", "/dev/ttyACM0", "/dev/ttyAMA0", "/dev/ttyUSB0", "/dev/ttyUSB1",
    ]  # fmt: skip
    assert listed["serial"][1]["serial"] == "S9"
    assert listed["serial"][2]["commands"] == []  # the system's console
    assert {row["type"] for row in listed["types"]} == set(REGISTRY)
    assert [row["device"] for row in listed["usb"]] == ["0483:5743", "0400:c35a"]


def test_columns_stand_straight_in_chinese() -> None:
    rows = [("打印机", "热敏", "a"), ("x", "ESC/POS 打印机", "b"), ("读卡器", "y", "c")]
    lines = table(rows)
    assert len({cell_len(line[:-1]) for line in lines}) == 1


@pytest.mark.parametrize("kind", list(TABLES), ids=str)
def test_a_kiosk_takes_every_table_that_is_told(kind: Any, tmp_path: Path) -> None:
    entry = default_for(kind)
    config = tmp_path / "kiosk.toml"
    config.write_text(
        'device_id = "kiosk-1"\ndata_dir = "data"\n[server]\nurl = "https://hall.example"\n'
        + snippet(entry, entry.url_example),
        encoding="utf-8",
    )
    read = load_config(config)
    assert getattr(read, TABLES[kind]).url == entry.url_example


def test_probe_tells_which_port_answers_what_and_where_it_belongs(tmp_path: Path) -> None:
    near, far = os.openpty()
    taken = serial.Serial(os.ttyname(far), exclusive=True)
    with (
        simulator("printer", "--pty", "--out", str(tmp_path / "p")) as printer,
        simulator("id-reader", "--tcp", "--out", str(tmp_path / "r")) as reader,
        taken,
    ):
        tty = printer["url"].removeprefix("serial://").partition("?")[0]
        ports = [tty, reader["url"], "/dev/nothing-here", os.ttyname(far)]
        options = [option for port in ports for option in ("--port", port)]
        done = run("probe", *options, "--wait", "2")
        assert (done.returncode, done.stderr) == (0, "")
        rows, _heading, toml = done.stdout.partition("For the configuration (kiosk.toml):")
        told = {row.split()[0]: row for row in rows.splitlines() if row}
        assert "Receipt printer (ESC/POS)" in told[tty]
        assert told[tty].endswith(f"serial://{tty}?baud=9600")
        assert "ID-card reader (SAM_V)" in told[reader["url"]]
        assert "is not there" in told["/dev/nothing-here"]
        assert "in use by another program" in told[os.ttyname(far)]
        assert tomllib.loads(toml) == {
            "printer": {"url": f"serial://{tty}?baud=9600"},
            "id_reader": {"url": reader["url"]},
        }

        for_programs = run("probe", "id-reader", *options, "--wait", "2", "--json")
        records = {r["port"]: r for r in map(json.loads, for_programs.stdout.splitlines())}
        assert {port: record["state"] for port, record in records.items()} == {
            reader["url"]: "answers", "/dev/nothing-here": "absent", os.ttyname(far): "busy",
        }  # fmt: skip
        found = records[reader["url"]]
        assert (found["type"], found["kind"]) == ("sam-id-reader", "id-reader")
        assert tomllib.loads(found["toml"])["id_reader"]["url"] == found["url"]

        state = order(printer, do="state")["state"]
        assert (state["receipts"], state["waiting"]) == (0, 0)
    os.close(near)
    os.close(far)


def order(sim: Mapping[str, Any], **command: str) -> Mapping[str, Any]:
    return asyncio.run(tell(Path(sim["control"]), command))


@contextmanager
def at_a_terminal(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A program whose standard error is a terminal that a person reads, in Chinese."""
    near, far = os.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=far,
        text=True,
        env={**CHINESE, "TERM": "xterm"},
    )
    os.close(far)
    try:
        yield process, near
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
        os.close(near)


def shown(near: int, until: str, within_s: float = 30) -> str:
    """What the person has seen, once a text is among it."""
    seen = b""
    deadline_s = time.monotonic() + within_s
    while until not in seen.decode(errors="replace") and time.monotonic() < deadline_s:
        if select.select([near], [], [], 0.2)[0]:
            try:
                seen += os.read(near, 4096)
            except OSError:  # the program has ended
                break
    return seen.decode(errors="replace")


def test_a_person_is_told_what_to_do_and_ctrl_c_ends_quietly(tmp_path: Path) -> None:
    with (
        simulator("id-reader", "--pty", "--out", str(tmp_path)) as reader,
        at_a_terminal("test", "id-reader", "--url", reader["url"]) as (process, near),
    ):
        assert "请将证件平放在读卡器上" in shown(near, "按 Ctrl-C 结束")
        order(reader, do="lay")
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["kind"] == "resident"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert "Traceback" not in shown(near, "Traceback", within_s=1)


def test_a_printing_person_sees_that_it_works_and_what_to_look_at(tmp_path: Path) -> None:
    with (
        simulator("printer", "--pty", "--out", str(tmp_path)) as printer,
        at_a_terminal("test", "escpos-printer", "--url", printer["url"]) as (process, near),
    ):
        seen = shown(near, "请看号票")
        assert "正在打印样票" in seen
        assert "请看号票" in seen
        assert process.stdout is not None
        assert json.loads(process.stdout.read()) == {"result": "printed"}
        assert process.wait(20) == 0


def test_what_never_comes_ends_with_a_sentence_on_what_to_do(tmp_path: Path) -> None:
    with simulator("scanner", "--pty", "--out", str(tmp_path)) as scanner:
        done = run("test", "serial-scanner", "--url", scanner["url"], "--within", "0.3")
        assert (done.returncode, done.stdout) == (1, "")
        assert "No code came in 0.3 seconds." in done.stderr
        assert "framing=idle" in done.stderr


def test_a_refused_code_is_told(tmp_path: Path) -> None:
    with (
        simulator("scanner", "--pty", "--out", str(tmp_path)) as scanner,
        subprocess.Popen(
            [*PROGRAM, "test", "scanner", "--url", scanner["url"], "--count", "1"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LANGUAGE": "C"},
        ) as listening,
    ):
        assert listening.stderr is not None
        while not select.select([listening.stderr], [], [], 0.2)[0]:
            order(scanner, do="scan", hex="41021b0d")
        assert "This code cannot be used here." in listening.stderr.readline()
        while listening.poll() is None:
            order(scanner, do="scan", text="A001")
            time.sleep(0.1)
        out, _more = listening.communicate(timeout=20)
        assert json.loads(out)["text"] == "A001"


def test_ctrl_c_ends_a_search_and_leaves_the_port_free() -> None:
    near, far = os.openpty()
    with at_a_terminal("probe", "--port", os.ttyname(far), "--wait", "9") as (process, terminal):
        assert "正在探测端口" in shown(terminal, "正在探测端口")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    with serial.Serial(os.ttyname(far), exclusive=True):
        pass
    os.close(near)
    os.close(far)
