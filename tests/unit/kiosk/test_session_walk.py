"""A person, a server and a printer that do anything in any order; the promises still hold."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk import moves, shelf
from kiosk import session as flow
from kiosk.comfort import Wish
from kiosk.effects import Issue, Print, PrintGuide
from kiosk.help_state import HelpCall, HelpState
from kiosk.signals import (
    CardRefused,
    DocumentShown,
    GaveBack,
    GuidePrinted,
    HelpTold,
    Issued,
    Kind,
    NoAnswer,
    PrintEnded,
    PrintFailed,
    Refused,
    Stood,
    Tap,
    TicketShown,
    Touched,
    WorldChanged,
)
from kiosk.visit import EMPTY_VISIT, Document, Equipment, Paper, Refusal, Screen
from queue_server.contract.ids import RequestKey, TicketId
from queue_server.contract.messages import TicketAnswer, TicketState
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.unit.kiosk.flow import CATALOGUE, OUT_OF_PAPER, WELL, WORLD, Person

TAPS = [
    kind
    for kind in Kind
    if kind not in flow.REPORTS and any((screen, kind) in flow.TABLE for screen in Screen)
]
SECTIONS = [section.section_id for section in shelf.sections(CATALOGUE)]
ITEMS = [item.service_id for item in CATALOGUE.items]
KEYS = ["y", "l", "z", "q", "8", "delete", "clear", "space"]
VALUES = st.sampled_from(
    [*SECTIONS, *ITEMS, *KEYS, "elderly", "en", "zh_CN", "", fakes.TICKET_ID, "no-such-thing"]
)
WISHES = [wish.value for wish in Wish]
CALLED = fakes.ticket("C003", "C01", ticket_id="called", state=TicketState.CALLED)
PRINTERS = st.sampled_from([WELL, OUT_OF_PAPER, Equipment(), Equipment(fitted=True)])
PAUSES = st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0, 19.0, 45.0, 130.0])


class Walk(RuleBasedStateMachine):
    """`taken` is what a real server would have: one ticket a key, never given back."""

    def __init__(self) -> None:
        super().__init__()
        self.person = Person()
        self.taken: dict[RequestKey, TicketAnswer] = {}
        self.bodies: dict[RequestKey, object] = {}
        self.confirmations = 0
        self.papers: list[Print] = []

    @initialize(printer=PRINTERS)
    def begin(self, printer: Equipment) -> None:
        self.person = Person(replace(WORLD, printer=printer))

    def see(self, signal: object, pause_s: float) -> None:
        before = len(self.person.effects)
        asking = self.person.screen
        self.person.see(signal, pause_s)  # type: ignore[arg-type] # any signal
        for effect in self.person.effects[before:]:
            if isinstance(effect, Issue):
                # The same key always asks the same thing, and only a confirmation makes a new one.
                assert self.bodies.setdefault(effect.key, effect.request) == effect.request
                self.confirmations += asking in {Screen.CONFIRM, Screen.NO_PAPER}
            if isinstance(effect, Print):
                self.papers.append(effect)

    @rule(kind=st.sampled_from(TAPS), value=VALUES, pause_s=PAUSES, stale=st.booleans())
    def touch(self, kind: Kind, value: str, pause_s: float, stale: bool) -> None:  # noqa: FBT001
        session = self.person.session
        if not stale and not flow.offers(session, kind):
            return
        if kind is Kind.COMFORT:
            value = WISHES[len(value) % len(WISHES)]
        self.person.keys += 1
        key = RequestKey(f"key-{self.person.keys}")
        serial = session.serial - 1 if stale else session.serial
        self.see(Tap(kind, serial, value, key), pause_s)
        if stale:
            dropped_s = self.person.session.restless_s
            assert self.person.session == replace(session, restless_s=dropped_s)

    @rule(lost=st.booleans(), pause_s=PAUSES)
    def server_issues(self, lost: bool, pause_s: float) -> None:  # noqa: FBT001
        issues = self.person.issues
        if not issues:
            return
        key = issues[-1].key
        number = f"B{len(self.taken) + 1:03}"
        ticket = self.taken.setdefault(key, fakes.ticket(number, ticket_id=str(key)))
        self.see(NoAnswer(key, was_sent=True) if lost else Issued(key, ticket), pause_s)

    @rule(code=st.sampled_from([Code.NOT_OPEN, Code.DUPLICATE_TICKET, Code.OVERLOADED]))
    def server_refuses(self, code: Code) -> None:
        issues = self.person.issues
        if issues and issues[-1].key not in self.taken:
            self.see(Refused(issues[-1].key, Refusal(code)), 0.1)

    @rule()
    def server_is_away(self) -> None:
        if self.person.issues:
            self.see(NoAnswer(self.person.issues[-1].key, was_sent=False), 0.1)

    @rule(outcome=st.sampled_from([Paper.PRINTED, Paper.PERHAPS, "paper-out"]))
    def printer_reports(self, outcome: str) -> None:
        if not self.papers:
            return
        ticket_id = self.papers[-1].ticket.ticket_id
        report = (
            PrintEnded(ticket_id, outcome)
            if isinstance(outcome, Paper)
            else PrintFailed(ticket_id, outcome)
        )
        self.see(report, 0.5)

    @rule(paper=st.sampled_from([Paper.PRINTED, Paper.PERHAPS, Paper.TORN, Paper.FAILED]))
    def guide_reports(self, paper: Paper) -> None:
        jobs = [effect.job for effect in self.person.effects if isinstance(effect, PrintGuide)]
        if jobs:
            self.see(GuidePrinted(jobs[-1], paper, "paper-out"), 0.5)

    @rule(pause_s=PAUSES)
    def card(self, pause_s: float) -> None:
        self.see(DocumentShown(Document("resident", "522601199001010010", "吴*朵")), pause_s)

    @rule()
    def bad_card(self) -> None:
        self.see(CardRefused("card-read-failed"), 0.5)

    @rule(found=st.booleans())
    def scanned_ticket(self, found: bool) -> None:  # noqa: FBT001
        self.see(TicketShown(TicketId(fakes.TICKET_ID)), 0.5)
        if found:
            self.see(Stood((fakes.ticket(),)), 0.5)

    @rule(tickets=st.sampled_from([(), (fakes.ticket(),), (fakes.ticket(), CALLED)]))
    def the_hall_finds(self, tickets: tuple[TicketAnswer, ...]) -> None:
        self.see(Stood(tickets), 0.5)

    @rule(well=st.booleans())
    def given_back(self, well: bool) -> None:  # noqa: FBT001
        gone = fakes.ticket(state=TicketState.ABANDONED)
        self.see(GaveBack(gone if well else None), 0.5)

    @rule(state=st.sampled_from(HelpState))
    def the_hall_says_of_help(self, state: HelpState) -> None:
        self.see(HelpTold(HelpCall(state, "h")), 0.5)

    @rule(printer=PRINTERS)
    def printer_changes(self, printer: Equipment) -> None:
        self.see(WorldChanged(replace(self.person.session.world, printer=printer)), 0.1)

    @rule(pause_s=PAUSES)
    def finger_beside_everything(self, pause_s: float) -> None:
        screen = self.person.screen
        self.see(Touched(), pause_s)
        assert self.person.screen is screen

    @rule(pause_s=PAUSES)
    def time_passes(self, pause_s: float) -> None:
        self.person.wait(pause_s)

    @invariant()
    def one_confirmation_is_at_most_one_ticket(self) -> None:
        assert len(self.bodies) <= self.confirmations

    @invariant()
    def the_first_screen_knows_nobody(self) -> None:
        if self.person.screen is Screen.HOME:
            assert replace(self.person.visit, fault="") == EMPTY_VISIT

    @invariant()
    def a_number_on_the_screen_was_given_by_the_server(self) -> None:
        shown = self.person.visit.ticket
        if shown is not None and self.person.screen in {Screen.PRINTING, Screen.TICKET}:
            known = {ticket.ticket_id for ticket in self.taken.values()}
            known |= {fakes.TICKET_ID, CALLED.ticket_id}
            assert shown.ticket_id in known

    @invariant()
    def every_later_paper_of_a_ticket_is_marked(self) -> None:
        seen: set[str] = set()
        for paper in self.papers:
            assert paper.reprint or paper.ticket.ticket_id not in seen
            seen.add(paper.ticket.ticket_id)

    @invariant()
    def nobody_is_stuck(self) -> None:
        session = self.person.session
        if session.screen is not Screen.HOME:
            assert session.deadline_s is not None
            longest_s = max(limit for limit in moves.TIMEOUT_S.values() if limit)
            assert session.deadline_s <= self.person.now_s + longest_s


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
