"""bianmin-hardware as a person and another program use it: real processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import segno

PROGRAM = [sys.executable, "-m", "hardware"]
ROOT = Path(__file__).parents[3]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "LANGUAGE": "C", "COLUMNS": "200"},
    )


@contextmanager
def simulator(*arguments: str) -> Iterator[dict[str, Any]]:
    process = subprocess.Popen([*PROGRAM, "sim", *arguments], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stdout.close()


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.strip().endswith(".") and "Traceback" not in text


@pytest.mark.parametrize("how", ["--pty", "--tcp"])
def test_printing_the_example_ticket_and_falling_ill(how: str, tmp_path: Path) -> None:
    with simulator("printer", how, "--out", str(tmp_path)) as sim:
        done = run("test", "printer", "--url", sim["url"], "--name", "䶮𬭎")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout) == {"result": "printed"}
        receipt = json.loads((tmp_path / "receipt-0001.json").read_text(encoding="utf-8"))
        assert receipt["cut"]
        assert (tmp_path / receipt["png"]).is_file()
        assert "B012" in (tmp_path / "receipt-0001.txt").read_text(encoding="utf-8")

        assert run("tell", sim["control"], "paper-out").returncode == 0
        ill = run("test", "printer", "--url", sim["url"])
        assert (ill.returncode, ill.stdout) == (1, "")
        assert one_sentence(ill.stderr)
        assert "paper" in ill.stderr

        probed = run("probe", "printer", "--url", sim["url"])
        assert probed.returncode == 1
        assert json.loads(probed.stdout)["faults"] == ["paper-out"]
        assert run("tell", sim["control"], "dance").returncode == 1


def test_reading_a_card_and_a_code(tmp_path: Path) -> None:
    with (
        simulator("id-reader", "--pty", "--out", str(tmp_path / "r")) as reader,
        simulator("scanner", "--pty", "--out", str(tmp_path / "s")) as scanner,
    ):
        run("tell", reader["control"], "lay")
        read = run("test", "id-reader", "--url", reader["url"], "--count", "1")
        card = json.loads(read.stdout)
        assert card["number"] == "522601199001010010"
        assert (card["kind"], card["birth"]) == ("resident", "1990-01-01")

        listening = subprocess.Popen(
            [*PROGRAM, "test", "scanner", "--url", scanner["url"], "--count", "1"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        # The scanner has no way to say that somebody listens: scan until it was heard.
        while listening.poll() is None:
            run("tell", scanner["control"], '{"do": "scan", "text": "A001"}')
        assert listening.stdout is not None
        assert json.loads(listening.stdout.read())["text"] == "A001"
        listening.stdout.close()


def test_codes_in_pictures(tmp_path: Path) -> None:
    pictures = [tmp_path / "one.png", tmp_path / "none.png"]
    segno.make_qr("A001").save(str(pictures[0]), scale=5)
    segno.make_qr("x").save(str(pictures[1]), scale=1, dark="white")
    done = run("test", "camera", "--image", *map(str, pictures))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert records == [
        {
            "file": str(pictures[0]),
            "codes": [{"symbology": "qr-code", "text": "A001", "bytes_hex": "41303031"}],
        },
        {"file": str(pictures[1]), "codes": []},
    ]
