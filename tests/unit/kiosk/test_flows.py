"""Every way through the kiosk with Kivy's own test fingers on the real window (kiosk_flows.py)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SIZES = ("1080x1920",) + (("1024x768",) if os.environ.get("BIANMIN_LONG") == "1" else ())
LEAST = 30
"""Ways; a file that is not found any more would go unnoticed."""

pytestmark = [pytest.mark.screen, pytest.mark.timeout(280)]


@pytest.mark.parametrize("size", SIZES)
def test_no_way_gives_two_numbers_or_shows_what_is_somebody_elses(size: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kiosk_flows", size],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=270,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert len(found) >= LEAST
