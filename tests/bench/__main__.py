"""`script/bench`: measures, prints the table, writes JSON (docs/performance.md)."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import psutil

from tests.bench import camera, kiosk, runs
from tests.bench.figures import Row

ROOT = Path(__file__).parents[2]
PARTS: dict[str, Callable[[Path, runs.Size], list[Row]]] = {
    "saturated": runs.saturated,
    "paced": runs.paced,
    "large": runs.large,
    "memory": runs.memory,
    "camera": camera.camera,
    "kiosk": kiosk.kiosk,
}
HEAD = ("what", "measured", "beside, in the same run", "goal", "")


def _machine() -> dict[str, str | float]:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": float(os.cpu_count() or 0),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def _print(rows: list[Row]) -> None:
    cells = [HEAD, *(row.line() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    for line in cells:
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(padded).rstrip() + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="smaller and within a minute")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    options = parser.parse_args()
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        parser.error(f"no part {', '.join(unknown)}; there is {', '.join(PARTS)}")
    size = runs.SHORT if options.short else runs.FULL
    machine, began = _machine(), datetime.now(UTC)
    rows: list[Row] = []
    # In the project: what is measured is the disk the project is on.
    (ROOT / "var/bench").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var/bench") as directory:
        for name in options.parts or PARTS:
            started_s = time.perf_counter()
            rows += PARTS[name](Path(directory), size)
            sys.stderr.write(f"{name}: {time.perf_counter() - started_s:.0f} s\n")
    _print(rows)
    target = ROOT / "var/bench" / f"{began:%Y%m%dT%H%M%SZ}{'-short' if options.short else ''}.json"
    result = {
        "at": began.isoformat(timespec="seconds"),
        "short": options.short,
        "machine": machine | {"load_after": os.getloadavg()[0]},
        "rows": [asdict(row) | {"met": row.met} for row in rows],
    }
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.stdout.write(f"written to {target.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
