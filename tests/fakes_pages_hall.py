"""The state and the rules of the small hall that tests of the pages run against.

It keeps the rules a page can see, not the domain's; the domain has its own tests.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from queue_server.contract import messages as msg
from queue_server.contract.messages_offline import DoubtfulTicket

ROOT = Path(__file__).resolve().parent.parent
PACK_DIR = ROOT / "assets" / "packs" / "cn-township"
PACK = tomllib.loads((PACK_DIR / "pack.toml").read_text("utf-8"))
ITEMS = json.loads((PACK_DIR / "catalogue.json").read_text("utf-8"))["items"]
WINDOW_NAMES = {
    "1": "综合受理窗口",
    "2": "社保医保窗口",
    "3": "民政残联窗口",
    "4": "户籍窗口",
    "5": "自然资源·村建·林业窗口",
    "6": "农业农村·畜牧窗口",
    "7": "退役军人服务窗口",
}
GROUPS = "ABCDEFG"
BUSINESS_DATE = date(2026, 3, 2)
WHY = "Waited 18 min; 2 priority tickets just went first"


@dataclass
class Place:
    """One window."""

    state: str = "closed"
    ticket: str | None = None
    call: msg.CallInfo | None = None
    pause: str | None = None


def now() -> datetime:
    return datetime.now(UTC)


class FakeHall:
    """State and rules; every change raises `rev` and wakes the streams."""

    def __init__(self) -> None:
        self.rev = 1
        self.tickets: dict[str, msg.QueuedTicket] = {}
        self.windows = {window_id: Place() for window_id in WINDOW_NAMES}
        self.counts: dict[str, dict[str, int]] = {}
        self.recent: list[msg.RecentCall] = []
        self.notice = {
            "zh-CN": "今日14:00起办理医保集中参保。",
            "en": "Insurance enrolment today from 14:00.",
        }
        self.open = True
        self.doubtful: list[DoubtfulTicket] = []
        self.actions: list[tuple[str, str]] = []
        self._numbers = dict.fromkeys(GROUPS, 0)

    # --- tickets ---
    def issue(self, service_id: str, priority: str | None = None) -> msg.QueuedTicket:
        group = service_id[0]
        self._numbers[group] += 1
        at = now()
        ticket = msg.QueuedTicket(
            ticket_id=str(uuid4()),
            number=f"{group}{self._numbers[group]:03}",
            service_id=service_id,
            state=msg.TicketState.WAITING,
            priority_class=priority,
            issued_at=at,
            since=at,
        )
        self.tickets[ticket.ticket_id] = ticket
        self.rev += 1
        return ticket

    def serves(self, window_id: str) -> list[str]:
        groups = GROUPS if window_id == "1" else GROUPS[int(window_id) - 1]
        return [item["service_id"] for item in ITEMS if item["group_id"] in groups]

    def listed(self, window_id: str, state: str) -> list[msg.QueuedTicket]:
        serves = set(self.serves(window_id))
        return [
            t
            for t in self.tickets.values()
            if t.state == state
            and (t.window_id or window_id) == window_id
            and t.service_id in serves
        ]

    def put(self, ticket_id: str, state: str, window_id: str | None = None, **more: object) -> None:
        changed = {"state": msg.TicketState(state), "since": now(), "window_id": window_id, **more}
        self.tickets[ticket_id] = self.tickets[ticket_id].model_copy(update=changed)

    def answer(self, ticket: msg.QueuedTicket) -> msg.TicketAnswer:
        return msg.TicketAnswer(
            ticket_id=ticket.ticket_id,
            visit_id=ticket.ticket_id,
            number=ticket.number,
            service_id=ticket.service_id,
            group_id=ticket.service_id[0],
            state=ticket.state,
            ahead=sum(t.state == "waiting" for t in self.tickets.values()) - 1,
            windows=["1"],
            wait=None,
            issued_at=ticket.issued_at,
            business_date=BUSINESS_DATE,
            priority_class=ticket.priority_class,
        )

    # --- views ---
    def view(self, window_id: str) -> msg.WindowView:
        window = self.windows[window_id]
        current = self.tickets[window.ticket] if window.ticket else None
        queue = self.listed(window_id, "waiting")
        counts = self.counts.get(window_id, {})
        return msg.WindowView(
            rev=self.rev,
            epoch=1,
            window_id=window_id,
            name=WINDOW_NAMES[window_id],
            state=msg.WindowState(window.state),
            clerk="clerk1",
            pause_reason=window.pause,
            current=self.answer(current) if current else None,
            current_since=current.since if current else None,
            call=window.call if current else None,
            reason=msg.NextReason(
                code="after-priority", waited_s=1080, priority_streak=2, sentence=WHY
            )
            if current
            else None,
            services=self.serves(window_id),
            waiting_count=len(queue),
            queue=queue,
            held=self.listed(window_id, "held"),
            no_shows=self.listed(window_id, "no_show"),
            doubtful=self.doubtful,
            next_number=queue[0].number if queue else None,
            own_today={
                "finished": counts.get("finish", 0),
                "no_show": counts.get("no-show", 0),
                "mean_service_s": 431 if counts.get("finish") else None,
            },
            at=now(),
        )

    def board(self) -> msg.BoardSnapshot:
        serving = []
        for window_id, window in self.windows.items():
            ticket = self.tickets[window.ticket] if window.ticket else None
            call = window.call if ticket else None
            serving.append(
                msg.ServingRow(
                    window_id=window_id,
                    name=WINDOW_NAMES[window_id],
                    state=msg.WindowState(window.state),
                    number=ticket.number if ticket else None,
                    call_id=call.call_id if call else None,
                    attempt=call.attempt if call else 0,
                    called_at=ticket.since if ticket else None,
                )
            )
        return msg.BoardSnapshot(
            v=1,
            epoch=1,
            rev=self.rev,
            hall_id="shili-township",
            hall_name=PACK["demo"]["names"],
            business_date=BUSINESS_DATE,
            open=self.open,
            serving=serving,
            waiting={g["id"]: self._waiting(g) for g in PACK["group"]},
            recent=self.recent,
            notice=self.notice,
            at=now(),
        )

    def _waiting(self, group: Mapping[str, object]) -> msg.WaitingRow:
        waiting = [
            t
            for t in self.tickets.values()
            if t.state == "waiting" and t.service_id[0] == group["id"]
        ]
        likely_s = 420 * len(waiting)
        return msg.WaitingRow(
            group_id=str(group["id"]),
            name=group["names"],
            count=len(waiting),
            wait=msg.Wait(
                low_s=likely_s // 2, likely_s=likely_s, high_s=likely_s * 2, computed_at=now()
            )
            if waiting
            else None,
        )

    # --- moves ---
    def call(self, window_id: str, ticket_id: str, state: str = "calling") -> None:
        self.put(ticket_id, "called" if state == "calling" else "serving", window_id)
        call = msg.CallInfo(call_id=str(uuid4()), attempt=1)
        self.windows[window_id] = Place(state, ticket_id, call)
        number = self.tickets[ticket_id].number
        self.recent.insert(0, msg.RecentCall(number=number, window_id=window_id, at=now()))

    def leave(self, window_id: str, state: str, **more: object) -> None:
        """The window's ticket goes, and the window is free."""
        keeps = window_id if state == "held" else None
        self.put(self.windows[window_id].ticket or "", state, keeps, **more)
        self.windows[window_id] = Place("open")
