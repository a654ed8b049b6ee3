"""What others see of the floor: pure functions from committed state to messages.

Nothing here is stored. A sentence comes in every language of the hall at once, because a display
does not know who is looking; the catalogue of translations is handed in as `say`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from queue_server.contract import messages as msg
from queue_server.contract.ids import GroupId, ServiceId, WindowId
from queue_server.contract.messages_offline import DoubtfulTicket
from queue_server.contract.problems import N_
from queue_server.contract.topics import PAYLOAD_VERSION
from queue_server.core import events as ev
from queue_server.core import quota
from queue_server.core.discipline import ahead, choose
from queue_server.core.errors import NothingToCall
from queue_server.core.estimate import (
    WaitEstimate,
    attended_windows,
    estimate,
    predict,
)
from queue_server.core.model import Floor, NextReason, Pace, Ticket, TicketState, Window
from queue_server.views_hours import hall_hours, unserved

Say = Callable[[str, str], str]
"""(language, msgid) -> sentence."""

QUEUE_SHOWN = 200
"""A clerk page lists at most this many waiting tickets; the count is always true."""

CALL_TEXT = N_("{number}, please go to window {window}")
FREE_TEXT = N_("Window free")
PAUSED_TEXT = N_("Back in a moment")
CLOSED_TEXT = N_("Window closed")
SERVING_TEXT = N_("Serving {number}")

REASONS: Mapping[str, str] = {
    "longest-waiting": N_("Longest waiting: {minutes} min"),
    "priority": N_("Priority, waited {minutes} min"),
    "only-priority": N_("Priority; nobody else is waiting"),
    "after-priority": N_("Waited {minutes} min; {streak} priority tickets just went first"),
    "overdue": N_("Waited {minutes} min, longer than this hall allows: next whatever the class"),
    "weighted-age": N_("Longest wait by weight: {minutes} min"),
    "chosen-by-clerk": N_("Chosen by the clerk"),
    "served-at-once": N_("Served at once at the desk"),
    "appointment": N_("Appointment; waited {minutes} min after its time"),
    "appointment-early": N_("Appointment that came early; nobody else is waiting"),
}


@dataclass(frozen=True, slots=True)
class Signage:
    """What a hall calls itself and its parts, by language."""

    hall_id: str
    hall_name: Mapping[str, str]
    group_names: Mapping[GroupId, Mapping[str, str]]
    window_names: Mapping[WindowId, Mapping[str, str]]
    languages: tuple[str, ...]
    notice: Mapping[str, str]
    closed_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Names of holidays by date (2026-10-01)."""
    address: Mapping[str, str] = field(default_factory=dict)

    def window_name(self, window_id: WindowId) -> str:
        """A window's name in the hall's own language; its number where it has none."""
        names = self.window_names.get(window_id, {})
        return names.get(self.languages[0], window_id)


def utc(at_ms: int) -> datetime:
    """UTC milliseconds as a datetime."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def window_state(floor: Floor, window: Window) -> msg.WindowState:
    """What a window is doing, as people would say it."""
    if window.ticket_id is not None:
        called = floor.tickets[window.ticket_id].state is TicketState.CALLED
        return msg.WindowState.CALLING if called else msg.WindowState.SERVING
    if window.clerk_id is None:
        return msg.WindowState.CLOSED
    return msg.WindowState.OPEN if window.pause_reason is None else msg.WindowState.PAUSED


def _windows_in_order(floor: Floor) -> list[Window]:
    if floor.settings is None:
        return []
    return [floor.windows[w.window_id] for w in floor.settings.windows]


def _current(floor: Floor, window: Window) -> Ticket | None:
    return None if window.ticket_id is None else floor.tickets[window.ticket_id]


def _wait(wait: WaitEstimate | None, now_ms: int) -> msg.Wait | None:
    if wait is None:
        return None
    return msg.Wait(
        low_s=wait.low_s,
        likely_s=wait.likely_s,
        high_s=wait.high_s,
        computed_at=utc(now_ms),
    )


def group_wait(floor: Floor, group_id: GroupId) -> WaitEstimate | None:
    """The wait of someone who took a number of the group now; None when no window is attended."""
    windows = attended_windows(floor, group_id)
    if floor.skills is None or not windows:
        return None
    return estimate(
        floor.pace.get(group_id, Pace()),
        floor.skills.prior_s[group_id],
        floor.waiting.get(group_id, 0),
        len(windows),
        idle=any(floor.windows[w].ticket_id is None for w in windows),
    )


def board(
    floor: Floor, signs: Signage, epoch: int, now_ms: int, *, is_open: bool
) -> msg.BoardSnapshot:
    """The whole board."""
    serving = []
    for window in _windows_in_order(floor):
        ticket = _current(floor, window)
        serving.append(
            msg.ServingRow(
                window_id=window.window_id,
                name=signs.window_name(window.window_id),
                state=window_state(floor, window),
                number=ticket.label if ticket else None,
                call_id=ticket.call_id if ticket else None,
                attempt=ticket.attempt if ticket else 0,
                called_at=utc(ticket.last_call_ms) if ticket and ticket.last_call_ms else None,
            ),
        )
    groups = floor.settings.groups if floor.settings else ()
    waiting: dict[str, msg.WaitingRow] = {
        g.group_id: msg.WaitingRow(
            group_id=g.group_id,
            name=dict(signs.group_names.get(g.group_id, {})),
            count=floor.waiting.get(g.group_id, 0),
            wait=_wait(group_wait(floor, g.group_id), now_ms),
        )
        for g in groups
    }
    return msg.BoardSnapshot(
        v=PAYLOAD_VERSION,
        epoch=epoch,
        rev=floor.seq,
        hall_id=signs.hall_id,
        hall_name=dict(signs.hall_name),
        business_date=floor.business_date,
        open=is_open,
        serving=serving,
        waiting=waiting,
        recent=[
            msg.RecentCall(number=c.label, window_id=c.window_id, at=utc(c.at_ms))
            for c in floor.recent
        ],
        notice=dict(signs.notice),
        at=utc(now_ms),
        hours=hall_hours(floor, signs.closed_names, now_ms),
        places={str(service_id): left for service_id, left in quota.places(floor).items()},
        unserved=unserved(floor),
    )


def window_snapshot(
    floor: Floor, signs: Signage, epoch: int, now_ms: int, window_id: WindowId, say: Say
) -> msg.WindowSnapshot:
    """What the display of one window shows."""
    window = floor.windows[window_id]
    ticket = _current(floor, window)
    state = window_state(floor, window)
    text = {
        msg.WindowState.CLOSED: CLOSED_TEXT,
        msg.WindowState.PAUSED: PAUSED_TEXT,
        msg.WindowState.OPEN: FREE_TEXT,
        msg.WindowState.SERVING: SERVING_TEXT,
        msg.WindowState.CALLING: CALL_TEXT,
    }[state]
    number = ticket.label if ticket else ""
    return msg.WindowSnapshot(
        v=PAYLOAD_VERSION,
        epoch=epoch,
        rev=floor.seq,
        window_id=window_id,
        name=signs.window_name(window_id),
        number=ticket.label if ticket else None,
        call_id=ticket.call_id if ticket else None,
        attempt=ticket.attempt if ticket else 0,
        state=state,
        text={
            language: say(language, text).format(number=number, window=window_id)
            for language in signs.languages
        },
        at=utc(now_ms),
    )


def announcement(
    event: ev.Event, floor: Floor, signs: Signage, epoch: int, now_ms: int, say: Say
) -> msg.CallAnnouncement | None:
    """The announcement an event makes, if it is a call, a recall, or a resume that calls."""
    match event:
        case ev.TicketCalled():
            call_id, attempt = event.call_id, 1
        case ev.TicketRecalled():
            call_id, attempt = event.call_id, event.attempt
        case ev.TicketResumed(to_called=True, call_id=str() as call_id):
            attempt = 1
        case _:
            return None
    ticket = floor.tickets.get(event.ticket_id)
    if ticket is None or event_reason(event) == "served-at-once":
        return None
    return msg.CallAnnouncement(
        call_id=call_id,
        attempt=attempt,
        epoch=epoch,
        rev=floor.seq,
        number=ticket.label,
        window_id=event.window_id,
        language=ticket.language,
        phrases=["please", f"number:{ticket.label}", "to", f"window:{event.window_id}"],
        text={
            language: say(language, CALL_TEXT).format(number=ticket.label, window=event.window_id)
            for language in signs.languages
        },
        at=utc(now_ms),
    )


def event_reason(event: ev.Event) -> str | None:
    """The reason code of a call; None for anything else."""
    return event.reason.code if isinstance(event, ev.TicketCalled) else None


def ticket_answer(
    floor: Floor, ticket: Ticket, now_ms: int, masked_name: str | None = None
) -> msg.TicketAnswer:
    """A live ticket as its holder may see it."""
    waiting = ticket.state is TicketState.WAITING
    windows = floor.skills.served_by.get(ticket.service_id, ()) if floor.skills else ()
    if ticket.pinned_window is not None:
        windows = (ticket.pinned_window,)
    return msg.TicketAnswer(
        ticket_id=ticket.ticket_id,
        visit_id=ticket.visit_id,
        number=ticket.label,
        service_id=ticket.service_id,
        group_id=ticket.group_id,
        state=msg.TicketState(ticket.state),
        ahead=ahead(floor, ticket) if waiting else 0,
        windows=list(windows),
        wait=_wait(predict(floor, ticket, now_ms), now_ms) if waiting else None,
        issued_at=utc(ticket.issued_ms),
        business_date=_date_of(floor),
        priority_class=ticket.class_id,
        window_id=ticket.window_id,
        masked_name=masked_name,
        appointment_at=utc(ticket.slot_ms) if ticket.slot_ms is not None else None,
        appointment_start=slot_start(floor, ticket.slot_ms),
    )


def slot_start(floor: Floor, slot_ms: int | None) -> str:
    """The start of a slot on the hall's clock, "10:00"; empty where there is none."""
    if slot_ms is None or floor.settings is None:
        return ""
    return utc(slot_ms).astimezone(ZoneInfo(floor.settings.time_zone)).strftime("%H:%M")


def _date_of(floor: Floor) -> date:
    if floor.business_date is None:
        raise RuntimeError("a ticket on a floor without a business date")
    return floor.business_date


def next_reason(reason: NextReason | None, language: str, say: Say) -> msg.NextReason | None:
    """Why a ticket was next, as a sentence."""
    if reason is None:
        return None
    sentence = say(language, REASONS[reason.code]).format(
        minutes=reason.waited_s // 60,
        streak=reason.priority_streak,
    )
    return msg.NextReason(
        code=reason.code,
        waited_s=reason.waited_s,
        priority_streak=reason.priority_streak,
        sentence=sentence,
    )


def _queued(ticket: Ticket) -> msg.QueuedTicket:
    return msg.QueuedTicket(
        ticket_id=ticket.ticket_id,
        number=ticket.label,
        service_id=ticket.service_id,
        state=msg.TicketState(ticket.state),
        priority_class=ticket.class_id,
        issued_at=utc(ticket.issued_ms),
        since=utc(ticket.since_ms),
        window_id=ticket.window_id,
        appointment_at=utc(ticket.slot_ms) if ticket.slot_ms is not None else None,
    )


def doubtful_tickets(
    floor: Floor, services: frozenset[ServiceId] | None = None
) -> list[DoubtfulTicket]:
    """Numbers that cut-off kiosks gave and that do not simply wait, the longest ago first.

    Args:
        floor: the hall.
        services: only those for these items.
    """
    found = [
        ticket
        for ticket in floor.tickets.values()
        if ticket.state is TicketState.UNCONFIRMED
        and (services is None or ticket.service_id in services)
    ]
    return [
        DoubtfulTicket(
            ticket_id=ticket.ticket_id,
            number=ticket.label,
            service_id=ticket.service_id,
            priority_class=ticket.class_id,
            doubt="late" if ticket.offline.doubt == "late" else "unprinted",
            device_id=ticket.offline.device_id,
            issued_at=utc(ticket.issued_ms),
            uploaded_at=utc(ticket.offline.uploaded_ms),
        )
        for ticket in sorted(found, key=lambda t: t.position)
        if ticket.offline is not None
    ]


def call_info(ticket: Ticket | None) -> msg.CallInfo | None:
    """The call a ticket is under."""
    if ticket is None or ticket.call_id is None:
        return None
    return msg.CallInfo(call_id=ticket.call_id, attempt=ticket.attempt)


@dataclass(frozen=True, slots=True)
class WindowLists:
    """The tickets a window has to do with, in order."""

    waiting: tuple[Ticket, ...]
    waiting_count: int
    held: tuple[Ticket, ...]
    no_shows: tuple[Ticket, ...]


def window_lists(floor: Floor, window_id: WindowId) -> WindowLists:
    """Waiting tickets this window may call, by position; its held ones; recent no-shows."""
    serves = floor.skills.serves.get(window_id, frozenset()) if floor.skills else frozenset()
    mine: dict[TicketState, list[Ticket]] = {}
    for ticket in floor.tickets.values():
        if ticket.service_id in serves and ticket.pinned_window in (None, window_id):
            mine.setdefault(ticket.state, []).append(ticket)
    waiting = sorted(mine.get(TicketState.WAITING, []), key=lambda t: t.position)
    return WindowLists(
        waiting=tuple(waiting[:QUEUE_SHOWN]),
        waiting_count=len(waiting),
        held=tuple(sorted(mine.get(TicketState.HELD, []), key=lambda t: t.since_ms)),
        no_shows=tuple(sorted(mine.get(TicketState.NO_SHOW, []), key=lambda t: -t.since_ms)),
    )


def window_view(
    floor: Floor,
    signs: Signage,
    epoch: int,
    now_ms: int,
    window_id: WindowId,
    own_today: Mapping[str, int | None],
    language: str,
    say: Say,
) -> msg.WindowView:
    """All a clerk page shows of a window."""
    window = floor.windows[window_id]
    ticket = _current(floor, window)
    lists = window_lists(floor, window_id)
    serves = floor.skills.serves.get(window_id, frozenset()) if floor.skills else frozenset()
    return msg.WindowView(
        rev=floor.seq,
        epoch=epoch,
        window_id=window_id,
        name=signs.window_names.get(window_id, {}).get(language, window_id),
        state=window_state(floor, window),
        clerk=window.clerk_id,
        pause_reason=window.pause_reason,
        current=ticket_answer(floor, ticket, now_ms) if ticket else None,
        current_since=utc(ticket.since_ms) if ticket else None,
        call=call_info(ticket),
        reason=next_reason(window.reason, language, say),
        services=sorted(serves),
        waiting_count=lists.waiting_count,
        queue=[_queued(t) for t in lists.waiting],
        held=[_queued(t) for t in lists.held],
        no_shows=[_queued(t) for t in lists.no_shows],
        doubtful=doubtful_tickets(floor, serves),
        next_number=_next_number(floor, window_id, now_ms),
        own_today=dict(own_today),
        at=utc(now_ms),
    )


def _next_number(floor: Floor, window_id: WindowId, now_ms: int) -> str | None:
    try:
        return choose(floor, window_id, now_ms)[0].label
    except NothingToCall:
        return None


def touched_windows(before: Floor, after: Floor) -> frozenset[WindowId]:
    """The windows whose display differs between two floors."""
    if before.windows is after.windows and before.tickets is after.tickets:
        return frozenset()
    return frozenset(
        window_id
        for window_id, window in after.windows.items()
        if window is not before.windows.get(window_id)
        or (
            window.ticket_id is not None
            and after.tickets[window.ticket_id] is not before.tickets.get(window.ticket_id)
        )
    )
