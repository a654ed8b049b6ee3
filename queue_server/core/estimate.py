"""The first honest wait: a Bayesian gap between calls, times the queue (waits.md).

What is learnt is the *work* between two calls of a group: the gap multiplied by the windows that
were attended, so that opening a second window changes the prediction at once. A gap counts only
when the called ticket was already waiting at the call before; otherwise the window was idle and
the gap says nothing about its pace. The catalogue's service time is the prior and weighs as much
as `PRIOR_CALLS` calls.
"""

from dataclasses import dataclass
from math import sqrt

from queue_server.contract.ids import GroupId, WindowId
from queue_server.core.discipline import ahead
from queue_server.core.model import Floor, Pace, Ticket

PRIOR_CALLS = 5.0
KEEP = 0.97
"""What each new gap leaves of the weight of the older ones: half after about 23 calls."""
LONGEST_GAP_S = 3600.0
"""A longer gap is a lunch or a walk away from the window, not a service time."""
Z80 = 1.2816
"""80 % of a normal distribution lies within this many standard deviations."""
_MS = 1000
_MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class WaitEstimate:
    """A wait from now on, in whole seconds: 80 % interval and point."""

    low_s: int
    likely_s: int
    high_s: int


def attended_windows(floor: Floor, group_id: GroupId) -> tuple[WindowId, ...]:
    """The windows that serve items of the group and are attended, in the hall's order."""
    if floor.skills is None:
        return ()
    windows = floor.windows
    return tuple(w for w in floor.skills.windows_of.get(group_id, ()) if windows[w].attended)


def pace_after_call(pace: Pace, ticket: Ticket, windows: int, now_ms: int) -> Pace:
    """The pace of a group once a ticket of it was called at `now_ms`."""
    last = pace.last_call_ms
    if last is None or ticket.leg_start_ms > last:
        return Pace(pace.count, pace.work_s, now_ms)
    gap_s = (now_ms - last) / _MS
    if gap_s > LONGEST_GAP_S:
        return Pace(pace.count, pace.work_s, now_ms)
    work_s = gap_s * max(1, windows)
    return Pace(KEEP * pace.count + 1.0, KEEP * pace.work_s + work_s, now_ms)


def predict(floor: Floor, ticket: Ticket, now_ms: int) -> WaitEstimate | None:
    """The wait of a waiting ticket from now on; None when no attended window may serve it.

    An appointment is promised nothing before its slot, though it may be called sooner.
    """
    if floor.skills is None:
        return None
    service = floor.skills.services.get(ticket.service_id)
    windows = [
        w
        for w in floor.skills.served_by.get(ticket.service_id, ())
        if floor.windows[w].attended and ticket.pinned_window in (None, w)
    ]
    if service is None or not windows:
        return None
    before = ahead(floor, ticket)
    idle = any(floor.windows[w].ticket_id is None for w in windows)
    wait = estimate(
        floor.pace.get(ticket.group_id, Pace()), service.prior_s, before, len(windows), idle=idle
    )
    until_s = max(0, ticket.position.at_ms - now_ms) // _MS
    if not until_s:
        return wait
    return WaitEstimate(
        min(wait.low_s, until_s), max(wait.likely_s, until_s), max(wait.high_s, until_s + _MINUTE_S)
    )


def estimate(pace: Pace, prior_s: float, before: int, windows: int, *, idle: bool) -> WaitEstimate:
    """A wait from the pace of a group.

    Args:
        pace: what was learnt today.
        prior_s: expected service time of the item, seconds.
        before: people ahead.
        windows: attended windows, at least 1.
        idle: one of them has nobody at hand.
    """
    if before == 0 and idle:
        return WaitEstimate(0, 0, 60)
    weight = PRIOR_CALLS + pace.count
    work_s = (PRIOR_CALLS * prior_s + pace.work_s) / weight
    gap_s = work_s / windows
    calls = before + 1
    mean_s = gap_s * calls
    # A sum of `calls` gaps of coefficient of variation 1, with the mean itself uncertain.
    deviation_s = gap_s * sqrt(calls + calls * calls / weight)
    low_s, high_s = _interval(mean_s, deviation_s)
    return WaitEstimate(round(low_s), round(mean_s), round(high_s))


def _interval(mean: float, deviation: float) -> tuple[float, float]:
    """An 80 % interval of a gamma distribution (Wilson and Hilferty's cube-root approximation)."""
    shape = (mean / deviation) ** 2
    scale = mean / shape

    def quantile(z: float) -> float:
        root = 1 - 1 / (9 * shape) + z / (3 * sqrt(shape))
        return shape * max(0.0, root) ** 3 * scale

    return quantile(-Z80), quantile(Z80)
