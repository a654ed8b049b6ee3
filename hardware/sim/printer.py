"""A simulated receipt printer: prints into PNG, text and JSON files, and can be ill on demand.

Its own commands on the control socket: `paper-ok`, `paper-near-end`, `paper-out`,
`paper-out-after` (`lines`), `cover-open`, `cover-close`, `cutter-jam`, `error`, `recover`,
`silent` (takes bytes, answers and prints nothing), `mute` (prints, answers nothing), `speak`,
`no-completion` and `completion` (GS ( H), `no-fence` and `fence` (GS r), `no-clear` and `clear`
(DLE DC4 8), `tear` (take the paper as it is). Paper that comes after `paper-out` is a new roll: the
piece of the old one is taken away. Options: `width_mm` 58 or 80, `hanzi` yes or no, `cutter`
yes or no (58 mm: no; then paper that has come to rest is torn off), `maker`.
Files: receipt-0001.png, .txt and .json; the JSON last, each moved into place whole.
Events: `receipt` with the path of the JSON, `torn` when paper was taken before it was cut,
`buzz` when it beeped.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from hardware.registry import SimOptions
from hardware.sim.bench import Desk, run_device
from hardware.sim.control import Command, RefusedCommandError
from hardware.sim.escpos_commands import CommandReader, Op
from hardware.sim.escpos_paper import PaperRoll, Receipt
from hardware.sim.printer_mechanism import CHANGES, Mechanism
from hardware.sim.receipt_image import DPI, render

WIDTHS_DOTS: Final[Mapping[str, int]] = {"58": 384, "80": 576}
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "width_mm": tuple(WIDTHS_DOTS),
    "hanzi": ("yes", "no"),
    "cutter": ("yes", "no"),
    "maker": (),
}
BUFFER_OPS: Final = 20_000
TEAR_S: Final = 1.0
"""Without a cut, paper that has come to rest is taken by the visitor."""


class SimPrinter:
    """The firmware between the line and the paper."""

    def __init__(self, desk: Desk) -> None:
        """Load a new roll of paper."""
        options = desk.options.options
        self._desk = desk
        self._width_dots = WIDTHS_DOTS[options.get("width_mm", "80")]
        self._maker = options.get("maker", "EPSON").encode("ascii")
        self._reader = CommandReader()
        self._roll = PaperRoll(self._width_dots, hanzi=options.get("hanzi", "yes") == "yes")
        self._waiting: deque[Op] = deque(maxlen=BUFFER_OPS)
        self._mechanism = Mechanism()
        self._lines_left: int | None = None
        self._auto_status = False
        self._cutter = options.get(
            "cutter", "no" if self._width_dots == WIDTHS_DOTS["58"] else "yes"
        )
        self._received = 0
        self._receipts = _last_number(desk.options.out)
        self._tearing: asyncio.TimerHandle | None = None

    def receive(self, data: bytes) -> None:
        """Take bytes: real-time requests are answered at once, the rest in its turn."""
        if self._mechanism.silent:
            return
        self._received += len(data)
        for op in self._reader.feed(data):
            match op.name:
                case "status":
                    self._say(self._mechanism.real_time(op.args[0]))
                case "clear":
                    self._clear()
                case _:
                    self._waiting.append(op)
        self._work()

    def _clear(self) -> None:
        if self._mechanism.clears:
            self._waiting.clear()
            self._roll.forget_line()
            self._say(b"\x37\x25\0")

    def state(self) -> Mapping[str, object]:
        """What a watcher may know."""
        mechanism = self._mechanism
        return {
            "paper": mechanism.paper,
            "cover_open": mechanism.cover_open,
            "cutter_jam": mechanism.cutter_jam,
            "error": mechanism.error,
            "silent": mechanism.silent,
            "receipts": self._receipts,
            "received_bytes": self._received,
            "waiting": len(self._waiting),
        }

    async def command(self, command: Command) -> None:
        """Obey one of the commands in the module's text."""
        do = str(command.get("do"))
        if do == "tear":
            self._save()
            return
        if do == "paper-out-after":
            self._lines_left = int(command["lines"])
            return
        if do not in CHANGES:
            raise RefusedCommandError(f"unknown command {do}")
        if self._mechanism.paper == "out" and CHANGES[do].get("paper", "out") != "out":
            self._save()  # the end of the old roll is taken out
        self._change(**CHANGES[do])
        self._work()

    def _change(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Mechanism
        self._mechanism = replace(self._mechanism, **changes)
        if self._auto_status:
            self._say(self._mechanism.auto_status())

    def _say(self, data: bytes) -> None:
        if not self._mechanism.mute:
            self._desk.send(data)

    def _work(self) -> None:
        while self._waiting and self._mechanism.ready:
            self._execute(self._waiting.popleft())

    def _execute(self, op: Op) -> None:
        self._put_off_tearing()
        match op.name:
            case "GS r" | "GS I":
                self._answer(op)
            case "GS a":
                self._auto_status = bool(op.args[0])
                if self._auto_status:
                    self._say(self._mechanism.auto_status())
            case "GS (" if op.args[:1] == b"H":
                if self._mechanism.completes:
                    self._say(b"\x37\x22" + op.data[2:6] + b"\0")
            case "ESC B":
                self._desk.tell("buzz")
            case "ESC (" if op.args[:1] == b"A":
                self._desk.tell("buzz")
            case _:
                self._print(op)

    def _answer(self, op: Op) -> None:
        if op.name == "GS I":
            self._say(b"_" + (self._maker if op.args == b"B" else b"BM-80") + b"\0")
        elif self._mechanism.fences:
            self._say(bytes([{"ok": 0x00, "near-end": 0x03}.get(self._mechanism.paper, 0)]))

    def _print(self, op: Op) -> None:
        self._roll.execute(op)
        match op.name:
            case "GS V":
                self._save()
            case "ESC @":
                self._auto_status = False  # Epson ESC/POS reference, GS a: "until ESC @"
            case _:
                self._use_up(op)

    def _use_up(self, op: Op) -> None:
        if self._lines_left is not None and op.name in {"lf", "ESC d", "GS v"}:
            self._lines_left -= 1
            if self._lines_left <= 0:
                self._lines_left = None
                self._desk.tell("paper-out")
                self._change(paper="out")

    def _put_off_tearing(self) -> None:
        if self._cutter == "yes":
            return
        if self._tearing is not None:
            self._tearing.cancel()
        self._tearing = asyncio.get_running_loop().call_later(TEAR_S, self._tear)

    def _tear(self) -> None:
        if self._mechanism.ready:
            self._save()

    def _save(self) -> None:
        if self._tearing is not None:
            self._tearing.cancel()
            self._tearing = None
        receipt = self._roll.take()
        if not receipt.lines:
            return
        self._receipts += 1
        path = write_files(receipt, self._width_dots, self._desk.options.out, self._receipts)
        self._desk.tell("receipt" if receipt.cut else "torn", file=str(path))


def write_files(receipt: Receipt, width_dots: int, out: Path, number: int) -> Path:
    """Leave picture, text and record of a receipt; the path of the record."""
    stem = f"receipt-{number:04d}"
    picture = out / f".{stem}.png"
    render(receipt, width_dots).save(picture, dpi=(DPI, DPI))
    picture.replace(out / f"{stem}.png")
    record = {
        "lines": receipt.lines,
        "qr": receipt.qr,
        "raster_lines": receipt.raster_lines,
        "unknown": receipt.unknown,
        "cut": receipt.cut,
        "width_dots": width_dots,
        "height_dots": receipt.height_dots,
        "png": f"{stem}.png",
    }
    _write(out / f"{stem}.txt", receipt.text())
    _write(out / f"{stem}.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return out / f"{stem}.json"


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _last_number(out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    names = [path.stem.removeprefix("receipt-") for path in out.glob("receipt-*.json")]
    return max((int(name) for name in names if name.isdigit()), default=0)


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated printer until cancelled."""
    if options.options.get("width_mm", "80") not in WIDTHS_DOTS:
        raise RefusedCommandError("width_mm is 58 or 80")
    await run_device(options, SimPrinter, ready)
