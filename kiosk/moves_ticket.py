"""Moves of the visitor flow from the confirmation to the paper, and of showing a ticket. Pure."""

from dataclasses import replace
from typing import Final

from kiosk import matters
from kiosk.effects import AskPrinter, Fetch, ForgetInterrupted, Issue, Print
from kiosk.moves import Step, back_to_confirm, go, with_visit
from kiosk.moves_choosing import start
from kiosk.signals import (
    Found,
    Issued,
    NoAnswer,
    PrintEnded,
    PrintFailed,
    Refused,
    Signal,
    Tap,
    WorldChanged,
)
from kiosk.visit import Paper, Screen, Session, Visit
from queue_server.contract.ids import RequestKey, ServiceId, TicketId
from queue_server.contract.problems import Code

PRINT_ATTEMPTS_MAX: Final = 3
"""After so many papers that nobody saw come out, the number stays on the screen."""
TORN_WAIT_S: Final = 120.0
"""How long the screen waits for new paper with the person: somebody has to be fetched."""
RETRYABLE: Final = frozenset(
    {Code.OVERLOADED, Code.STARTING, Code.STORE_UNAVAILABLE, Code.TOO_MANY_REQUESTS}
)
"""Refusals that changed nothing and may be gone in a moment: the same key is asked again."""
HAS_A_TICKET: Final = frozenset({Code.DUPLICATE_TICKET, Code.APPOINTMENT_USED})
"""Refusals that name a live number for the same matter: it is offered again."""


def confirm(session: Session, tap: Tap, now_s: float) -> Step:
    """Ask for the number; without paper, first say so."""
    if session.world.printer.trouble:
        return Step(go(session, Screen.NO_PAPER, now_s))
    return _ask(session, tap.new_key, now_s)


def back_from_no_paper(session: Session, signal: Signal, now_s: float) -> Step:
    """Perhaps it prints again: a printer that was only slow to answer tells nothing by itself."""
    step = back_to_confirm(session, signal, now_s)
    return Step(step.session, (*step.effects, AskPrinter()))


def on_screen(session: Session, tap: Tap, now_s: float) -> Step:
    """Without paper, knowingly."""
    visit = replace(session.visit, on_screen=True)
    return _ask(with_visit(session, visit), tap.new_key, now_s)


def retry(session: Session, tap: Tap, now_s: float) -> Step:
    """Ask the very same thing again under the same key; without a request, start again."""
    if session.visit.request is None:
        return start(session, tap, now_s)
    return _ask(session, tap.new_key, now_s)


def _ask(session: Session, new_key: RequestKey | None, now_s: float) -> Step:
    visit = session.visit
    key = visit.key or new_key
    if key is None:
        raise ValueError("a request needs a key")
    request = visit.request or visit.wire_request(session.language)
    asked = replace(visit, key=key, request=request, refusal=None)
    on_screen = visit.on_screen or not session.world.printer.fitted
    return Step(go(session, Screen.ISSUING, now_s, asked), (Issue(key, request, on_screen),))


def resume(session: Session, _signal: Signal, now_s: float) -> Step:
    """Take up what was under way when the kiosk stopped."""
    stopped = session.world.interrupted
    if stopped is None or stopped.request is None:
        return Step(session)
    visit = Visit(
        service_id=ServiceId(stopped.request.service_id),
        key=stopped.key,
        request=stopped.request,
        reprint=stopped.maybe_printed,
        was_sent=True,
    )
    step = _ask(replace(with_visit(session, visit), language=stopped.language), stopped.key, now_s)
    return Step(step.session, (ForgetInterrupted(), *step.effects))


def issued(session: Session, signal: Issued, now_s: float) -> Step:
    """The number is there; now the paper."""
    if signal.key != session.visit.key:
        return Step(session)
    visit = replace(session.visit, ticket=signal.ticket, paper_code=signal.paper_code)
    if visit.on_screen or not session.world.printer.fitted:
        return Step(go(session, Screen.TICKET, now_s, replace(visit, paper=Paper.NOT_WANTED)))
    return _print(with_visit(session, visit), now_s)


def refused(session: Session, signal: Refused, now_s: float) -> Step:
    """A clear no. A live ticket for the same matter is offered again instead."""
    if signal.key != session.visit.key:
        return Step(session)
    keep_key = signal.refusal.code in RETRYABLE
    visit = replace(
        session.visit,
        refusal=signal.refusal,
        key=session.visit.key if keep_key else None,
        request=session.visit.request if keep_key else None,
    )
    if signal.refusal.code not in HAS_A_TICKET:
        return Step(go(session, Screen.REFUSED, now_s, visit))
    named = signal.refusal.params.get("ticket_id", "")
    fetch = (Fetch(TicketId(named)),) if named else ()
    return Step(go(session, Screen.DUPLICATE, now_s, visit), fetch)


def no_answer(session: Session, signal: NoAnswer, now_s: float) -> Step:
    """Nothing is promised. Once anything was sent, it stays uncertain until an answer comes."""
    if signal.key != session.visit.key:
        return Step(session)
    visit = replace(session.visit, was_sent=session.visit.was_sent or signal.was_sent)
    return Step(go(session, Screen.UNSURE if visit.was_sent else Screen.REFUSED, now_s, visit))


def issuing_expired(session: Session, _signal: Signal, now_s: float) -> Step:
    """The last resort when nobody reported back."""
    return Step(go(session, Screen.UNSURE, now_s, replace(session.visit, was_sent=True)))


# --- the paper ------------------------------------------------------------------------------------


def _print(session: Session, now_s: float) -> Step:
    visit = session.visit
    if visit.ticket is None:
        raise ValueError("no ticket to print")
    attempt = visit.print_attempt + 1
    effect = Print(
        ticket=visit.ticket,
        service_id=ServiceId(visit.ticket.service_id),
        language=session.language,
        attempt=attempt,
        reprint=visit.reprint,
        key=visit.key,
        paper_code=visit.paper_code,
        large_type=session.comfort.large,
        visit_numbers=_of_visit(visit),
    )
    printing = replace(visit, print_attempt=attempt, paper=Paper.NOT_YET, fault="")
    return Step(go(session, Screen.PRINTING, now_s, printing), (effect,))


def _of_visit(visit: Visit) -> tuple[str, ...]:
    numbers = matters.numbers(visit)
    return numbers if len(numbers) > 1 else ()


def print_again(session: Session, _signal: Signal, now_s: float) -> Step:
    """The same label once more, marked as a repetition."""
    if session.visit.ticket is None:
        return Step(session)
    return _print(with_visit(session, replace(session.visit, reprint=True)), now_s)


def did_not_print(session: Session, signal: Signal, now_s: float) -> Step:
    """Print it again while there is hope, else leave the number on the screen."""
    if session.visit.print_attempt >= PRINT_ATTEMPTS_MAX:
        return Step(go(session, Screen.TICKET, now_s, replace(session.visit, paper=Paper.FAILED)))
    if trouble := session.world.printer.trouble:
        return _torn(session, trouble, now_s)
    return print_again(session, signal, now_s)


def did_print(session: Session, _signal: Signal, now_s: float) -> Step:
    """The person holds the paper."""
    return Step(go(session, Screen.TICKET, now_s, replace(session.visit, paper=Paper.PRINTED)))


def print_ended(session: Session, signal: PrintEnded, now_s: float) -> Step:
    """Known to be printed, or a question to the person."""
    if not _is_ours(session, signal.ticket_id):
        return Step(session)
    if signal.paper is Paper.TORN:
        return _torn(session, signal.code, now_s)
    screen = Screen.TICKET if signal.paper is Paper.PRINTED else Screen.ASK_PRINTED
    return Step(go(session, screen, now_s, replace(session.visit, paper=signal.paper)))


def _torn(session: Session, code: str, now_s: float) -> Step:
    """The number in large and what happened, until the printer is well or the person leaves.

    The printer's own word is newer than what is known of its health; it is asked at once whether
    that still holds, because a cover may be closed again already.
    """
    visit = session.visit
    if visit.print_attempt >= PRINT_ATTEMPTS_MAX:
        failed = replace(visit, paper=Paper.FAILED, fault=code)
        return Step(go(session, Screen.TICKET, now_s, failed))
    ill = replace(session.world.printer, faults=(code,)) if code else session.world.printer
    shown = replace(session, world=replace(session.world, printer=ill))
    torn = go(shown, Screen.TICKET, now_s, replace(visit, paper=Paper.TORN, fault=code))
    return Step(replace(torn, deadline_s=now_s + TORN_WAIT_S), (AskPrinter(),))


def printer_well_again(session: Session, signal: WorldChanged, now_s: float) -> Step:
    """New paper: a ticket that broke off is printed again while its person stands there."""
    changed = replace(session, world=signal.world)
    if session.visit.paper is Paper.TORN and signal.world.printer.ready:
        return print_again(changed, signal, now_s)
    return Step(changed)


def print_torn(session: Session, _signal: Signal, now_s: float) -> Step:
    """The same once the person had left: nothing is asked of the server, no number taken."""
    torn = session.world.torn
    if torn is None:
        return Step(session)
    visit = Visit(
        service_id=ServiceId(torn.ticket.service_id),
        ticket=torn.ticket,
        paper_code=torn.paper_code,
        print_attempt=torn.attempt,
        reprint=True,
    )
    around = replace(session.world, torn=None)
    taken_up = replace(session, visit=visit, world=around, language=torn.language)
    return _print(taken_up, now_s)


def print_failed(session: Session, signal: PrintFailed, now_s: float) -> Step:
    """No paper for certain; the number counts all the same and stands on the screen."""
    if not _is_ours(session, signal.ticket_id):
        return Step(session)
    visit = replace(session.visit, paper=Paper.FAILED, fault=signal.code)
    return Step(go(session, Screen.TICKET, now_s, visit))


def printing_expired(session: Session, _signal: Signal, now_s: float) -> Step:
    """The last resort when the printer's driver never reported back."""
    return Step(go(session, Screen.ASK_PRINTED, now_s, replace(session.visit, paper=Paper.PERHAPS)))


def _is_ours(session: Session, ticket_id: str) -> bool:
    ticket = session.visit.ticket
    return ticket is not None and ticket.ticket_id == ticket_id


def show_number(session: Session, _signal: Signal, now_s: float) -> Step:
    """The existing number in large, without paper."""
    if session.visit.ticket is None:
        return Step(session)
    return Step(go(session, Screen.TICKET, now_s, replace(session.visit, paper=Paper.NOT_WANTED)))


# --- the number they have already -----------------------------------------------------------------


def found_duplicate(session: Session, signal: Found, _now_s: float) -> Step:
    """Details of the number they already have."""
    return Step(with_visit(session, replace(session.visit, ticket=signal.ticket)))
