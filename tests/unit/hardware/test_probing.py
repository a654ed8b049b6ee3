"""Which port answers which protocol: simulated devices on serial lines with a true speed.

A pseudo terminal carries every byte whatever speed it is set to. `Socket` knows the speed that the
prober has set, and lets the device hear what its own receiver would make of the bytes (`uart`).
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import serial
from uart import received

from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.drivers.raster import FontRasteriser
from hardware.link import Link, discard_until_quiet
from hardware.ports import programs_using
from hardware.probing import STEPS, Finding, Patience, State, ask_port, ask_ports, ask_way
from hardware.registry import REGISTRY, Settings, SimOptions
from hardware.sample import example_ticket
from hardware.sim.bench import Desk
from hardware.sim.call_pad import SimPad
from hardware.sim.control import Events
from hardware.sim.id_reader import SimIdReader
from hardware.sim.printer import SimPrinter
from hardware.sim.scanner import SimScanner
from hardware.transport import parse_url
from hardware.wire.escpos_profile import PROFILES
from hardware.wire.questions import PRINTER_SPEEDS_BD, READER_SPEEDS_BD, SCANNER_SPEEDS_BD

QUICK = Patience(answer_s=0.02, quiet_s=0.005, drain_s=0)
"""A `Socket` answers within the call that asks it."""
Make = Callable[[Desk], Any]


class Socket:
    """A device with a receiver of one speed, on a line of which the prober sets the other."""

    def __init__(self, make: Make, baud_bd: int, out: Path, **options: str) -> None:
        self.port = f"/dev/line-{baud_bd}"
        self.baud_bd = baud_bd
        self.written_bytes = 0
        self._sent_bd = 0
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        desk = Desk(self.say, Events(), SimOptions(None, 0, out / "c", out, options))
        self.device = make(desk)

    def say(self, data: bytes) -> None:
        self._heard.put_nowait(data)

    # hardware.link.Link
    async def read(self, limit_bytes: int = 4096) -> bytes:  # noqa: ARG002 - as in Link
        return await self._heard.get()

    async def write(self, data: bytes) -> None:
        self.written_bytes += len(data)
        self.device.receive(received(data, self._sent_bd, self.baud_bd))

    async def discard_input(self, quiet_s: float = 0.05, limit_s: float = 1.0) -> int:
        return await discard_until_quiet(self.read, quiet_s, limit_s)

    async def close(self) -> None:
        pass

    # hardware.probing.Way
    @property
    def link(self) -> Link:
        return self

    def speeds(self, usual_bd: tuple[int, ...]) -> tuple[int, ...]:
        return usual_bd

    def go(self, speed_bd: int) -> None:
        self._sent_bd = speed_bd

    def url(self, speed_bd: int, options: str) -> str:
        return f"serial://{self.port}?baud={speed_bd}{options}"


class Terminal:
    """A pseudo terminal, for what is not a matter of speed: opening, sharing, pulling out."""

    def __init__(self, make: Make, out: Path) -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.port = os.ttyname(self._far)
        self.spoken_to = asyncio.Event()
        options = SimOptions(None, 0, out / "c", out, {})
        self.device = make(Desk(self._say, Events(), options))
        asyncio.get_running_loop().add_reader(self._near, self._carry)

    def _say(self, data: bytes) -> None:
        os.write(self._near, data)

    def _carry(self) -> None:
        self.spoken_to.set()
        self.device.receive(os.read(self._near, 4096))

    def unplug(self) -> None:
        asyncio.get_running_loop().remove_reader(self._near)
        for fd in (self._near, self._far):
            os.close(fd)


@asynccontextmanager
async def at_a_terminal(make: Make, place: Path) -> AsyncIterator[Terminal]:
    terminal = Terminal(make, place)
    try:
        yield terminal
    finally:
        terminal.unplug()


class Mute:
    """Hears everything and says nothing."""

    def __init__(self, desk: Desk) -> None:
        pass

    def receive(self, data: bytes) -> None:
        pass


class Echo(Mute):
    def __init__(self, desk: Desk) -> None:
        self._send = desk.send

    def receive(self, data: bytes) -> None:
        self._send(data)


class Rubbish(Echo):
    """Answers anything with a handful of random bytes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._dice = random.Random(7)  # noqa: S311 - rubbish, the same in every run

    def receive(self, data: bytes) -> None:
        del data
        self._send(self._dice.randbytes(self._dice.randint(1, 12)))


class Chatter(Mute):
    """Talks all the time."""

    def __init__(self, desk: Desk) -> None:
        self._send = desk.send
        self._talk()

    def _talk(self) -> None:
        try:
            self._send(b"\x12$GPGGA,123519,4807.038,N\r\n")
        except OSError:
            return  # unplugged
        asyncio.get_running_loop().call_later(0.001, self._talk)


class Torn(Echo):
    """Answers the reader's question, but the last byte is lost."""

    def receive(self, data: bytes) -> None:
        if data.startswith(b"\xaa\xaa\xaa\x96\x69"):
            self._send(bytes.fromhex("AAAAAA9669000400009094")[:-1])


async def ask(socket: Socket, patience: Patience = QUICK) -> Finding:
    begun_s = time.monotonic()
    finding = await ask_way(socket.port, socket, patience)
    assert time.monotonic() - begun_s < patience.port_s + 5
    if finding.url:  # the driver of the type takes the address as it stands
        REGISTRY[finding.type_id].build(Settings("d", parse_url(finding.url)))
    return finding


@pytest.mark.parametrize("baud_bd", PRINTER_SPEEDS_BD)
async def test_a_printer_is_found_at_its_speed_and_nothing_reaches_its_paper(
    baud_bd: int, tmp_path: Path
) -> None:
    socket = Socket(SimPrinter, baud_bd, tmp_path)
    finding = await ask(socket)
    assert finding.state is State.ANSWERS
    assert finding.url == f"serial://{socket.port}?baud={baud_bd}"
    assert (finding.type_id, finding.faults) == ("escpos-printer", ())
    unknown = the_next_ticket_is_clean(socket, tmp_path, width_mm="80")
    # At a wrong speed it may have heard control bytes that mean nothing to printers.
    assert all(means_nothing(code) for code in unknown), unknown
    assert not unknown or baud_bd not in {9600, 115200}


@pytest.mark.parametrize("baud_bd", PRINTER_SPEEDS_BD)
async def test_not_even_the_paper_of_a_printer_that_cannot_answer(
    baud_bd: int, tmp_path: Path
) -> None:
    socket = Socket(SimPrinter, baud_bd, tmp_path, width_mm="58", cutter="yes")
    await socket.device.command({"do": "mute"})
    assert (await ask(socket)).state is State.SILENT
    unknown = the_next_ticket_is_clean(socket, tmp_path, width_mm="58")
    assert all(means_nothing(code) for code in unknown), unknown


def means_nothing(code: str) -> bool:
    """No printer's manual has it: a lone control byte, or FS before what is no letter."""
    heard = bytes.fromhex(code)
    if len(heard) == 1:
        return not heard[0] & 0xE0 and heard not in b"\t\n\x0b\x0c\r\x10\x13\x1b\x1c\x1d"
    return heard[0] == 0x1C and not 0x21 <= heard[1] <= 0x7E


def the_next_ticket_is_clean(socket: Socket, out: Path, width_mm: str) -> set[str]:
    """No paper has moved, and a ticket printed now looks as if nobody had asked anything.

    What the printer heard and did not know, in hex.
    """
    assert socket.device.state()["receipts"] == 0
    assert not list(out.glob("receipt-*"))
    encoder = TicketEncoder(PROFILES["generic-80"], FontRasteriser())
    ticket = bytes(16) + encoder.encode(example_ticket())
    socket.device.receive(ticket)
    options = SimOptions(None, 0, out / "c", out / "fresh", {"width_mm": width_mm, "cutter": "yes"})
    untouched = SimPrinter(Desk(lambda _data: None, Events(), options))
    untouched.receive(ticket)
    asked, fresh = (
        json.loads((place / "receipt-0001.json").read_text("utf-8"))
        for place in (out, out / "fresh")
    )
    unknown = set(asked.pop("unknown"))
    assert fresh.pop("unknown") == []
    assert asked == fresh
    return unknown


async def test_a_printer_that_is_ill_says_so(tmp_path: Path) -> None:
    socket = Socket(SimPrinter, 9600, tmp_path)
    await socket.device.command({"do": "paper-out"})
    finding = await ask(socket)
    assert (finding.state, finding.faults) == (State.ANSWERS, ("paper-out",))


@pytest.mark.parametrize("baud_bd", READER_SPEEDS_BD)
async def test_a_reader_is_found_at_its_speed(baud_bd: int, tmp_path: Path) -> None:
    socket = Socket(SimIdReader, baud_bd, tmp_path)
    finding = await ask(socket)
    assert finding.url == f"serial://{socket.port}?baud={baud_bd}"
    assert (finding.type_id, finding.faults) == ("sam-id-reader", ())


async def test_a_reader_whose_module_is_not_authorised_says_so(tmp_path: Path) -> None:
    socket = Socket(SimIdReader, 115200, tmp_path)
    await socket.device.command({"do": "break", "sw3": "66"})
    assert (await ask(socket)).faults == ("reader-unauthorised",)


@pytest.mark.parametrize("baud_bd", SCANNER_SPEEDS_BD)
async def test_a_scanner_module_is_found(baud_bd: int, tmp_path: Path) -> None:
    socket = Socket(SimScanner, baud_bd, tmp_path, trigger="gm65")
    finding = await ask(socket)
    assert finding.type_id == "serial-scanner"
    assert finding.url == f"serial://{socket.port}?baud={baud_bd}&framing=cr"


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (Mute, State.SILENT),
        (SimPad, State.SILENT),
        (SimScanner, State.SILENT),  # one that only speaks
        (Rubbish, State.UNKNOWN),
        (Chatter, State.UNKNOWN),
        (Torn, State.UNKNOWN),
        (Echo, State.ECHO),
    ],
)
async def test_what_is_none_of_these_is_taken_for_none(
    make: Make, state: State, tmp_path: Path
) -> None:
    finding = await ask(Socket(make, 115200, tmp_path))
    assert (finding.state, finding.url) == (state, "")


async def test_a_line_that_never_falls_silent_is_left_alone_soon(tmp_path: Path) -> None:
    socket = Socket(Chatter, 9600, tmp_path)
    assert (await ask(socket, replace(QUICK, quiet_s=0.05))).state is State.UNKNOWN
    assert socket.written_bytes <= 3 * len(PRINTER_SPEEDS_BD)


@pytest.mark.parametrize(
    ("said", "type_id", "options"),
    [
        ("FF68030368 03010C 1116", "", ""),
        ("FF68030368 03010C 1016", "call-pad", "&address=3"),
        ("FF68030368 041103 1816", "rater", "&address=4"),
        (b"A001-7F3C\r".hex(), "serial-scanner", "&framing=cr"),
    ],
)
async def test_a_device_that_cannot_be_asked_is_known_by_a_pressed_key(
    said: str, type_id: str, options: str, tmp_path: Path
) -> None:
    patience = replace(QUICK, listen_s=0.3 if not type_id else 20)
    socket = Socket(Mute, 9600, tmp_path)
    listening = asyncio.Event()
    talk = asyncio.create_task(
        ask_way(socket.port, Listening(socket, listening), patience), name="talk"
    )
    await listening.wait()
    data = bytes.fromhex(said)
    for piece in (data[:3], data[3:]):
        socket.say(piece)
        await asyncio.sleep(0)
    finding = await talk
    assert finding.type_id == type_id
    assert finding.url == (f"serial://{socket.port}?baud=9600{options}" if type_id else "")


class Listening:
    """A way that tells when the last question has been put and its speed is set for listening."""

    def __init__(self, socket: Socket, listening: asyncio.Event) -> None:
        self._socket = socket
        self._listening = listening
        self.link: Link = socket
        self.url = socket.url
        self.speeds = socket.speeds
        self._washes = 0

    def go(self, speed_bd: int) -> None:
        self._socket.go(speed_bd)
        self._washes += 1
        asked = len(PRINTER_SPEEDS_BD) + (STEPS - len(PRINTER_SPEEDS_BD)) * (
            1 + len(PRINTER_SPEEDS_BD)
        )
        if self._washes > asked:
            self._listening.set()


async def test_a_port_that_is_taken_refused_or_missing_is_named_as_such(tmp_path: Path) -> None:
    async with at_a_terminal(SimPrinter, tmp_path) as terminal:
        with serial.Serial(terminal.port, exclusive=True):
            assert (await ask_port(terminal.port, QUICK)).state is State.BUSY
            assert not terminal.spoken_to.is_set()
    assert (await ask_port("/dev/nothing-here", QUICK)).state is State.ABSENT
    assert (await ask_port("tcp://127.0.0.1:1", QUICK)).state is State.ABSENT
    (tmp_path / "no-port").touch()
    assert (await ask_port(str(tmp_path / "no-port"), QUICK)).state is State.LOST


async def test_a_cable_pulled_while_it_is_asked(tmp_path: Path) -> None:
    terminal = Terminal(Mute, tmp_path)
    asking = asyncio.create_task(ask_port(terminal.port, QUICK))
    async with asyncio.timeout(10):
        await terminal.spoken_to.wait()
    terminal.unplug()
    assert (await asking).state is State.LOST


async def test_ports_are_asked_side_by_side_and_each_is_told_as_soon_as_it_is_known(
    tmp_path: Path,
) -> None:
    asked: list[str] = []
    async with (
        at_a_terminal(Mute, tmp_path) as silent,
        at_a_terminal(SimPrinter, tmp_path) as printer,
        at_a_terminal(SimIdReader, tmp_path) as reader,
    ):
        ports = [silent.port, printer.port, reader.port, printer.port]
        patience = replace(QUICK, answer_s=0.3)  # real lines, and a busy machine
        found = [finding async for finding in ask_ports(ports, patience, asked.append)]
    assert [finding.port for finding in found] == [printer.port, reader.port, silent.port]
    assert asked.count(silent.port) == STEPS
    assert asked.count(printer.port) == 1


async def test_who_stops_asking_leaves_no_task_and_no_port_behind(tmp_path: Path) -> None:
    async with (
        at_a_terminal(Mute, tmp_path) as one,
        at_a_terminal(SimPrinter, tmp_path) as two,
    ):
        findings = ask_ports([one.port, two.port], replace(QUICK, answer_s=0.3))
        assert (await anext(findings)).port == two.port
        await findings.aclose()  # type: ignore[attr-defined]
        assert not [task for task in asyncio.all_tasks() if "probe" in task.get_name()]
        with serial.Serial(one.port, exclusive=True):
            pass


@contextmanager
def holding(path: Path) -> Iterator[int]:
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", f"f = open({str(path)!r}); print(flush=True); input()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        )
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def test_the_program_that_holds_a_port_is_named(tmp_path: Path) -> None:
    port = tmp_path / "port"
    port.touch()
    with holding(port) as pid:
        assert programs_using(str(port)) == (Path(f"/proc/{pid}/comm").read_text().strip(),)
    assert programs_using(str(port)) == ()
