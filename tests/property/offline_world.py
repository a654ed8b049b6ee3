"""Three kiosks, a hall, and everything that can go wrong between them; for the offline protocol.

The kiosks' memory is the real one (`kiosk.outbox`, on a RAM disk), the hall the real core; the
network, the crashes, the printers and the disks put back are dice.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from kiosk import outbox as outbox_module
from kiosk.offline_book import NoGrantError, OfflineBook
from kiosk.outbox import Outbox, PaperState
from queue_server.contract.ids import DeviceId, GrantId, RequestKey, ServiceId, TicketId, VisitId
from queue_server.contract.messages import TicketAnswer, TicketRequest, TicketState
from queue_server.contract.messages_offline import GrantAnswer, OfflineTicket, OpenTime
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.decide_offline import newest_grant
from queue_server.core.errors import NumbersExhausted, QueueError
from tests.unit.core.desk import Desk

DAY = date(2026, 3, 2)
SERVICE = "A01"


class CrashedError(Exception):
    """The kiosk stopped between two steps."""


@dataclass(frozen=True)
class Paper:
    """What a person holds."""

    number: str
    key: str
    kiosk: str
    day: date


@dataclass
class Hall:
    """The server: the real deciders, and the answers it remembers by key."""

    desk: Desk = field(default_factory=Desk.opened)
    answers: dict[str, str] = field(default_factory=dict)
    late: list[tuple[str, str]] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)

    @property
    def day(self) -> date:
        assert self.desk.floor.business_date is not None
        return self.desk.floor.business_date

    def issue(self, key: str) -> str:
        """Online: the label; the same for the same key.

        Raises:
            QueueError: refused.
        """
        if key in self.answers:
            return self.answers[key]
        (fact,) = self.desk.do(
            cmd.IssueTicket(
                TicketId(self.desk.new_id()),
                VisitId(self.desk.new_id()),
                ServiceId(SERVICE),
                request_key=RequestKey(key),
            )
        )
        assert isinstance(fact, ev.TicketIssued)
        self.answers[key] = fact.label
        return fact.label

    def grant(self, kiosk: str, storage_id: str, holding: str | None, used: int) -> GrantAnswer:
        grant_id = GrantId(f"{self.desk.new_id():>036}".replace(" ", "0"))
        self.desk.do(
            cmd.GiveGrant(
                grant_id, DeviceId(kiosk), storage_id, GrantId(holding) if holding else None, used
            )
        )
        grant = newest_grant(self.desk.floor, DeviceId(kiosk))
        assert grant is not None
        at = datetime.fromtimestamp(grant.given_ms / 1000, UTC)
        return GrantAnswer(
            grant_id=grant.grant_id,
            kiosk_no=grant.kiosk_no,
            business_date=grant.business_date,
            first=grant.first,
            last=grant.last,
            given_at=at,
            prefixes={"A": "A", "B": "B"},
            open_times=[OpenTime(opens=at - timedelta(days=9), closes=at + timedelta(days=9))],
        )

    def upload(self, ticket: OfflineTicket, *, adopted: bool = False) -> None:
        facts = self.desk.do(
            cmd.UploadTicket(
                request_key=RequestKey(ticket.request_key),
                ticket_id=TicketId(self.desk.new_id()),
                visit_id=VisitId(self.desk.new_id()),
                grant_id=GrantId(ticket.grant_id),
                label=ticket.number,
                service_id=ServiceId(ticket.service_id),
                issued_ms=round(ticket.issued_at.timestamp() * 1000),
                printed=ticket.printed,
                adopted=adopted,
            )
        )
        if any(isinstance(fact, ev.TicketUploaded | ev.TicketSuperseded) for fact in facts):
            self.taken.append((ticket.request_key, ticket.number))

    def tickets_of(self, key: str) -> list[str]:
        """Labels of live tickets of a request."""
        known = [
            found
            for of_day in (self.desk.floor.requests, self.desk.floor.earlier_requests)
            if (found := of_day.get(RequestKey(key))) is not None
        ]
        live = [self.desk.floor.tickets.get(request.ticket_id) for request in known]
        return [ticket.label for ticket in live if ticket is not None]


@dataclass
class Kiosk:
    """One kiosk: its disk, and the program while it runs."""

    name: str
    folder: Path
    dice: Random
    hall: Hall
    papers: list[Paper]
    book_type: type[OfflineBook] = OfflineBook
    prints_first: bool = False
    copies: list[Path] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    seen: int = 0
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.start()

    @property
    def file(self) -> Path:
        return self.folder / "outbox.sqlite3"

    def start(self) -> None:
        """The program starts: it takes stock."""
        outbox_module.offline_book.OfflineBook = self.book_type  # type: ignore[misc]
        try:
            self.outbox = Outbox(self.file)
        finally:
            outbox_module.offline_book.OfflineBook = OfflineBook  # type: ignore[misc]
        self.outbox.recover(self.now(), 0)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.hall.desk.now_ms / 1000, UTC)

    def crash(self) -> None:
        """Power cut, or kill -9: what was committed is there, the rest is not."""
        self.outbox.close()
        self.start()

    def maybe_crash(self) -> None:
        if self.dice.random() < 0.08:
            raise CrashedError

    # --- a visit -----------------------------------------------------------------------------

    def visit(self, key: str, *, online: bool) -> None:
        """From the touch to the paper, or until the power is cut."""
        request = TicketRequest(service_id=SERVICE)
        try:
            self.outbox.ask(RequestKey(key), request, "zh_CN", self.now())
            self.maybe_crash()
            answer = self.post(key, online=online)
            self.maybe_crash()
            if answer is not None:
                self.put_on_paper(key, answer)
            else:
                self.alone(key, request)
        except CrashedError:
            self.crash()

    def post(self, key: str, *, online: bool) -> str | None:
        """What the person waits for: an answer, or none in time."""
        fate = self.dice.random()
        if not online or fate < 0.1:
            return None  # never left, or lost
        if fate < 0.2:
            self.hall.late.append((self.name, key))  # still on its way
            return None
        try:
            label = self.hall.issue(key)
        except QueueError:
            return None
        return None if fate < 0.35 else label  # the answer may be lost

    def alone(self, key: str, request: TicketRequest) -> None:
        if self.prints_first:
            self.alone_paper_first(key, request)
            return
        try:
            number = self.outbox.offline.give(RequestKey(key), request, "A", self.now())
        except NoGrantError:
            return
        self.maybe_crash()
        self.put_on_paper(key, number.number)

    def alone_paper_first(self, key: str, request: TicketRequest) -> None:
        """The broken variant: what was printed is committed afterwards, if the power lasts."""
        before = [path.read_bytes() if path.exists() else None for path in self.disk()]
        self.outbox.close()
        before = [path.read_bytes() if path.exists() else None for path in self.disk()]
        self.start()
        try:
            number = self.outbox.offline.give(RequestKey(key), request, "A", self.now())
        except NoGrantError:
            return
        self.papers.append(Paper(number.number, key, self.name, self.hall.day))
        try:
            self.maybe_crash()
        except CrashedError:
            self.outbox.close()
            for path, content in zip(self.disk(), before, strict=True):
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(content)
            self.start()
            return
        self.note_paper(key, number.number, PaperState.PRINTED)

    def disk(self) -> list[Path]:
        return [
            self.file,
            *(self.file.with_name(self.file.name + end) for end in ("-wal", "-shm")),
            self.file.with_suffix(".witness"),
        ]

    def put_on_paper(self, key: str, number: str) -> None:
        self.outbox.printing(self.ticket(key, number), RequestKey(key), 1, reprint=False,
                             at=self.now())  # fmt: skip
        self.maybe_crash()
        if self.dice.random() < 0.95:
            self.papers.append(Paper(number, key, self.name, self.hall.day))
            self.maybe_crash()
            sure = self.dice.random() < 0.9
            self.outbox.printed(key, 1, PaperState.PRINTED if sure else PaperState.UNKNOWN)
        else:
            self.outbox.printed(key, 1, PaperState.UNKNOWN)

    def note_paper(self, key: str, number: str, state: PaperState) -> None:
        self.outbox.printing(self.ticket(key, number), RequestKey(key), 1, reprint=False,
                             at=self.now())  # fmt: skip
        self.outbox.printed(key, 1, state)

    def ticket(self, key: str, number: str) -> TicketAnswer:
        return TicketAnswer(
            ticket_id=key, visit_id=key, number=number, service_id=SERVICE, group_id="A",
            state=TicketState.UNCONFIRMED, ahead=0, windows=[], wait=None, issued_at=self.now(),
            business_date=DAY,
        )  # fmt: skip

    # --- the line to the server ----------------------------------------------------------------

    def reconcile(self, *, sure: bool = False) -> None:
        """What `OfflineDuty.once` does, with answers that may be lost and crashes between."""
        try:
            while tickets := self.outbox.offline.to_upload():
                for ticket in tickets:
                    self.bring_in(ticket)
                    if not sure:
                        self.maybe_crash()
                if not sure and self.dice.random() < 0.2:
                    return  # the answer was lost
                for ticket in tickets:
                    self.outbox.offline.uploaded(ticket.request_key, "taken")
            if self.outbox.offline.waiting_count():
                return
            book = self.outbox.offline
            held = book.grant
            grant = self.hall.grant(
                self.name, book.storage_id, held.grant_id if held else None, book.used()
            )
            if sure or self.dice.random() < 0.9:
                self.outbox.offline.keep(grant)
        except NumbersExhausted:
            return  # put back too often for one day: it stays without leave
        except CrashedError:
            self.crash()

    def bring_in(self, ticket: OfflineTicket) -> None:
        self.hall.upload(ticket)

    # --- the disk ------------------------------------------------------------------------------

    def copy(self) -> None:
        """Somebody keeps a copy of the memory; the witness beside it is not thought of."""
        self.outbox.close()
        copy = self.folder / f"copy-{len(self.copies)}"
        shutil.copy(self.file, copy)
        self.copies.append(copy)
        self.start()

    def put_back(self) -> None:
        """The memory is put back from a copy, over the old file or in its place."""
        if not self.copies:
            return
        self.lost |= {ticket.request_key for ticket in self.outbox.offline.to_upload()}
        self.outbox.close()
        copy = self.dice.choice(self.copies)
        for path in self.disk()[1:3]:
            path.unlink(missing_ok=True)
        if self.dice.random() < 0.5:
            self.file.write_bytes(copy.read_bytes())
        else:
            fresh = self.folder / "fresh"
            shutil.copy(copy, fresh)
            fresh.replace(self.file)
        self.start()


@dataclass
class World:
    """All of it, for one run."""

    seed: int
    place: Path
    book_type: type[OfflineBook] = OfflineBook
    prints_first: bool = False
    puts_back: bool = True

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)  # noqa: S311 - a seed that can be repeated
        self.hall = Hall()
        self.papers: list[Paper] = []
        self.kiosks = [
            Kiosk(
                f"kiosk-{number}", self.place / f"k{number}", self.dice, self.hall, self.papers,
                self.book_type, self.prints_first,
            )
            for number in (1, 2, 3)
        ]  # fmt: skip
        self.keys = self._keys()

    @staticmethod
    def _keys() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield f"00000000-0000-7000-8000-{number:012d}"

    def run(self, steps: int = 40) -> None:
        """Everybody connected once, then everything at random, then everybody back."""
        for kiosk in self.kiosks:
            kiosk.reconcile(sure=True)
        for _ in range(steps):
            self.hall.desk.wait(self.dice.choice((1, 20, 400)))
            self._step(self.dice.choice(self.kiosks))
        for _name, key in self.hall.late:
            self._late(key)
        for kiosk in self.kiosks:
            kiosk.reconcile(sure=True)
            kiosk.reconcile(sure=True)

    def _step(self, kiosk: Kiosk) -> None:
        throw = self.dice.random()
        if throw < 0.6:
            kiosk.visit(next(self.keys), online=self.dice.random() < 0.4)
        elif throw < 0.75:
            kiosk.reconcile()
        elif throw < 0.8 and self.hall.late:
            self._late(self.hall.late.pop(self.dice.randrange(len(self.hall.late)))[1])
        elif throw < 0.86:
            kiosk.copy()
        elif throw < 0.92 and self.puts_back:
            kiosk.put_back()
        elif throw < 0.95:
            kiosk.crash()
        elif throw < 0.97:
            self._next_day()

    def _late(self, key: str) -> None:
        """A request that was long on its way arrives; nobody hears the answer."""
        try:
            self.hall.issue(key)
        except QueueError:
            return

    def _next_day(self) -> None:
        self.hall.desk.do(cmd.RollDay(self.hall.day + timedelta(days=1), force=True))

    def violations(self) -> list[str]:
        """What must never be (durability.md)."""
        found = []
        first: dict[tuple[str, date], Paper] = {}
        for paper in self.papers:
            other = first.setdefault((paper.number, paper.day), paper)
            if other.key != paper.key:
                found.append(f"two papers {paper.number} on {paper.day}")
        for paper_taken, times in Counter(self.hall.taken).items():
            if times > 1:
                found.append(f"{paper_taken[1]}: brought in {times} times")
        lost = set().union(*(kiosk.lost for kiosk in self.kiosks))
        for paper in self.papers:
            live = self.hall.tickets_of(paper.key)
            if len(live) > 1:
                found.append(f"{paper.number}: the request has the tickets {live}")
            if paper.day == self.hall.day and paper.key not in lost and live != [paper.number]:
                found.append(f"{paper.number}: the hall knows it as {live}")
        return found
