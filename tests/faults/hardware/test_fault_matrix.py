"""Every device type under every fault of a line: it recovers, says so once, leaves nothing."""

import asyncio
import threading
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from matrix import CELLS, ONCE_EACH, UNTOUCHED, Bench, Cell, simulated_type
from matrix_benches import BENCHES
from proxy import proxied
from rig import online
from structlog.testing import capture_logs

from hardware.registry import REGISTRY, SimOptions
from hardware.supervise import running


def test_every_device_type_has_a_bench() -> None:
    assert set(BENCHES) == set(REGISTRY)


@pytest.mark.parametrize("type_id", BENCHES)
def test_a_cell_is_left_out_only_with_a_reason(type_id: str) -> None:
    bench = BENCHES[type_id]
    assert set(bench.not_here) <= set(CELLS)
    assert all(bench.not_here.values())
    assert bench.checked or bench.unchecked_why


async def run_cell(bench: Bench, name: str, place: Path) -> None:
    """One device under one fault, from the first good use to the last."""
    async with AsyncExitStack() as stack:
        sim = await stack.enter_async_context(simulated_type(bench, place))
        if bench.behind_proxy:
            sim = await stack.enter_async_context(
                proxied(sim, SimOptions(None, 0, sim.control, sim.out))
            )
        port = place / "port"
        url = sim.url
        if bench.pty:
            port.symlink_to(place / "tty")
            url = url.replace(str(place / "tty"), str(port))
        device = bench.driver(url, name)
        async with running(device), bench.using(device, sim) as use:
            await online(device)
            cell = Cell(bench, device, sim, port, use)
            await cell.must_work()
            await CELLS[name](cell)


def judge_log(name: str, lines: list[str]) -> None:
    """A device goes and comes back by turns, and is told once each time."""
    pairs = lines[1:]
    assert lines[0] == "device-online", (name, lines)
    assert pairs == ["device-offline", "device-online"] * (len(pairs) // 2), (name, lines)
    if name in ONCE_EACH:
        assert len(pairs) == 2, (name, lines)
    if name in UNTOUCHED:
        assert not pairs, (name, lines)


@pytest.mark.parametrize("type_id", BENCHES)
async def test_a_device_survives_every_fault_of_its_line(type_id: str, tmp_path: Path) -> None:
    bench_type = type(BENCHES[type_id])
    names = [name for name in CELLS if name not in bench_type.not_here]
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    room = asyncio.Semaphore(bench_type.side_by_side)

    async def cell(name: str) -> None:
        async with room:
            await run_cell(bench_type(), name, tmp_path / name)

    with capture_logs() as log:
        failures = await asyncio.gather(*(cell(name) for name in names), return_exceptions=True)
    wrong = {
        name: failure for name, failure in zip(names, failures, strict=True) if failure is not None
    }
    assert not wrong, wrong
    told: dict[str, list[str]] = defaultdict(list)
    for line in log:
        if line["event"] in {"device-online", "device-offline"} and "device" in line:
            told[line["device"]].append(line["event"])
        assert line["event"] != "driver-bug", line
    for name in names:
        # The driver's own end is no news: it was stopped, not lost.
        judge_log(name, told[name])
    assert asyncio.all_tasks() <= tasks
    assert set(threading.enumerate()) <= threads
