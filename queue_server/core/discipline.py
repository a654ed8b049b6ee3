"""Who is next, and why (domain.md, "Who is next").

Each rule looks at the heads of the lanes a window may serve, never at every ticket. The fairness
bound that follows from `ratio`, and that the property tests hold it to, stands at `most_calls`.
A call that a clerk makes by hand (out of order, or served at once) is no turn of the rule: it
neither gives priority tickets another k turns nor takes one from them.

Appointments whose slot has come go before all of that, at most `in_a_row` at a window while
somebody without one waits there (docs/adr/0013). One that checked in before its slot is called
only when nobody else waits.
"""

from collections.abc import Sequence

from queue_server.contract.ids import WindowId
from queue_server.core import lanes
from queue_server.core.errors import NothingToCall
from queue_server.core.model import Floor, NextReason, Position, Ticket, Window
from queue_server.core.settings import Discipline, DisciplineKind, HallSettings

_MS = 1000
BY_HAND = frozenset({"chosen-by-clerk", "served-at-once"})
APPOINTMENT = "appointment"
EARLY = "appointment-early"


def most_calls(ratio_k: int, older: int, windows: int, in_a_row: int = 0) -> int:
    """The turn of `ratio` at the latest in which a ticket without an appointment is called.

    Turns are counted from when it came, or its visitor came back from a window.

    Args:
        ratio_k: the hall's k.
        older: tickets of its own kind (priority or normal) that stand before it in what these
            windows serve, also those that come to stand there later (transferred, back from a
            no-show), and tickets of either kind that wait longer than the hall allows.
        windows: how many windows may serve it; only their turns count.
        in_a_row: the hall's bound on appointments in a row; 0 where there are none.

    Why: at each window at most k tickets of the other kind go between two of its own, and as many
    before the first. This is the least such bound for a normal ticket. And between two turns of
    tickets without an appointment, and before the first, go at most `in_a_row` appointments.
    """
    others = older + ratio_k * (older + windows) + 1
    return others + in_a_row * (others - 1 + windows)


def most_calls_of_appointment(in_a_row: int, older: int, windows: int) -> int:
    """The turn at the latest in which an appointment is called, counted from its slot.

    Args:
        in_a_row: the hall's bound on appointments in a row.
        older: appointments that stand before it, as in `most_calls`.
        windows: how many windows may serve it.

    Why: at each window one ticket without an appointment goes after `in_a_row` with one.
    """
    return older + older // in_a_row + windows + 1


def choose(floor: Floor, window_id: WindowId, now_ms: int) -> tuple[Ticket, NextReason]:
    """The ticket this window calls next, with the reason.

    Raises:
        NothingToCall: nobody waits who may be called here now.
    """
    heads = [
        ticket
        for _, entries in lanes.open_to(floor, window_id)
        if (ticket := lanes.head(floor, entries)) is not None
    ]
    if not heads or floor.settings is None:
        raise NothingToCall(window_id=window_id)
    window = floor.windows[window_id]
    others = [t for t in heads if t.slot_ms is None]
    found = _by_appointment(heads, window, floor.settings, now_ms, alone=not others)
    return found or _by_rule(others, window, floor.settings, now_ms)


def _by_appointment(
    heads: Sequence[Ticket],
    window: Window,
    settings: HallSettings,
    now_ms: int,
    *,
    alone: bool,
) -> tuple[Ticket, NextReason] | None:
    """The appointment that is next here; None when a ticket without one is."""
    kept = [t for t in heads if t.slot_ms is not None]
    if kept and alone:
        first = min(kept, key=lambda t: t.position)
        code = APPOINTMENT if first.position.at_ms <= now_ms else EARLY
        return first, _reason(code, first, now_ms)
    due = _first([t for t in kept if t.position.at_ms <= now_ms])
    if due is None or window.appointment_streak >= settings.appointments.in_a_row:
        return None
    return due, _reason(APPOINTMENT, due, now_ms)


def _by_rule(
    heads: Sequence[Ticket],
    window: Window,
    settings: HallSettings,
    now_ms: int,
) -> tuple[Ticket, NextReason]:
    """The rule that the hall chose for tickets without an appointment."""
    rule = settings.discipline
    overdue = [t for t in heads if now_ms - t.waiting_since_ms > rule.max_wait_s * _MS]
    if overdue:
        oldest = min(overdue, key=lambda t: (t.waiting_since_ms, t.issue_seq))
        return oldest, _reason("overdue", oldest, now_ms)
    match rule.kind:
        case DisciplineKind.RATIO:
            return _by_ratio(heads, window, rule, now_ms)
        case DisciplineKind.WEIGHTED_AGE:
            return _by_weighted_age(heads, settings, now_ms)
        case DisciplineKind.STRICT:
            return _by_class(heads, settings, now_ms)


def streak_after(window: Window, ticket: Ticket, reason: NextReason) -> int:
    """How many priority tickets in a row the window has called once it calls this one."""
    if reason.code in BY_HAND or reason.code in (APPOINTMENT, EARLY):
        return window.priority_streak
    return window.priority_streak + 1 if ticket.class_id else 0


def appointments_after(window: Window, reason: NextReason) -> int:
    """How many appointments in a row the window has called after a call for this reason."""
    if reason.code in BY_HAND:
        return window.appointment_streak
    return window.appointment_streak + 1 if reason.code == APPOINTMENT else 0


def _reason(code: str, ticket: Ticket, now_ms: int, streak: int = 0) -> NextReason:
    waited_s = max(0, now_ms - ticket.waiting_since_ms) // _MS
    return NextReason(code=code, waited_s=waited_s, priority_streak=streak)


def _first(tickets: Sequence[Ticket]) -> Ticket | None:
    return min(tickets, key=lambda t: t.position, default=None)


def _by_ratio(
    heads: Sequence[Ticket],
    window: Window,
    rule: Discipline,
    now_ms: int,
) -> tuple[Ticket, NextReason]:
    normal = _first([t for t in heads if not t.class_id])
    priority = _first([t for t in heads if t.class_id])
    if normal is None and priority is not None:
        return priority, _reason("only-priority", priority, now_ms)
    if priority is None and normal is not None:
        return normal, _reason("longest-waiting", normal, now_ms)
    if normal is None or priority is None:
        raise NothingToCall(window_id=window.window_id)
    if window.priority_streak >= rule.ratio_k:
        return normal, _reason("after-priority", normal, now_ms, window.priority_streak)
    return priority, _reason("priority", priority, now_ms, window.priority_streak)


def _by_weighted_age(
    heads: Sequence[Ticket],
    settings: HallSettings,
    now_ms: int,
) -> tuple[Ticket, NextReason]:
    weights = {c.class_id: c.weight for c in settings.classes}

    def age(ticket: Ticket) -> tuple[float, Position]:
        weight = weights.get(ticket.class_id, 1.0) if ticket.class_id else 1.0
        weighted = weight * (now_ms - ticket.position.at_ms)
        return -weighted, ticket.position

    ticket = min(heads, key=age)
    return ticket, _reason("weighted-age", ticket, now_ms)


def _by_class(
    heads: Sequence[Ticket],
    settings: HallSettings,
    now_ms: int,
) -> tuple[Ticket, NextReason]:
    rank = {c.class_id: at for at, c in enumerate(settings.classes)}
    last = len(rank)

    def order(ticket: Ticket) -> tuple[int, tuple[int, int, int]]:
        of_class = rank.get(ticket.class_id, last) if ticket.class_id else last
        return of_class, ticket.position

    ticket = min(heads, key=order)
    code = "priority" if ticket.class_id else "longest-waiting"
    return ticket, _reason(code, ticket, now_ms)


def ahead(floor: Floor, ticket: Ticket) -> int:
    """How many people of its group are likely to be called before a waiting ticket.

    Under `ratio` a normal ticket expects up to k priority tickets before each normal one, and a
    priority ticket one normal after each k priority ones; appointments that are in the hall go
    between the others as far as the hall's bound lets them. Later arrivals are not foreseen.
    """
    in_a_row = floor.settings.appointments.in_a_row if floor.settings else 1
    before = kept = others = 0
    for lane, entries in lanes.of_group(floor, ticket.group_id):
        if lane.appointment:
            before += lanes.count_before(entries, ticket.position)
            kept += len(entries)
        else:
            others += len(entries)
    if ticket.slot_ms is not None:
        return before + min(others, before // in_a_row)
    others_before = _others_ahead(floor, ticket)
    return others_before + min(kept, in_a_row * (others_before + 1))


def _others_ahead(floor: Floor, ticket: Ticket) -> int:
    """The tickets without an appointment that are called before one of their own."""
    normal_before = priority_before = normal_all = priority_all = 0
    for lane, entries in lanes.of_group(floor, ticket.group_id):
        if lane.appointment:
            continue
        before = lanes.count_before(entries, ticket.position)
        if lane.class_id:
            priority_before += before
            priority_all += len(entries)
        else:
            normal_before += before
            normal_all += len(entries)
    settings = floor.settings
    kind = settings.discipline.kind if settings else DisciplineKind.RATIO
    if kind is DisciplineKind.WEIGHTED_AGE:
        return normal_before + priority_before
    k = settings.discipline.ratio_k if settings else 1
    if kind is DisciplineKind.STRICT:
        return priority_before if ticket.class_id else priority_all + normal_before
    if ticket.class_id:
        return priority_before + min(normal_all, priority_before // k)
    others = priority_all
    return normal_before + min(others, k * (normal_before + 1))
