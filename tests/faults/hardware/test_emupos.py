"""Our driver and emupos, an independent ESC/POS printer: the long form, where there is one.

Found by BIANMIN_EMUPOS (a command line), by BIANMIN_DEBIAN13 (a folder of `script/emupos setup`) or
as `emupos` in PATH. With BIANMIN_RECORD=1 what it makes of our tickets is written to
tests/golden/emupos, which CI replays.
"""

import asyncio
import json
import os
import shlex
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize

import httpx
import pytest
import zxingcpp
from PIL import Image
from rig import DICE, QUICK, at_work, online, until

from hardware.drivers.escpos_printer import EscposPrinter
from hardware.drivers.raster import FontRasteriser
from hardware.roles import PrintJob, PrintResult, QrBlock, TextLine
from hardware.transport import open_link, parse_url
from hardware.wire.escpos_layout import columns_in, in_gbk
from hardware.wire.escpos_profile import PROFILES
from tests.emupos_paper import (
    FAULTS,
    GOLDEN,
    Dump,
    cases,
    encoded,
    expected_words,
    read_dump,
    squeezed,
    to_record,
)

LONG = os.environ.get("BIANMIN_LONG") == "1"
pytestmark = pytest.mark.timeout(600)
RECORD = os.environ.get("BIANMIN_RECORD") == "1"
ROOT = Path(__file__).parents[3]
ASK = (b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04")


def command() -> list[str]:
    """How emupos is started here; empty where there is none."""
    if named := os.environ.get("BIANMIN_EMUPOS"):
        return shlex.split(named)
    if os.environ.get("BIANMIN_DEBIAN13"):
        return [str(ROOT / "script" / "emupos")]
    found = shutil.which("emupos")
    return [found] if found else []


class Emupos:
    """A running emupos with one printer."""

    def __init__(self, url: str, api: str, log: Path) -> None:
        self.url = url
        self._log = log
        self._http = httpx.Client(base_url=f"{api}/api/v1/devices/front", trust_env=False)

    def break_(self, fault: str) -> None:
        self._http.put(f"/faults/{fault}").raise_for_status()

    def mend(self, fault: str) -> None:
        self._http.delete(f"/faults/{fault}").raise_for_status()

    def receipts(self) -> list[dict[str, Any]]:
        answer = self._http.get("/receipts").raise_for_status()
        return list(reversed(answer.json()))

    def last(self) -> tuple[dict[str, Any], Dump, list[str]]:
        """The newest receipt: what is said of it, its text, and codes read from its picture."""
        text = self._http.get("/receipts/latest/text").raise_for_status().text
        picture = self._http.get("/receipts/latest/image").raise_for_status().content
        image = Image.open(BytesIO(picture)).convert("L")
        codes = [code.text for code in zxingcpp.read_barcodes(image)]
        return self.receipts()[-1], read_dump(text), codes

    def unknown(self) -> list[str]:
        """What it did not understand; NULs are meant to be nothing."""
        marks = (line.partition("unknown bytes ") for line in self._log.read_text().splitlines())
        return [found.strip() for _before, mark, found in marks if mark and found.strip() != "00"]

    def close(self) -> None:
        self._http.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def emupos(place: Path, way: str, profile: str) -> AsyncIterator[Emupos]:
    api, port = free_port(), free_port()
    wire = f"tcp: {{port: {port}}}" if way == "tcp" else "serial: {pty: true, link: front}"
    (place / "emupos.yaml").write_text(
        f"schema: 1\napi: {{port: {api}}}\ndevices:\n  - id: front\n    type: printer\n"
        f"    profile: {profile}\n    job_idle_timeout_ms: 600000\n"
        f"    receipts_dir: {place}/receipts\n    connections:\n      - {wire}\n"
    )
    log = place / "emupos.log"
    with log.open("w") as out:
        process = await asyncio.create_subprocess_exec(
            *command(), "run", "--config", str(place / "emupos.yaml"),
            stdout=out, stderr=out, env={**os.environ, "TMPDIR": str(place), "COLUMNS": "500"},
        )  # fmt: skip
    url = f"tcp://127.0.0.1:{port}" if way == "tcp" else f"serial://{place}/emupos/front?baud=9600"
    try:
        async with asyncio.timeout(60):
            while "control API" not in log.read_text():
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.1)
        with closing(Emupos(url, f"http://127.0.0.1:{api}", log)) as running:
            yield running
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def driver(url: str, profile: str = "generic-80") -> EscposPrinter:
    address = parse_url(url)
    return EscposPrinter(
        "printer-1",
        lambda: open_link(address),
        PROFILES[profile],
        baud_bd=9600 if address.scheme == "serial" else None,
        raster=FontRasteriser(),
        randomness=DICE,
        backoff=QUICK,
    )


MODELS = ("epson-tm-t20iii", "xprinter-xp80t")
"""One that reports changes by itself and says who made it, one that has to be asked."""

if LONG and command():

    @pytest.fixture(params=["tcp", "pty"])
    async def way(request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.mark.parametrize("model", MODELS)
    async def test_every_ticket_is_read_as_it_was_meant(
        tmp_path: Path, way: str, model: str
    ) -> None:
        async with emupos(tmp_path, way, model) as printer:
            for name, (profile, job) in cases().items():
                device = driver(printer.url, profile)
                async with at_work(device):
                    await online(device)
                    assert await device.print(job) is PrintResult.SENT
                about, dump, codes = printer.last()
                assert about["boundary"] == "cut"
                (code,) = [line.text for line in job.lines if isinstance(line, QrBlock)]
                assert codes == [code]
                if profile == "generic-80":
                    assert dump.qr == (code,)
                    drawn = "吴䶮朵" if name == "sizes" else ""
                    words = expected_words(job).replace(drawn, "")
                    assert squeezed(dump.words) == words
                    assert len(dump.images) == bool(drawn)
                if RECORD and way == "tcp" and model == MODELS[0]:
                    _record(name, profile, job, about, dump)
            # The other maker's model has no GS I, which is why it is asked nothing else.
            assert set(printer.unknown()) <= {"1d 49 42", "1d 28 48 06 00 30 30 61 73 6b 3f"}

    async def test_every_character_of_gbk_is_read_back(tmp_path: Path) -> None:
        characters = [chr(point) for point in range(0x80, 0x10000) if in_gbk(chr(point))]
        async with emupos(tmp_path, "tcp", MODELS[1]) as printer:
            device = driver(printer.url)
            async with at_work(device):
                for start in range(0, len(characters), 4000):
                    batch = characters[start : start + 4000]
                    lines = [batch[at : at + 20] for at in range(0, len(batch), 20)]
                    job = PrintJob("all", tuple(TextLine("".join(line)) for line in lines))
                    assert await device.print(job) is PrintResult.SENT
                    _about, dump, _codes = printer.last()
                    want = [
                        squeezed(normalize("NFC", "".join(line))).replace("–", "-")
                        for line in lines
                    ]
                    assert [squeezed(one) for one in dump.words] == [one for one in want if one]

    async def test_a_drawn_line_is_as_wide_as_the_layout_says(tmp_path: Path) -> None:
        texts = ("吴䶮朵", "ئۇيغۇرچە", "Tiếng Việt", "བོད་ཡིག")
        async with emupos(tmp_path, "tcp", MODELS[1]) as printer:
            device = driver(printer.url, "raster-80")
            async with at_work(device):
                job = PrintJob("drawn", tuple(TextLine(text) for text in texts))
                assert await device.print(job) is PrintResult.SENT
            _about, dump, _codes = printer.last()
        widths = [width for width, _height in dump.images]
        for text, width in zip(texts, widths, strict=True):
            inked = columns_in(text) * 12
            assert width >= inked
            assert width - inked < 8 or text == "ئۇيغۇرچە"  # which stands at the right edge

    @pytest.mark.parametrize("model", MODELS)
    async def test_its_faults_are_named_within_a_second(
        tmp_path: Path, way: str, model: str
    ) -> None:
        loop = asyncio.get_running_loop()
        async with emupos(tmp_path, way, model) as printer:
            device = driver(printer.url)
            async with at_work(device):
                await online(device)
                assert await device.print(cases()["example"][1]) is PrintResult.SENT
                for fault, name in FAULTS.items():
                    begun_s = loop.time()
                    printer.break_(fault)
                    health = await until(device, lambda h: bool(h.faults))
                    assert loop.time() - begun_s < 1.0
                    assert health.faults == (name,)
                    printer.mend(fault)
                    await until(device, lambda h: not h.faults)
            if RECORD and way == "tcp":
                _record_status(printer, model)

    def _record(name: str, profile: str, job: PrintJob, about: dict[str, Any], dump: Dump) -> None:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        record = {
            "source": "emupos 0.4, Epson TM-T20III, over TCP: its own text of our ticket",
            "profile": profile,
            "job": to_record(job),
            "sent": encoded(profile, job).hex(),
            "emupos": {**asdict(dump), "height_dots": about["height_dots"]},
        }
        _write(GOLDEN / f"{name}.json", record)

    def _record_status(printer: Emupos, model: str) -> None:
        with _line(printer.url) as line:
            said = {}
            for fault in ("", *FAULTS):
                if fault:
                    printer.break_(fault)
                line.sendall(b"\x1da\x00\x1da\x0f" if not fault else b"")
                said[fault] = _answers(line)
                if fault:
                    printer.mend(fault)
                    _hear(line)
        _write(
            GOLDEN / f"status-{model}.json",
            {
                "source": f"emupos 0.4, {model}: answers to DLE EOT 1 to 4; automatic status",
                "faults": said,
            },
        )

    def _answers(line: socket.socket) -> dict[str, Any]:
        automatic = _hear(line).hex()
        answers = []
        for question in ASK:
            line.sendall(question)
            answers.append(_hear(line).hex())
        return {"auto": automatic, "real_time": answers}

    @contextmanager
    def _line(url: str) -> Iterator[socket.socket]:
        address = parse_url(url)
        with socket.create_connection((address.host, address.port)) as line:
            yield line

    def _hear(line: socket.socket) -> bytes:
        line.settimeout(0.3)
        heard = b""
        try:
            while True:
                heard += line.recv(64)
        except TimeoutError:
            return heard

    def _write(path: Path, record: dict[str, Any]) -> None:
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
