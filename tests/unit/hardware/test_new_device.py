"""The checklist, walked with a device that nobody has: one entry, one file in each place, no more.

A copy of `hardware` gets the entry and the files of new_device/ and is then used as people use it.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hardware.registry import REGISTRY
from hardware.sim.control import tell

ROOT = Path(__file__).parents[3]
CHECKLIST = ROOT / "docs" / "driver-checklist.md"
FILES = Path(__file__).parent / "new_device"
ENTRY = """
        "push-button": DeviceType(
            "push-button",
            DeviceKind.CALL_PAD,
            N_("Push button"),
            "serial:///dev/ttyUSB9?baud=9600",
            module="push_button",
            sim_module="push_button",
            wire="push_button",
        ),
    }
)
"""


def places(**names: str) -> list[Path]:
    """The files the checklist's table asks for, for one device type."""
    rows = re.findall(r"^\| `([^`]+<[a-z_]+>[^`]*)` \|", CHECKLIST.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == 5
    return [Path(re.sub(r"<([a-z_]+)>", lambda match: names[match[1]], row)) for row in rows]


def test_every_device_type_has_what_the_checklist_asks_for() -> None:
    for entry in REGISTRY.values():
        files = places(
            wire=entry.wire, module=entry.module, sim_module=entry.sim_module, type_id=entry.type_id
        )
        for file in files:
            nothing_spoken = file.parent.name == "wire" and not entry.wire
            assert nothing_spoken or (ROOT / file).is_file(), (entry.type_id, file)


def test_one_entry_and_the_files_of_the_checklist_make_a_device(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "hardware", tmp_path / "hardware", ignore=shutil.ignore_patterns("__pycache__")
    )
    registry = tmp_path / "hardware" / "registry.py"
    text = registry.read_text("utf-8")
    assert text.count("\n    }\n)\n") == 1
    registry.write_text(text.replace("\n    }\n)\n", ENTRY), encoding="utf-8")
    wire, driver, sim, _page, _golden = places(
        wire="push_button", module="push_button", sim_module="push_button", type_id="push-button"
    )
    for source, file in (("wire", wire), ("driver", driver), ("sim", sim)):
        shutil.copy(FILES / f"{source}.py", tmp_path / file)

    assert "push-button" in finished(tmp_path, "list").stdout
    simulated = started(tmp_path, "sim", "push-button", "--pty", "--out", str(tmp_path / "out"))
    assert simulated.stdout is not None
    where = json.loads(simulated.stdout.readline())
    probed = finished(tmp_path, "probe", "push-button", "--url", where["url"])
    assert json.loads(probed.stdout) == {"type": "push-button", "online": True, "faults": []}
    trying = started(tmp_path, "test", "push-button", "--url", where["url"], "--count", "1")
    while trying.poll() is None:
        asyncio.run(tell(Path(where["control"]), {"do": "press"}))
        time.sleep(0.1)
    out, _nothing = trying.communicate(timeout=20)
    assert json.loads(out) == {"pressed": True}
    simulated.send_signal(signal.SIGTERM)
    assert simulated.wait(20) == 0
    simulated.stdout.close()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "hardware", *arguments]


def finished(cwd: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        command(*arguments), cwd=cwd, capture_output=True, text=True, check=False, env=english()
    )
    assert done.returncode == 0, done.stderr
    return done


def started(cwd: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(*arguments), cwd=cwd, stdout=subprocess.PIPE, text=True, env=english()
    )


def english() -> dict[str, Any]:
    return {**os.environ, "LANGUAGE": "C"}
