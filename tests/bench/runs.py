"""The measurements, one function for each part of the table."""

import asyncio
import itertools
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from queue_server.bus.address import BrokerAddress
from queue_server.contract.ids import HallId
from queue_server.contract.topics import Topics
from tests.bench import rivals
from tests.bench.figures import Row, rank
from tests.bench.hall import NULL, BenchHall, Line, Loaded, hall, new_hall
from tests.bench.load import until

PACED = 50.0
"""Requests a second where a row says "at 50/s": twenty times a busy hall."""


@dataclass(frozen=True, slots=True)
class Size:
    """How long and how large."""

    slice_s: float
    rounds: int
    paced_s: float
    tickets: int
    waiting: int
    laps: int
    visits: int


SHORT = Size(1.0, 2, 3.0, 1_500, 300, 60, 300)
FULL = Size(3.0, 4, 20.0, 10_000, 1_000, 300, 10_000)


def saturated(data: Path, size: Size) -> list[Row]:
    """Tickets a second, closed loop: the null ticket and the real one in turn."""
    rows: list[Row] = []
    for connections, goal in ((8, 0.5), (32, 0.6)):
        with hall(new_hall(data / f"saturated-{connections}")) as server:
            null, real = _in_turn(server, connections, size)
        rate = _rate(real)
        at = f"at {connections} connections"
        rows.append(
            Row(
                f"tickets/s {at}",
                rate,
                "/s",
                f"null ticket {_rate(null):,.0f}/s",
                rate / _rate(null),
                goal,
                at_least=True,
            )
        )
        if connections == 8:
            rows.append(Row("the same, absolute", rate, "/s", "", rate, 2500, at_least=True))
            cpu = _cpu_ms(real)
            rival = f"null ticket {_cpu_ms(null):.2f} ms"
            rows.append(Row("server CPU per ticket, saturated", cpu, "ms", rival, cpu, 0.4))
        else:
            p99 = rank(_latencies(real), 99)
            rival = f"null ticket {rank(_latencies(null), 99):.1f} ms"
            rows.append(Row(f"p99 saturated {at}", p99, "ms", rival, p99, 20))
        made, count = sum(r.outcome.sent for r in real), sum(r.commits for r in real)
        rows.append(
            Row(f"commits per ticket {at}", count / made, "", f"{made} tickets", count / made, 1.0)
        )
    return rows


def _in_turn(server: BenchHall, connections: int, size: Size) -> tuple[list[Loaded], list[Loaded]]:
    null, real = [], []
    for _ in range(size.rounds):
        null.append(server.load(server.tickets(NULL), connections, size.slice_s))
        real.append(server.load(server.tickets(), connections, size.slice_s))
    return null, real


def _rate(loads: list[Loaded]) -> float:
    return sum(r.outcome.requests for r in loads) / sum(r.outcome.seconds for r in loads)


def _cpu_ms(loads: list[Loaded]) -> float:
    return sum(r.server_cpu_s for r in loads) * 1000 / sum(r.outcome.sent for r in loads)


def _latencies(loads: list[Loaded]) -> list[float]:
    return list(itertools.chain.from_iterable(r.outcome.latencies_ms for r in loads))


def paced(data: Path, size: Size) -> list[Row]:
    """50 tickets a second and 50 calls a second, open loop."""
    commits = asyncio.run(rivals.commits(data, PACED, size.paced_s))
    bare = asyncio.run(rivals.publishes(data / "bare-mqtt", PACED, size.paced_s))
    with hall(new_hall(data / "paced")) as server:
        health = [server.request("GET", "/healthz")]
        empty = server.load(health, 8, size.paced_s, rate=PACED, status=200).outcome.latencies_ms
        real = server.load(server.tickets(), 8, size.paced_s, rate=PACED)
        calls = asyncio.run(_calls(server, size))
    ticket = real.outcome.latencies_ms
    rival = f"empty {rank(empty, 99):.2f} + commit {rank(commits, 99):.2f} ms"
    both = rank(empty, 99) + rank(commits, 99)
    p50 = rank(empty, 50) + rank(commits, 50) + 2 * rank(bare, 50)
    p99 = 3 * rank(bare, 99) + rank(commits, 99)
    shown = rank(calls, 99)
    return [
        Row("server CPU per ticket at 50/s", real.cpu_ms, "ms", "", real.cpu_ms, 2.0),
        Row("ticket at 50/s, p99", rank(ticket, 99), "ms", rival, rank(ticket, 99) / both, 2.0),
        Row(
            "call → MQTT subscriber at 50/s, p50",
            rank(calls, 50),
            "ms",
            f"empty {rank(empty, 50):.2f} + commit {rank(commits, 50):.2f}"
            f" + 2 × publish {rank(bare, 50):.2f} ms",
            rank(calls, 50) / p50,
            1.0,
        ),
        Row(
            "call → MQTT subscriber at 50/s, p99",
            shown,
            "ms",
            f"3 × publish {rank(bare, 99):.2f} + commit {rank(commits, 99):.2f} ms",
            shown / p99,
            1.0,
        ),
        Row("the same, absolute", shown, "ms", "", shown, 10.0),
    ]


async def _calls(server: BenchHall, size: Size) -> list[float]:
    """Milliseconds from a call's due time to its announcement, over all windows in turn."""
    seats = list(server.seats().items())
    total = round(PACED * size.paced_s)
    token = server.credentials["kiosk_token"]
    groups = {window: chr(ord("A") + int(window) - 1) for window, _ in seats}
    desk = Line(server)
    for number in range(total + 2 * len(seats)):
        group = groups[seats[number % len(seats)][0]]
        await desk.must("POST", "/api/v1/tickets", token, {"service_id": f"{group}01"})
    login = server.credentials["mqtt"]
    address = BrokerAddress.from_url(server.mqtt_url, login["username"], login["password"])
    heard: dict[str, float] = {}
    complete = asyncio.Event()
    due: dict[str, float] = {}
    async with rivals.display(address) as display:
        await display.subscribe(Topics(HallId(server.credentials["hall_id"])).call(), qos=1)

        async def listen() -> None:
            async for message in display.messages:
                now_s = time.perf_counter()
                call = json.loads(bytes(message.payload))  # type: ignore[arg-type]
                heard.setdefault(call["call_id"], now_s)
                if len(heard) == total:
                    complete.set()

        listening = asyncio.create_task(listen())
        lines = {window: Line(server) for window, _ in seats}
        turns: list[asyncio.Task[None]] = []
        began_s = time.perf_counter() + 0.1
        for number in range(total):
            window, clerk = seats[number % len(seats)]
            due_s = began_s + number / PACED
            await until(due_s)
            turns.append(asyncio.create_task(_turn(lines[window], window, clerk, due_s, due)))
        await asyncio.gather(*turns)
        async with asyncio.timeout(20):
            await complete.wait()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    for line in (desk, *lines.values()):
        line.close()
    return [(heard[call] - at_s) * 1000 for call, at_s in due.items()]


async def _turn(line: Line, window: str, clerk: str, due_s: float, due: dict[str, float]) -> None:
    """Call, start and finish one ticket; waits for the turn before, should it be late."""
    path = f"/api/v1/windows/{window}"
    async with line.busy:
        answer, _ = await line.must("POST", f"{path}/call-next", clerk, {})
        due[json.loads(answer)["call"]["call_id"]] = due_s
        await line.must("POST", f"{path}/start", clerk, {})
        await line.must("POST", f"{path}/finish", clerk, {})


def large(data: Path, size: Size) -> list[Row]:
    """A hall late on a day of thousands against one with ten people, operation by operation."""
    big, small = data / "big", data / "small"
    for directory, tickets, waiting in ((big, size.tickets, size.waiting), (small, 10, 10)):
        new_hall(directory)
        command = [sys.executable, "-m", "tests.bench.fill", str(directory)]
        subprocess.run([*command, str(tickets), str(waiting)], check=True)
    starts = _starts(small, big)
    events, raw_s = rivals.rows(big / "hall.db")
    with hall(small) as few, hall(big) as many:
        took = asyncio.run(_laps(few, many, size.laps))
    rows = [
        Row(
            f"{name}, {size.tickets:,} tickets in the day, {size.waiting:,} waiting",
            rank(late, 50),
            "ms",
            f"10 tickets {rank(early, 50):.2f} ms",
            rank(late, 50) / rank(early, 50),
            1.2,
        )
        for name, (early, late) in took.items()
    ]
    empty_s, full_s = starts
    return [
        *rows,
        Row(
            f"server start, day of {events:,} events",
            full_s,
            "s",
            f"empty day {empty_s:.2f} s, rows raw {raw_s:.2f} s",
            full_s,
            1.0,
        ),
        Row(
            "of which the day itself",
            full_s - empty_s,
            "s",
            f"rows raw {raw_s:.2f} s",
            full_s - empty_s,
            1.0,
        ),
    ]


def _starts(small: Path, big: Path) -> tuple[float, float]:
    """Seconds from the start of the process to its ready line; the best of three each."""
    took: dict[Path, list[float]] = {small: [], big: []}
    for _ in range(3):
        for directory, each in took.items():
            began_s = time.perf_counter()
            with hall(directory):
                each.append(time.perf_counter() - began_s)
    return min(took[small]), min(took[big])


async def _laps(
    few: BenchHall, many: BenchHall, laps: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Milliseconds of each operation in both halls, in turn."""
    window = "2"
    took: dict[str, tuple[list[float], list[float]]] = {
        name: ([], []) for name in ("issue", "board", "call")
    }
    halls = [(n, h, Line(h), h.seats()[window]) for n, h in enumerate((few, many))]
    for lap in range(laps + 5):
        for which, server, line, clerk in halls:
            kiosk = server.credentials["kiosk_token"]
            path = f"/api/v1/windows/{window}"
            _, issue_s = await line.must("POST", "/api/v1/tickets", kiosk, {"service_id": "B01"})
            _, board_s = await line.must("GET", "/api/v1/board")
            _, call_s = await line.must("POST", f"{path}/call-next", clerk, {})
            await line.must("POST", f"{path}/start", clerk, {})
            await line.must("POST", f"{path}/finish", clerk, {})
            if lap >= 5:
                for name, each_s in (("issue", issue_s), ("board", board_s), ("call", call_s)):
                    took[name][which].append(each_s * 1000)
    for _, _, line, _ in halls:
        line.close()
    return took


def memory(data: Path, size: Size) -> list[Row]:
    """Resident memory after many visits against after 100."""
    with hall(new_hall(data / "memory")) as server:
        early, middle, late = asyncio.run(_visits(server, size.visits))
    rival = f"after 100: {early / 2**20:.1f} MiB"
    return [
        Row(
            f"server memory after {size.visits:,} tickets",
            late / 2**20,
            "MiB",
            rival,
            (late / early - 1) * 100,
            5.0,
        ),
        Row(
            "its growth in the second half (flat)",
            (late - middle) / 2**20,
            "MiB",
            f"at half: {middle / 2**20:.1f} MiB",
            (late / middle - 1) * 100,
            2.5,
        ),
    ]


async def _visits(server: BenchHall, visits: int) -> tuple[int, int, int]:
    seats = list(server.seats().items())
    groups = {window: chr(ord("A") + int(window) - 1) for window, _ in seats}

    async def serve(window: str, clerk: str, turns: "itertools.islice[int]") -> None:
        line = Line(server)
        path = f"/api/v1/windows/{window}"
        for _ in turns:
            await line.must(
                "POST", f"{path}/serve-now", clerk, {"service_id": f"{groups[window]}01"}
            )
            await line.must("POST", f"{path}/finish", clerk, {})
        line.close()

    async def until_done(count: int) -> int:
        turns = itertools.islice(itertools.count(), count)
        await asyncio.gather(*(serve(window, clerk, turns) for window, clerk in seats))
        return server.rss()

    early = await until_done(100)
    middle = await until_done(visits // 2 - 100)
    return early, middle, await until_done(visits - visits // 2)
