"""Any sequence of commands that a hall might be given, as a strategy."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from hypothesis import strategies as st

from queue_server.contract.ids import CallId, ClerkId, ServiceId, TicketId, VisitId, WindowId
from queue_server.core import commands as cmd
from queue_server.core.errors import QueueError
from queue_server.core.settings import CloseOfDay
from queue_server.ports import Batch
from tests.unit.store.days import DAY, Scribe, settings

Step = tuple[int, int, int, int]


def _steps(seed: int, length: int) -> list[Step]:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    ranges = ((0, 19), (0, 3), (0, 4), (0, 9))
    found = [tuple(chance.randint(*span) for span in ranges) for _ in range(length)]
    return cast("list[Step]", found)


steps = st.builds(_steps, st.integers(0, 2**32), st.integers(1, 120))
"""Long lists, which plain lists of tuples rarely are; they shrink by their length."""
SERVICES = ("A01", "A02", "B01", "B02", "C01")


def command(scribe: Scribe, what: int, where: int, which: int) -> cmd.Command:
    """One of the commands; most fit the state of a hall, the others are refused."""
    window, clerk = WindowId("1234"[where]), ClerkId(f"clerk-{'1234'[where]}")
    service = ServiceId(SERVICES[which])
    call = CallId(scribe.uuid())
    live = sorted(scribe.floor.tickets)
    ticket = TicketId(live[(which * 7) % len(live)] if live else scribe.uuid())
    fresh, visit = TicketId(scribe.uuid()), VisitId(scribe.uuid())
    day = scribe.floor.business_date or DAY
    choices: tuple[cmd.Command, ...] = (
        cmd.CallNext(window, clerk, call),
        cmd.CallNext(window, clerk, call),
        cmd.CallNext(window, clerk, call),
        cmd.Start(window, clerk),
        cmd.Start(window, clerk),
        cmd.Finish(window, clerk),
        cmd.NoShow(window, clerk),
        cmd.Requeue(ticket),
        cmd.Hold(window, clerk),
        cmd.Resume(window, clerk, call, to_called=bool(which % 2)),
        cmd.Transfer(window, clerk, None, service, None, "front"),
        cmd.Transfer(window, clerk, ticket, service, None),
        cmd.Start(window, clerk) if which else cmd.CancelTicket(ticket, "duplicate"),
        cmd.Hold(window, clerk) if which else cmd.Abandon(ticket),
        cmd.UndoCall(window, clerk),
        cmd.Recall(window, clerk),
        cmd.ServeNow(window, clerk, call, fresh, visit, service),
        cmd.NextService(window, clerk, call, fresh, service),
        cmd.OpenWindow(window, clerk) if which else cmd.PauseWindow(window, clerk, "lunch"),
        cmd.Finish(window, clerk) if which else cmd.RollDay(day + timedelta(days=1), force=True),
    )
    return choices[what]


def commands(scribe: Scribe, chosen: list[Step]) -> Iterator[Batch]:
    """The batches of a hall that is opened and then lives through `chosen`, two tickets a step."""
    close = CloseOfDay.CARRY_OVER if len(chosen) % 2 else CloseOfDay.EXPIRE
    yield from scribe.open_hall(close)
    for what, where, which, seconds in chosen:
        scribe.wait(seconds)
        try:
            yield scribe.issue(SERVICES[which], "elderly" if where == 0 else None)
            batch = scribe.do(command(scribe, what, where, which))
        except QueueError:
            continue
        if batch.rows:
            yield batch
    assert settings(close) == scribe.floor.settings
