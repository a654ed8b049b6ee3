"""Loads python-escpos without what its import does on the side (release 3.1, measured).

Loading it plainly takes 0.7 s, nearly all of it to parse a database of 1 MB about printers we
know from `hardware.wire.escpos_profile`; it makes a directory in /tmp at every start, also when
ESCPOS_CAPABILITIES_PICKLE_DIR names another place; it keeps a pickle; and it calls
`logging.basicConfig`. So it gets a database of ours with twenty lines, for which no cache is
worth having, and its directory is removed at once.
"""

import importlib
import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import as_file, files
from typing import Any, Final, Protocol, cast

from hardware.errors import HardwareError
from hardware.wire.escpos_profile import Profile

CODE_PAGE: Final = "CP437"
"""Only its ASCII half is used; told that it is set already, python-escpos sends no ESC t."""
_DATABASE: Final = "escpos_capabilities.json"
_FILE_VARIABLE: Final = "ESCPOS_CAPABILITIES_FILE"
_PICKLE_VARIABLE: Final = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_importing: Final = threading.Lock()
"""The environment and the modules are the process's, and each printer has a thread."""


class NoEncoder(HardwareError):
    """python-escpos cannot be loaded: it is not installed, or the disk is full."""

    code = "no-encoder"


class Encoder(Protocol):
    """What we use of `escpos.printer.Dummy`, and what it sends for it.

    Attributes:
        output: All bytes so far.
    """

    output: bytes

    def hw(self, hw: str) -> None:
        """INIT is ESC @."""

    def set(
        self,
        *,
        align: str | None = None,
        bold: bool | None = None,
        width: int | None = None,
        height: int | None = None,
        custom_size: bool | None = None,
    ) -> None:
        """ESC a, ESC E, GS ! (with `custom_size`); nothing for what is None."""

    def line_spacing(self, spacing: int) -> None:
        """ESC 3."""

    def text(self, txt: str) -> None:
        """The characters themselves, as long as they are ASCII."""

    def ln(self, count: int = 1) -> None:
        """LF."""

    def print_and_feed(self, n: int) -> None:
        """ESC d."""

    def image(
        self,
        img_source: object,
        *,
        impl: str,
        high_density_horizontal: bool,
        high_density_vertical: bool,
    ) -> None:
        """GS v 0 for "bitImageRaster"; without high density each dot is printed twice."""

    def qr(self, content: str, *, ec: int, size: int, native: bool) -> None:
        """GS ( k functions 165, 167, 169, 180 and 181."""

    def buzzer(self, times: int, duration: int) -> None:
        """ESC B n t: `duration` in steps of 50 ms."""

    def cut(self, *, feed: bool) -> None:
        """GS V 66 0 without `feed`; with it, six lines too many."""

    def _raw(self, msg: bytes) -> None:
        """Bytes as they are."""


def new_encoder(profile: Profile) -> Encoder:
    """A python-escpos printer that keeps its bytes, for one piece of paper.

    Raises:
        NoEncoder: It cannot be loaded.
    """
    capabilities, dummy = load()
    known = capabilities.Profile(columns=profile.columns)
    # Of this one printer only. Without the width `image` prints a remark to standard output.
    known.profile_data = {
        **known.profile_data,
        "codePages": {"0": CODE_PAGE},
        "media": {"width": {"pixels": profile.width_dots}},
    }
    plain_text = {"encoding": CODE_PAGE, "disabled": True}
    return cast("Encoder", dummy.Dummy(profile=known, magic_encode_args=plain_text))


def load() -> tuple[Any, Any]:
    """The modules `escpos.capabilities` and `escpos.printer.dummy`; loads them the first time.

    Blocks for some 0.3 s the first time: call it off the event loop.

    Raises:
        NoEncoder: They cannot be loaded.
    """
    with _importing:
        try:
            if "escpos.capabilities" not in sys.modules:
                _load_capabilities()
            return (
                importlib.import_module("escpos.capabilities"),
                importlib.import_module("escpos.printer.dummy"),
            )
        except (ImportError, OSError) as error:
            raise NoEncoder(type(error).__name__) from error


def _load_capabilities() -> None:
    with ExitStack() as for_now:
        database = for_now.enter_context(as_file(files("hardware.drivers") / _DATABASE))
        for_now.enter_context(_variable(_FILE_VARIABLE, str(database)))
        # Unset, so that the pickle lies in the one directory whose name we can learn.
        for_now.enter_context(_variable(_PICKLE_VARIABLE, None))
        for_now.enter_context(_root_logger_taken())
        capabilities = importlib.import_module("escpos.capabilities")
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)  # its loss would harm nobody


@contextmanager
def _variable(name: str, value: str | None) -> Iterator[None]:
    before = os.environ.get(name)
    _set_variable(name, value)
    try:
        yield
    finally:
        _set_variable(name, before)


def _set_variable(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


@contextmanager
def _root_logger_taken() -> Iterator[None]:
    """`logging.basicConfig` does nothing while the root logger has a handler."""
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
