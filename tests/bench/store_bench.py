"""Times the store: appends by batch size, the start with a 60,000-event day, a year's statistics.

Usage: .venv/bin/python -m tests.bench.store_bench [--url postgresql://…] [--tickets 10000]
Prints one JSON object. Every figure stands beside a limit measured in the same run: the same
database doing nothing but one bare insert a commit, and the same rows read raw.
"""

import argparse
import gc
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from queue_server.core.evolve import evolve
from queue_server.core.model import Floor
from queue_server.ports import Batch
from queue_server.store.event_codec import decode
from queue_server.store.figures import By
from queue_server.store.schema import ticket_leg
from queue_server.store.store import Store, open_store
from queue_server.store.verify_walk import same_state
from tests.unit.store.days import Scribe, busy_day, joined


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url")
    parser.add_argument("--tickets", type=int, default=10_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd() / "var") as name:
        store = open_store(Path(name), chosen.url, "bench", create=True)
        store.journal.replay()
        found: dict[str, Any] = {"bare_commit_us": bare_commit_us(Path(name))}
        scribe = Scribe(seed=1)
        batches = list(busy_day(scribe, chosen.tickets))
        rows = sum(len(b.rows) for b in batches)
        found["events"] = rows
        found["append_us"] = appends(store, batches)
        store.journal.replay()
        found["start"] = start(store)
        found["year"] = year(store)
        store.close()
    print(json.dumps(found, indent=1))  # noqa: T201 - that is what it is for


def bare_commit_us(directory: Path) -> float:
    """One INSERT a commit in a file of its own, WAL and FULL: what the disk allows."""
    raw = sqlite3.connect(directory / "bare.db", isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")

    def one() -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO t (b) VALUES (?)", ["x" * 300])
        raw.execute("COMMIT")

    took = timed(one, 1000)
    raw.close()
    return took


def timed(work: Callable[[], Any], times: int) -> float:
    """Microseconds a turn."""
    started = time.perf_counter()
    for _ in range(times):
        work()
    return round((time.perf_counter() - started) / times * 1e6, 1)


def appends(store: Store, batches: list[Batch]) -> dict[str, dict[str, float]]:
    """Microseconds a batch and commands a second, by commands in a batch, over equal thirds."""
    found = {}
    at = 0
    for number, size in enumerate((1, 8, 32)):
        end = len(batches) if number == 2 else at + len(batches) // 12
        groups = [joined(batches[i : min(i + size, end)]) for i in range(at, end, size)]
        gc.collect()
        started = time.perf_counter()
        for group in groups:
            store.journal.append(group)
        took = time.perf_counter() - started
        found[str(size)] = {
            "us": round(took / len(groups) * 1e6, 1),
            "commands_per_s": round((end - at) / took),
        }
        at = end
    return found


def start(store: Store) -> dict[str, float]:
    """Seconds of the parts of a start, and of reading the same rows raw."""
    with store.database.readers.reading() as connection:
        started = time.perf_counter()
        raw = connection.connection.driver_connection
        if raw is None:
            raise SystemExit("no connection")
        cursor = raw.execute("SELECT seq, at_ms, kind, version, body FROM event ORDER BY seq")
        rows = cursor.fetchall()
        raw_s = time.perf_counter() - started
    started = time.perf_counter()
    facts = [(r[1], decode(r[2], r[3], r[4])) for r in rows]
    decode_s = time.perf_counter() - started
    started = time.perf_counter()
    floor = Floor()
    for at_ms, fact in facts:
        floor = evolve(floor, fact, at_ms)
    evolve_s = time.perf_counter() - started
    del facts, rows
    started = time.perf_counter()
    replayed = store.journal.replay()
    replay_s = time.perf_counter() - started
    if not same_state(replayed.floor, floor):
        raise SystemExit("the replay differs")
    parts = {"raw": raw_s, "decode": decode_s, "evolve": evolve_s, "replay": replay_s}
    return {name: round(value, 3) for name, value in parts.items()}


_BY_HAND = """
SELECT window_id, outcome, wait_ms, walk_ms, service_ms, hold_ms FROM ticket_leg
WHERE business_date BETWEEN '2020-01-01' AND '2020-12-31' ORDER BY window_id
"""


def year(store: Store) -> dict[str, float]:
    """Seconds of one statistic over 100,000 tickets, and of reading its columns bare."""
    with store.database.writing() as connection:
        columns = [c.name for c in ticket_leg.columns]
        rows = [dict(row) for row in connection.execute(select(ticket_leg)).mappings()]
        connection.execute(delete(ticket_leg))
        first = date(2020, 1, 1)
        made = []
        for number in range(100_000):
            row = dict(rows[number % len(rows)])
            row["ticket_id"], row["leg"] = f"{number:036d}", 1
            row["business_date"] = (first + timedelta(days=number % 250)).isoformat()
            made.append([row[name] for name in columns])
        sql = ticket_leg.insert()
        for at in range(0, len(made), 5000):
            part = [dict(zip(columns, row, strict=True)) for row in made[at : at + 5000]]
            connection.execute(sql, part)
    found: dict[str, float] = {}
    with store.database.readers.reading() as connection:
        started = time.perf_counter()
        connection.exec_driver_sql(_BY_HAND).all()
        found["bare"] = round(time.perf_counter() - started, 3)
    last = date(2020, 12, 31)
    for by in By:
        started = time.perf_counter()
        total, _ = store.reports.statistics(first, last, by, "Asia/Shanghai", {"A01": 900})
        found[by.value] = round(time.perf_counter() - started, 3)
        if total.issued != len(made):
            raise SystemExit("the statistics are wrong")
    return found


if __name__ == "__main__":
    main()
