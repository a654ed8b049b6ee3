"""Whatever is typed or plugged in wrong: one sentence, in the user's language, and an exit code."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
import serial
from test_command_line import PROGRAM, ROOT

LANGUAGES: Final = {"en": "C", "zh": "zh_CN"}
HAN: Final = re.compile(r"[\u4e00-\u9fff]")
ENGLISH: Final = re.compile(r"\b(the|this|there|is|are|and|has|with|cannot)\b", re.IGNORECASE)

# Loads the program once and runs each command line in a process of its own: starting Python anew
# for each would cost half a second of a core.
FORKS: Final = """
import importlib, json, os, sys
from hardware.__main__ import main
from hardware.cli import app
from hardware.registry import REGISTRY
for entry in REGISTRY.values():
    importlib.import_module(f"hardware.drivers.{entry.module}")
for typed in json.load(sys.stdin):
    streams = [os.pipe(), os.pipe()]
    child = os.fork()
    if not child:
        for number, (_read, write) in enumerate(streams, 1):
            os.dup2(write, number)
        os.closerange(3, 64)
        sys.argv[1:] = typed
        try:
            main()
        except SystemExit as end:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code)  # taking OpenCV down takes longer than all the rest
    for _read, write in streams:
        os.close(write)
    out, text = (open(read, encoding="utf-8").read() for read, _write in streams)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([code, out, text]), flush=True)
"""


def said(
    arguments: tuple[str, ...],
    *,
    languages: tuple[str, ...] = ("en", "zh"),
    before: tuple[str, ...] = (),
    **environment: str,
) -> dict[str, tuple[int, str]]:
    """Exit code and sentence of a command in each language; both run at the same time."""
    running = {
        name: subprocess.Popen(
            [*before, *PROGRAM, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LANGUAGE": LANGUAGES[name], "COLUMNS": "200", **environment},
        )
        for name in languages
    }
    results = {}
    for name, process in running.items():
        out, text = process.communicate(timeout=90)
        results[name] = checked(process.returncode, out, text)
    return results


def checked(code: int, out: str, text: str) -> tuple[int, str]:
    assert out == "" or '"online": false' in out
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    return code, text.strip()


def must_say(results: dict[str, tuple[int, str]], code: int, english: str) -> None:
    """The sentence in English, and a Chinese one that is no half translation."""
    assert results["en"][0] == results["zh"][0] == code
    assert english in results["en"][1]
    chinese = results["zh"][1]
    assert HAN.search(chinese), chinese
    assert not ENGLISH.search(chinese), chinese


@dataclass(frozen=True)
class Mistake:
    typed: str
    code: int
    english: str
    more: tuple[str, ...] = field(default=())

    @property
    def arguments(self) -> tuple[str, ...]:
        return (*self.typed.split(), *self.more)


MISTAKES = [
    Mistake("test printer --url serial:///dev/nothing-here", 1, "There is no /dev/nothing-here"),
    Mistake("probe scanner --url serial:///dev/nothing-here", 1, "There is no /dev/nothing-here"),
    Mistake("test camera --url video:///dev/nothing-here", 1, "There is no /dev/nothing-here"),
    Mistake("test printer --url tcp://127.0.0.1:1", 1, "cannot be reached"),
    Mistake("test printer --url nonsense", 1, "serial:///dev/ttyUSB0?baud=115200"),
    Mistake("test scanner --url serial:///dev/x?framing=tab", 1, "baud=9600&framing=cr"),
    Mistake("test camera --url serial:///dev/x", 1, "video:///dev/video0"),
    Mistake("test id-reader --url serial:///dev/x?baud=9601", 1, "cannot be used"),
    Mistake("test printer --url tcp://127.0.0.1:9100 --width-mm 70", 1, "58 or 80 mm"),
    Mistake("test printer", 1, "--url"),
    Mistake("test camera --image /nothing/here.png", 1, "cannot be read: /nothing/here.png"),
    Mistake("test printer --image x.png --url tcp://a:1", 1, "only be given to a camera"),
    Mistake("tell /nothing/here state", 1, "No simulator"),
    Mistake("probe --port /dev/nothing-here --port usb://1:2", 1, "A port is a path"),
    Mistake("test typewriter --url tcp://a:1", 2, "printer id-reader scanner camera"),
    Mistake("test printer --colour red", 2, "--width-mm"),
    Mistake("test printer --count many", 2, "--count"),
    Mistake("test", 2, "KIND is missing"),
    Mistake("dance", 2, "list probe test sim tell"),
    Mistake("sim printer --pty --tcp", 1, "not both"),
    Mistake("sim printer --usb", 2, "cannot be on USB"),
    Mistake("sim printer --pty --option ink=red", 2, "cutter hanzi maker width_mm"),
    Mistake("sim printer --pty --option width_mm=70", 2, "58 80"),
]


@pytest.fixture(scope="module", name="answers")
def _answers() -> dict[str, dict[str, tuple[int, str]]]:
    """What each mistake is answered with, in each language."""
    answers: dict[str, dict[str, tuple[int, str]]] = {m.typed: {} for m in MISTAKES}
    running = {
        name: subprocess.Popen(
            [sys.executable, "-c", FORKS],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "LANGUAGE": language},
        )
        for name, language in LANGUAGES.items()
    }
    typed = json.dumps([mistake.arguments for mistake in MISTAKES])
    for name, process in running.items():
        lines, _nothing = process.communicate(typed, timeout=110)
        for mistake, line in zip(MISTAKES, lines.splitlines(), strict=True):
            answers[mistake.typed][name] = checked(*json.loads(line))
    return answers


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.typed)
def test_every_mistake_is_one_sentence(
    mistake: Mistake, answers: dict[str, dict[str, tuple[int, str]]]
) -> None:
    must_say(answers[mistake.typed], mistake.code, mistake.english)


def test_a_port_that_is_taken_is_named_as_such() -> None:
    near, far = os.openpty()
    try:
        with serial.Serial(os.ttyname(far), exclusive=True):
            results = said(("test", "printer", "--url", f"serial://{os.ttyname(far)}"))
            must_say(results, 1, "Another program is using this device")
    finally:
        os.close(near)
        os.close(far)


def test_a_device_that_does_not_answer_leads_to_probe() -> None:
    results = {}
    for language in LANGUAGES:  # not at the same time: a port is for one program
        near, far = os.openpty()
        url = f"serial://{os.ttyname(far)}?baud=57600"
        try:
            results |= said(("probe", "id-reader", "--url", url), languages=(language,))
        finally:
            os.close(near)
            os.close(far)
    must_say(results, 1, "does not answer at 57600 baud")
    assert "bianmin-hardware probe --port /dev/pts/" in results["zh"][1]


# Root, too, is then asked for the rights of a file (man 7 capabilities, man 2 prctl: 24 drops
# CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH from the bounding set).
WITHOUT_ROOT_RIGHTS: Final = """
import ctypes, os, sys
for capability in (1, 2):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_port_this_user_may_not_open_leads_to_its_group(tmp_path: Path) -> None:
    port = tmp_path / "ttyUSB0"
    port.touch(mode=0)
    arguments = ("test", "printer", "--url", f"serial://{port}")
    results = said(arguments, before=(sys.executable, "-c", WITHOUT_ROOT_RIGHTS))
    must_say(results, 1, f"This user may not open {port}. Add the user to the group ")


@pytest.mark.parametrize("package", ["serial", "typer"])
def test_a_broken_installation_is_one_sentence_too(package: str, tmp_path: Path) -> None:
    (tmp_path / f"{package}.py").write_text("raise ImportError('broken', name=__name__)\n")
    # In both languages at once: what translates may be what is missing.
    code, text = said(("list",), languages=("zh",), PYTHONPATH=str(tmp_path))["zh"]
    assert code == 1
    assert package in text
    assert "Install the program again" in text
    assert "重新安装" in text


def test_who_stops_reading_gets_no_trace() -> None:
    command = f"{sys.executable} -m hardware list | true"
    done = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b""
