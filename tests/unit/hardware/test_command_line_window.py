"""bianmin-hardware with what stands at a window: real processes."""

import asyncio
import json
import subprocess
import time
from pathlib import Path
from typing import Any

from test_command_line import PROGRAM, ROOT, one_sentence, run, simulator

from hardware.sim.control import tell as tell_simulator


def records(process: "subprocess.Popen[str]", count: int) -> list[dict[str, Any]]:
    assert process.stdout is not None
    return [json.loads(process.stdout.readline()) for _ in range(count)]


def trying(kind: str, url: str, count: int) -> "subprocess.Popen[str]":
    command = [*PROGRAM, "test", kind, "--url", url, "--count", str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def tell(sim: dict[str, Any], order: dict[str, object]) -> dict[str, Any]:
    answer = asyncio.run(tell_simulator(Path(sim["control"]), order))
    assert answer["ok"], answer
    state: dict[str, Any] = answer["state"]
    return state


def test_a_key_and_a_rating_are_tried_out_on_one_line(tmp_path: Path) -> None:
    with simulator("call-pad", "--pty", "--out", str(tmp_path), "--option", "rater=yes") as sim:
        probed = run("probe", "call-pad", "--url", sim["url"])
        assert (probed.returncode, json.loads(probed.stdout)["online"]) == (0, True)
        with trying("call-pad", sim["url"], 1) as pad:
            while tell(sim, {"do": "state"})["shown"] != "888888":
                assert pad.poll() is None
                time.sleep(0.05)
            tell(sim, {"do": "press", "key": "no-show"})
            assert records(pad, 1) == [{"key": "no-show", "digits": ""}]
            assert pad.wait(20) == 0
        with trying("rater", sim["url"], 1) as rater:
            while not tell(sim, {"do": "state"})["rater"]["asking"]:
                assert rater.poll() is None
                time.sleep(0.05)
            tell(sim, {"do": "rate", "value": 2})
            assert records(rater, 1) == [{"level": 2, "levels": 4}]
            assert rater.wait(20) == 0
    assert (tmp_path / "pad.png").is_file()
    assert (tmp_path / "rater.png").is_file()


def test_a_number_board_is_tried_out_and_a_missing_one_is_one_sentence(tmp_path: Path) -> None:
    with simulator("call-display", "--tcp", "--out", str(tmp_path)) as sim:
        done = run("test", "call-display", "--url", sim["url"], "--count", "1")
        assert (done.returncode, json.loads(done.stdout)) == (0, {"should_show": "888"})
        assert tell(sim, {"do": "state"})["shown"] == "888"
        assert (tmp_path / "panel.png").is_file()
    gone = run("probe", "call-display", "--url", sim["url"])
    assert gone.returncode == 1
    assert one_sentence(gone.stderr)
