"""An X server without a screen, on a free number that it chooses itself."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def x_server(width_px: int, height_px: int) -> Iterator[str]:
    """The display's name, for as long as it runs."""
    read, write = os.pipe()
    size = f"{width_px}x{height_px}x24"
    program = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(program, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as stream:
            yield f":{stream.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)
