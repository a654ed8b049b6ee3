"""The figures of the statistics (domain.md, "Times and statistics"), gathered in one pass.

Tickets and legs are counted by the same rules: a row of figures by window, clerk, item or group
counts legs (one wait-walk-service stretch each), a row by hour or priority and the total count
tickets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from queue_server.core.statistics import LIVE_OUTCOMES, Distribution, distribution

_S_MS = 1000


class By(StrEnum):
    """What the rows of a statistic are."""

    WINDOW = "window"
    SERVICE = "service"
    GROUP = "group"
    CLERK = "clerk"
    HOUR = "hour"
    PRIORITY = "priority"


PER_LEG = frozenset({By.WINDOW, By.SERVICE, By.GROUP, By.CLERK})


class Stretch(NamedTuple):
    """What is counted once: a ticket, or one leg of it.

    Attributes:
        service_id: whose target holds.
        outcome: as in `core.statistics.Leg`.
        called: it was called at least once.
        transfers: how often it left for another item or window.
        wait_ms: None when it was never called; the others likewise None when there was none.
    """

    service_id: str
    outcome: str
    called: bool
    transfers: int
    wait_ms: int | None
    walk_ms: int | None
    service_ms: int | None
    hold_ms: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of a statistic. Distributions are in milliseconds; None is "no data".

    Attributes:
        key: of the row: a window, clerk, item, group, "00" to "23", a class ("" for normal); None
            for the total, and for legs that never met a window or clerk.
        issued: tickets issued; in rows by leg, legs begun.
        called: called at least once.
        no_show: called and did not come, also while they may still come back.
        live: still waiting, called, being served or on hold.
        transferred: transfers to another item or window.
        with_target: called, for an item with a target; `within_target` of them waited no longer.
        hold: of those that were on hold at all.
    """

    key: str | None
    issued: int
    called: int
    finished: int
    no_show: int
    abandoned: int
    cancelled: int
    expired: int
    transferred: int
    live: int
    with_target: int
    within_target: int
    wait: Distribution
    walk: Distribution
    service: Distribution
    hold: Distribution

    @property
    def ended(self) -> int:
        """Those that reached an end of their own: not live, and not merely sent elsewhere."""
        return self.finished + self.no_show + self.abandoned + self.cancelled + self.expired

    @property
    def no_show_rate(self) -> float | None:
        """Share of no-shows among those that ended; None when none has."""
        return self.no_show / self.ended if self.ended else None

    @property
    def abandon_rate(self) -> float | None:
        """Share of those given back among those that ended; None when none has."""
        return self.abandoned / self.ended if self.ended else None

    @property
    def within_target_rate(self) -> float | None:
        """Share of waits within the item's target; None where nothing was promised or called."""
        return self.within_target / self.with_target if self.with_target else None


class Tally:
    """Gathers stretches into one row of figures."""

    __slots__ = (
        "_called",
        "_hold",
        "_issued",
        "_outcomes",
        "_service",
        "_transferred",
        "_wait",
        "_walk",
        "_with_target",
        "_within_target",
    )

    def __init__(self) -> None:
        self._issued = self._called = self._transferred = 0
        self._with_target = self._within_target = 0
        self._outcomes: dict[str, int] = {}
        self._wait: list[int] = []
        self._walk: list[int] = []
        self._service: list[int] = []
        self._hold: list[int] = []

    def add(self, one: Stretch, targets_s: Mapping[str, int | None]) -> None:
        """Count one stretch; `targets_s` by item, seconds."""
        service_id, outcome, called, transfers, wait_ms, walk_ms, service_ms, hold_ms = one
        self._issued += 1
        self._called += called
        self._transferred += transfers
        self._outcomes[outcome] = self._outcomes.get(outcome, 0) + 1
        if wait_ms is not None:
            self._wait.append(wait_ms)
            target_s = targets_s.get(service_id)
            if target_s is not None:
                self._with_target += 1
                self._within_target += wait_ms <= target_s * _S_MS
        if walk_ms is not None:
            self._walk.append(walk_ms)
        if service_ms is not None:
            self._service.append(service_ms)
        if hold_ms:
            self._hold.append(hold_ms)

    def figures(self, key: str | None) -> Figures:
        """The row so far."""
        ended = self._outcomes
        return Figures(
            key=key,
            issued=self._issued,
            called=self._called,
            finished=ended.get("finished", 0),
            no_show=ended.get("no_show", 0),
            abandoned=ended.get("abandoned", 0),
            cancelled=ended.get("cancelled", 0),
            expired=ended.get("expired", 0),
            transferred=self._transferred,
            live=sum(ended.get(outcome, 0) for outcome in LIVE_OUTCOMES),
            with_target=self._with_target,
            within_target=self._within_target,
            wait=distribution(self._wait),
            walk=distribution(self._walk),
            service=distribution(self._service),
            hold=distribution(self._hold),
        )
