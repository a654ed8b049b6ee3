"""python-escpos is loaded late, and leaves nothing of its own behind."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

LATE = """
import sys
import hardware.registry, hardware.drivers.escpos_printer, hardware.wire.escpos_ticket
from hardware.registry import REGISTRY, Settings
from hardware.transport import parse_url
REGISTRY["escpos-printer"].build(Settings("p", parse_url("tcp://127.0.0.1:9100")))
assert not [name for name in sys.modules if name.partition(".")[0] == "escpos"]
"""

CLEAN = """
import logging, os, threading
from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.drivers.raster import FontRasteriser
from hardware.sample import example_ticket
from hardware.wire.escpos_profile import PROFILES
before = dict(os.environ)
encoder = TicketEncoder(PROFILES["raster-80"], FontRasteriser())
callers = [threading.Thread(target=encoder.prepare) for _ in range(3)]
for caller in callers: caller.start()
for caller in callers: caller.join()
assert encoder.encode(example_ticket("䶮"))
assert dict(os.environ) == before
assert logging.getLogger().handlers == []
import escpos.capabilities
assert set(escpos.capabilities.CAPABILITIES["encodings"]) == {"CP437"}
"""

AGAIN = """
import tempfile
from hardware.drivers.escpos_library import NoEncoder, load
tempfile.tempdir = "/nothing/here"
try:
    load()
except NoEncoder as error:
    assert error.code == "no-encoder"
else:
    raise AssertionError
tempfile.tempdir = None
load()
"""

ALREADY = """
from escpos.printer import Dummy
from hardware.drivers.escpos_encoder import TicketEncoder
from hardware.drivers.raster import FontRasteriser
from hardware.sample import example_ticket
from hardware.wire.escpos_profile import PROFILES
assert TicketEncoder(PROFILES["raster-80"], FontRasteriser()).encode(example_ticket("䶮"))
import escpos.capabilities, shutil
assert len(escpos.capabilities.CAPABILITIES["encodings"]) > 1
shutil.rmtree(escpos.capabilities.pickle_dir)
"""


def run(program: str, place: Path, **environment: str) -> None:
    """In a process of its own, because a module is loaded once only."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(place.iterdir()) == []


def test_a_driver_that_was_made_has_not_loaded_it_yet(tmp_path: Path) -> None:
    run(LATE, tmp_path)


def test_loading_it_leaves_no_file_no_variable_and_no_log_handler(tmp_path: Path) -> None:
    run(CLEAN, tmp_path)


def test_a_cache_named_by_the_environment_is_neither_read_nor_written(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    place = tmp_path / "tmp"
    place.mkdir()
    run(CLEAN, place, ESCPOS_CAPABILITIES_PICKLE_DIR=str(cache), ESCPOS_CAPABILITIES_FILE="/none")
    assert list(cache.iterdir()) == []


def test_where_it_could_not_be_loaded_the_next_ticket_tries_again(tmp_path: Path) -> None:
    run(AGAIN, tmp_path)


def test_it_serves_as_well_where_somebody_else_loaded_it_before(tmp_path: Path) -> None:
    run(ALREADY, tmp_path)
