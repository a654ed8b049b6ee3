"""Makes days in a hall for the store's tests: real decisions, real events, no clock."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from queue_server.contract.ids import (
    CallId,
    ClassId,
    ClerkId,
    GroupId,
    ServiceId,
    TicketId,
    VisitId,
    WindowId,
)
from queue_server.core import commands as cmd
from queue_server.core.decide import decide
from queue_server.core.errors import QueueError
from queue_server.core.evolve import evolve
from queue_server.core.legs import legs_of
from queue_server.core.model import Floor
from queue_server.core.settings import (
    ClassSetting,
    CloseOfDay,
    GroupSetting,
    HallSettings,
    ServiceSetting,
    WindowSetting,
)
from queue_server.ports import AnswerRow, Batch, Instant, JournalRow, LegRow, VisitorRow

DAY = date(2026, 3, 2)
NINE_MS = 1_772_413_200_000
"""2026-03-02 09:00 in UTC+8."""


def settings(close_of_day: CloseOfDay = CloseOfDay.EXPIRE) -> HallSettings:
    """Three groups, five items, four windows, one priority class."""
    groups = tuple(GroupSetting(GroupId(g), g) for g in "ABC")
    services = tuple(
        ServiceSetting(ServiceId(s), GroupId(s[0]), target_s=900 if s != "C01" else None)
        for s in ("A01", "A02", "B01", "B02", "C01")
    )
    windows = tuple(
        WindowSetting(WindowId(w), tuple(GroupId(g) for g in served))
        for w, served in (("1", "ABC"), ("2", "A"), ("3", "B"), ("4", "AC"))
    )
    return HallSettings(
        services,
        groups,
        windows,
        classes=(ClassSetting(ClassId("elderly")),),
        close_of_day=close_of_day,
        time_zone="Asia/Shanghai",
    )


@dataclass
class Scribe:
    """Decides commands on a floor and writes down what the service would append."""

    seed: int = 0
    floor: Floor = field(default_factory=Floor)
    now_ms: int = NINE_MS
    made: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - repeatable days

    def uuid(self) -> str:
        """An id that is the same in every run."""
        self.made += 1
        return f"01950000-0000-7000-8000-{self.made:012x}"

    def do(self, command: cmd.Command, *, answered: bool = True) -> Batch:
        """The batch of one command.

        Raises:
            QueueError: the hall refuses.
        """
        events = decide(self.floor, command, self.now_ms)
        rows: list[JournalRow] = []
        legs: dict[tuple[str, int], LegRow] = {}
        for event in events:
            before, self.floor = self.floor, evolve(self.floor, event, self.now_ms)
            day = self.floor.business_date or DAY
            instant = Instant(self.now_ms, self.now_ms % 10**9, "boot-1", "ntp")
            rows.append(JournalRow(self.floor.seq, instant, day, event, "staff:li"))
            for leg in legs_of(before, event, self.floor, self.now_ms):
                legs[leg.ticket_id, leg.leg] = LegRow(day, leg)
        answers: tuple[AnswerRow, ...] = ()
        visitors: tuple[VisitorRow, ...] = ()
        if rows and answered:
            digest = self.floor.seq.to_bytes(16, "big")
            day = self.floor.business_date or DAY
            answers = (AnswerRow(digest, digest[::-1], 201, b'{"answer": 1}', day),)
            if isinstance(command, cmd.IssueTicket):
                visitors = (VisitorRow(command.ticket_id, day, "id-card", "Li *", agent=False),)
        return Batch(tuple(rows), tuple(legs.values()), answers, visitors)

    def open_hall(self, close_of_day: CloseOfDay = CloseOfDay.EXPIRE) -> Iterator[Batch]:
        """Settings, the first day, and a clerk at every window."""
        yield self.do(cmd.ChangeSettings(settings(close_of_day), "catalogue-1"))
        yield self.do(cmd.RollDay(DAY))
        for window in "1234":
            yield self.do(cmd.SignIn(WindowId(window), ClerkId(f"clerk-{window}")))

    def issue(self, service: str = "A01", class_id: str | None = None) -> Batch:
        """One more ticket."""
        return self.do(
            cmd.IssueTicket(
                TicketId(self.uuid()),
                VisitId(self.uuid()),
                ServiceId(service),
                None if class_id is None else ClassId(class_id),
                language="zh",
                principal=None,
            ),
        )

    def at(self, window: str, what: type, **more: object) -> Batch:
        """A command at a window by its own clerk."""
        return self.do(what(WindowId(window), ClerkId(f"clerk-{window}"), **more))

    def call(self, window: str) -> Batch:
        """Whoever is next."""
        return self.at(window, cmd.CallNext, call_id=CallId(self.uuid()))

    def next_day(self) -> Batch:
        """Roll the day, whatever is still at hand."""
        day = self.floor.business_date or DAY
        return self.do(cmd.RollDay(day + timedelta(days=1), force=True))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ms += round(seconds * 1000)


def joined(batches: Iterable[Batch]) -> Batch:
    """Several commands' rows as the service would put them into one transaction."""
    taken = list(batches)
    parts = (tuple(x for b in taken for x in getattr(b, name)) for name in Batch.__match_args__)
    return Batch(*parts)


def busy_day(scribe: Scribe, tickets: int) -> Iterator[Batch]:
    """A new hall and its first day, with five events a ticket."""
    yield from scribe.open_hall()
    yield from busy_hours(scribe, tickets)


def busy_hours(scribe: Scribe, tickets: int) -> Iterator[Batch]:
    """Recalls, holds, transfers, no-shows and priorities in an open hall."""
    for number in range(tickets):
        scribe.wait(2.5)
        service = ("A01", "A02", "B01", "B02", "C01")[number % 5]
        yield scribe.issue(service, "elderly" if number % 7 == 0 else None)
        try:
            yield from _turn(scribe, "1234"[number % 4] if number % 5 else "1", number)
        except QueueError:
            continue


def _turn(scribe: Scribe, window: str, number: int) -> Iterator[Batch]:
    yield scribe.call(window)
    scribe.wait(1)
    if number % 3 == 0:
        yield scribe.at(window, cmd.Recall)
    if number % 11 == 0:
        yield scribe.at(window, cmd.NoShow)
        return
    yield scribe.at(window, cmd.Start)
    scribe.wait(3)
    if number % 4 == 0:
        yield scribe.at(window, cmd.Hold)
        scribe.wait(1)
        yield scribe.at(window, cmd.Resume, call_id=CallId(scribe.uuid()))
    if number % 13 == 0:
        yield scribe.at(
            window, cmd.Transfer, ticket_id=None, to_service=ServiceId("B02"), to_window=None
        )
        return
    yield scribe.at(window, cmd.Finish)
