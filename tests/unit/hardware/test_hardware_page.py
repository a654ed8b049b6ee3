"""docs/hardware.md: what stands there is run."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from test_command_line import ROOT, simulator

from hardware.cli.app import COMMANDS
from hardware.sim.control import tell

PAGE = ROOT / "docs" / "hardware.md"


def test_the_example_prints_a_ticket_and_reads_a_card(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(example.splitlines()) <= 45
    assert "queue_server" not in example
    program = tmp_path / "example.py"
    program.write_text(example, encoding="utf-8")
    with (
        simulator("printer", "--pty", "--out", str(tmp_path / "p")) as printer,
        simulator("id-reader", "--tcp", "--out", str(tmp_path / "r")) as reader,
        subprocess.Popen(
            [sys.executable, str(program), printer["url"], reader["url"]],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        ) as running,
    ):
        assert running.stdout is not None
        assert running.stdout.readline() == "printed\n"
        assert "Lay a card" in running.stdout.readline()
        asyncio.run(tell(Path(reader["control"]), {"do": "lay"}))
        assert "522601199001010010" in running.stdout.readline()
        assert running.wait(30) == 0
    receipt = json.loads((tmp_path / "p" / "receipt-0001.json").read_text("utf-8"))
    assert receipt["qr"] == ["https://example.org/t/A012"]


def test_the_page_names_every_command() -> None:
    page = PAGE.read_text("utf-8")
    for command in COMMANDS:
        assert f"bianmin-hardware {command}" in page
