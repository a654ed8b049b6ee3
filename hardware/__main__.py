"""bianmin-hardware: list, probe, test and simulate the devices of a hall."""

import importlib
import logging
import sys
from typing import Final

BROKEN: Final = (
    "A part of this program is missing: {name}. Install the program again. "
    "程序缺少部件：{name}。请重新安装。"
)
"""In both languages: what translates could be what is missing."""


def main() -> None:
    """Entry point of the console script."""
    try:
        structlog = importlib.import_module("structlog")
        # A person at a terminal gets one sentence; the log of connecting is for programs.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        code = importlib.import_module("hardware.cli.app").run()
    except ImportError as error:
        sys.stderr.write(BROKEN.format(name=error.name or error) + "\n")
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
