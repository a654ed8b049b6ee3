"""Which port answers which protocol: simulated devices on serial lines with a true speed.

A pseudo terminal carries every byte whatever speed it is set to. `Socket` looks at the speed the
prober has set, and lets the device hear what its own receiver would make of the bytes (`uart`).
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import termios
import time
import tty
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import serial
from uart import received

from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.drivers.raster import FontRasteriser
from hardware.ports import programs_using
from hardware.probing import Finding, Patience, State, ask_port, ask_ports, steps
from hardware.registry import REGISTRY, Settings, SimOptions
from hardware.sample import example_ticket
from hardware.sim.bench import Desk
from hardware.sim.control import Events
from hardware.sim.id_reader import SimIdReader
from hardware.sim.printer import SimPrinter
from hardware.sim.scanner import SimScanner
from hardware.transport import parse_url
from hardware.wire.escpos_profile import PROFILES
from hardware.wire.questions import PRINTER_SPEEDS_BD, READER_SPEEDS_BD, SCANNER_SPEEDS_BD

QUICK = Patience(answer_s=0.1, quiet_s=0.01, drain_s=0.002)
"""The devices sit in the same loop: they answer as soon as the line is read."""
SPEEDS_BD = {getattr(termios, f"B{bd}"): bd for bd in (4800, 9600, 19200, 38400, 57600, 115200)}
Make = Callable[[Desk], Any]


class Socket:
    """A serial port with a device in it that runs at one speed."""

    def __init__(self, make: Make, baud_bd: int, out: Path, **options: str) -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.port = os.ttyname(self._far)
        self.baud_bd = baud_bd
        self.heard = bytearray()
        self.spoken_to = asyncio.Event()
        self.events = Events()
        desk = Desk(self.say, self.events, SimOptions(None, 0, out / "c", out, options))
        self.device = make(desk)
        asyncio.get_running_loop().add_reader(self._near, self._carry)

    def say(self, data: bytes) -> None:
        os.write(self._near, data)

    def _carry(self) -> None:
        data = os.read(self._near, 4096)
        sent_bd = SPEEDS_BD[termios.tcgetattr(self._near)[5]]
        heard = received(data, sent_bd, self.baud_bd)
        self.heard += heard
        self.spoken_to.set()
        self.device.receive(heard)

    def unplug(self) -> None:
        asyncio.get_running_loop().remove_reader(self._near)
        for fd in (self._near, self._far):
            os.close(fd)


@asynccontextmanager
async def plugged_in(
    make: Make, place: Path, baud_bd: int = 9600, **options: str
) -> AsyncIterator[Socket]:
    socket = Socket(make, baud_bd, place, **options)
    try:
        yield socket
    finally:
        socket.unplug()


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
        asyncio.get_running_loop().call_later(0.004, self._talk)


class Torn(Echo):
    """Answers the reader's question, but the last byte is lost."""

    def receive(self, data: bytes) -> None:
        if data.startswith(b"\xaa\xaa\xaa\x96\x69"):
            self._send(bytes.fromhex("AAAAAA9669000400009094")[:-1])


async def ask(socket: Socket, patience: Patience = QUICK) -> Finding:
    begun_s = time.monotonic()
    finding = await ask_port(socket.port, patience)
    assert time.monotonic() - begun_s < patience.port_s + 2
    if finding.url:  # the driver of the type takes the address as it stands
        REGISTRY[finding.type_id].build(Settings("d", parse_url(finding.url)))
    return finding


async def side_by_side(cases: Iterable[Coroutine[Any, Any, None]]) -> None:
    """What waits most of the time need not wait one after the other."""
    async with asyncio.TaskGroup() as tasks:
        for case in cases:
            tasks.create_task(case)


async def test_a_printer_is_found_at_its_speed_and_nothing_reaches_its_paper(
    tmp_path: Path,
) -> None:
    async def case(baud_bd: int) -> None:
        out = tmp_path / str(baud_bd)
        async with plugged_in(SimPrinter, out, baud_bd) as socket:
            finding = await ask(socket)
            assert finding.state is State.ANSWERS
            assert finding.url == f"serial://{socket.port}?baud={baud_bd}"
            assert (finding.type_id, finding.faults) == ("escpos-printer", ())
            unknown = the_next_ticket_is_clean(socket, out, width_mm="80")
            # At a wrong speed it may have heard control bytes that mean nothing to printers.
            assert all(means_nothing(code) for code in unknown), unknown
            assert not unknown or baud_bd not in {9600, 115200}

    await side_by_side(case(baud_bd) for baud_bd in PRINTER_SPEEDS_BD)


async def test_not_even_the_paper_of_a_printer_that_cannot_answer(tmp_path: Path) -> None:
    async def case(baud_bd: int) -> None:
        out = tmp_path / str(baud_bd)
        options = {"width_mm": "58", "cutter": "yes"}
        async with plugged_in(SimPrinter, out, baud_bd, **options) as socket:
            await socket.device.command({"do": "mute"})
            assert (await ask(socket)).state is State.SILENT
            unknown = the_next_ticket_is_clean(socket, out, width_mm="58")
            assert all(means_nothing(code) for code in unknown), unknown

    await side_by_side(case(baud_bd) for baud_bd in PRINTER_SPEEDS_BD)


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
    async with plugged_in(SimPrinter, tmp_path) as socket:
        await socket.device.command({"do": "paper-out"})
        finding = await ask(socket)
        assert (finding.state, finding.faults) == (State.ANSWERS, ("paper-out",))


async def test_a_reader_is_found_at_its_speed(tmp_path: Path) -> None:
    async def case(baud_bd: int) -> None:
        async with plugged_in(SimIdReader, tmp_path, baud_bd) as socket:
            finding = await ask(socket)
            assert finding.url == f"serial://{socket.port}?baud={baud_bd}"
            assert (finding.type_id, finding.faults) == ("sam-id-reader", ())

    await side_by_side(case(baud_bd) for baud_bd in READER_SPEEDS_BD)


async def test_a_reader_whose_module_is_not_authorised_says_so(tmp_path: Path) -> None:
    async with plugged_in(SimIdReader, tmp_path, 115200) as socket:
        await socket.device.command({"do": "break", "sw3": "66"})
        assert (await ask(socket)).faults == ("reader-unauthorised",)


async def test_a_scanner_module_is_found(tmp_path: Path) -> None:
    async def case(baud_bd: int) -> None:
        async with plugged_in(SimScanner, tmp_path, baud_bd, trigger="gm65") as socket:
            finding = await ask(socket)
            assert finding.type_id == "serial-scanner"
            assert finding.url == f"serial://{socket.port}?baud={baud_bd}&framing=cr"

    await side_by_side(case(baud_bd) for baud_bd in SCANNER_SPEEDS_BD)


async def test_what_is_none_of_these_is_taken_for_none(tmp_path: Path) -> None:
    cases: dict[Make, State] = {
        Mute: State.SILENT,
        Rubbish: State.UNKNOWN,
        Chatter: State.UNKNOWN,
        Torn: State.UNKNOWN,
        Echo: State.ECHO,
    }

    async def case(make: Make, state: State) -> None:
        async with plugged_in(make, tmp_path, 115200) as socket:
            finding = await ask(socket)
            assert (finding.state, finding.url) == (state, "")

    await side_by_side(case(make, state) for make, state in cases.items())


@pytest.mark.parametrize(
    ("said", "type_id", "options"),
    [
        ("FF680303680301 0C1016", "call-pad", "&address=3"),
        (b"A001-7F3C\r".hex(), "serial-scanner", "&framing=cr"),
    ],
)
async def test_a_device_that_cannot_be_asked_is_known_by_a_pressed_key(
    said: str, type_id: str, options: str, tmp_path: Path
) -> None:
    patience = Patience(answer_s=0.02, quiet_s=0.01, drain_s=0.001, listen_s=20)
    async with plugged_in(Mute, tmp_path) as socket:
        asking = asyncio.create_task(ask_port(socket.port, patience))
        while not asking.done():  # nobody can see from outside when it begins to listen
            for half in (said[: len(said) // 4 * 2], said[len(said) // 4 * 2 :]):
                socket.say(bytes.fromhex(half))
            await asyncio.sleep(0.3)
        finding = await asking
        assert finding.type_id == type_id
        assert finding.url == f"serial://{socket.port}?baud=9600{options}"


async def test_a_port_that_is_taken_refused_or_missing_is_named_as_such(tmp_path: Path) -> None:
    async with plugged_in(SimPrinter, tmp_path) as socket:
        with serial.Serial(socket.port, exclusive=True):
            assert (await ask_port(socket.port, QUICK)).state is State.BUSY
            assert not socket.heard
    assert (await ask_port("/dev/nothing-here", QUICK)).state is State.ABSENT
    assert (await ask_port("tcp://127.0.0.1:1", QUICK)).state is State.ABSENT
    (tmp_path / "no-port").touch()
    assert (await ask_port(str(tmp_path / "no-port"), QUICK)).state is State.LOST


async def test_a_cable_pulled_while_it_is_asked(tmp_path: Path) -> None:
    socket = Socket(Mute, 9600, tmp_path)
    asking = asyncio.create_task(ask_port(socket.port, QUICK))
    async with asyncio.timeout(10):
        await socket.spoken_to.wait()
    socket.unplug()
    assert (await asking).state is State.LOST


async def test_ports_are_asked_side_by_side_and_each_is_told_as_soon_as_it_is_known(
    tmp_path: Path,
) -> None:
    asked = 0

    def step() -> None:
        nonlocal asked
        asked += 1

    async with (
        plugged_in(Mute, tmp_path) as silent,
        plugged_in(SimPrinter, tmp_path) as printer,
        plugged_in(SimIdReader, tmp_path, 115200) as reader,
    ):
        ports = [silent.port, printer.port, reader.port, printer.port]
        found = [finding async for finding in ask_ports(ports, QUICK, step)]
    assert [finding.port for finding in found] == [printer.port, reader.port, silent.port]
    assert steps(1) < asked < steps(3)


async def test_who_stops_asking_leaves_no_task_and_no_port_behind(tmp_path: Path) -> None:
    async with plugged_in(Mute, tmp_path) as one, plugged_in(SimPrinter, tmp_path) as two:
        findings = ask_ports([one.port, two.port], QUICK)
        assert (await anext(findings)).port == two.port
        await findings.aclose()  # type: ignore[attr-defined]
        assert {task.get_name() for task in asyncio.all_tasks() if "probe" in task.get_name()} == (
            set()
        )
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
