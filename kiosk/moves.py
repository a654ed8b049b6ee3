"""What each signal does on each screen: the right-hand side of the table in `kiosk.session`. Pure.

Here: changing screens, leaving, returning, the surroundings. `moves_choosing` and `moves_ticket`
hold the rest.

Every function takes the session, the signal and the time, and returns the next session with what it
asks for. None of them knows whether it may be called: the table does.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, NamedTuple

from kiosk import shelf
from kiosk.comfort import PLAIN
from kiosk.effects import Abandon, Effect
from kiosk.help_state import HelpState
from kiosk.look_up_state import NO_INQUIRY
from kiosk.matters import next_matter
from kiosk.signals import Kind, Signal, Tap, WorldChanged
from kiosk.visit import EMPTY_VISIT, Paper, Screen, Session, TornTicket, Visit, Voice

TORN_OFFERED_S: Final = 900.0
"""So long a torn ticket is offered on the first screen: longer than it takes to find somebody who
changes the paper, shorter than the person can have been called and gone."""
HOME_LANGUAGE_S: Final = 60.0
"""How long the first screen keeps a language that nobody uses."""
HOME_VOICE_S: Final = 120.0
"""Likewise voice guidance that nobody uses."""
VOICE_PATIENCE: Final = 3.0
"""Hearing takes longer than seeing: every screen waits for so many times as long."""
HELP_WAITS_S: Final = 120.0
"""The help page waits longer with somebody who called: a guide may have to come from outside."""
BUSY: Final = frozenset({Screen.ISSUING, Screen.PRINTING, Screen.FINDING, Screen.GIVING_BACK})
"""Screens that wait for a machine, not for the person."""

TIMEOUT_S: Final[Mapping[Screen, float | None]] = MappingProxyType(
    {
        Screen.HOME: None,
        Screen.SECTIONS: 60.0,
        Screen.ITEMS: 60.0,
        Screen.SEARCH: 90.0,
        Screen.GUIDE: 180.0,
        Screen.CONFIRM: 120.0,
        Screen.IDENTIFY: 60.0,
        Screen.PRIORITY: 60.0,
        Screen.NO_PAPER: 60.0,
        Screen.ISSUING: 15.0,
        Screen.UNSURE: 90.0,
        Screen.REFUSED: 60.0,
        Screen.DUPLICATE: 60.0,
        Screen.PRINTING: 60.0,
        Screen.ASK_PRINTED: 60.0,
        Screen.TICKET: 45.0,
        Screen.FINDING: 10.0,
        Screen.FOUND: 45.0,
        Screen.HELP: 60.0,
        Screen.PROGRESS: 60.0,
        Screen.STANDING: 60.0,
        Screen.GIVE_BACK: 60.0,
        Screen.GIVING_BACK: 10.0,
        Screen.ATTRACT: None,
        Screen.OUT_OF_SERVICE: None,
        Screen.STAFF_CODE: 60.0,
        Screen.STAFF: 180.0,
        Screen.APPOINTMENT: 90.0,
    }
)
"""How long each screen waits. Those that wait for a machine are bounded by that machine's own
time-outs first; theirs is only the last resort."""


class Step(NamedTuple):
    """What comes of a signal."""

    session: Session
    effects: tuple[Effect, ...] = ()


def go(session: Session, screen: Screen, now_s: float, visit: Visit | None = None) -> Session:
    """Show another screen: taps made on this one no longer count, and its time starts anew."""
    timeout_s = time_s(session, screen)
    return replace(
        session,
        screen=screen,
        visit=session.visit if visit is None else visit,
        serial=session.serial + 1,
        seen_s=None,
        deadline_s=None if timeout_s is None else now_s + timeout_s,
    )


def time_s(session: Session, screen: Screen) -> float | None:
    """How long a screen waits for this person, in seconds; None: for ever."""
    timeout_s = TIMEOUT_S[screen]
    if screen is Screen.HELP and session.visit.help.state is not HelpState.NONE:
        timeout_s = HELP_WAITS_S
    if session.voice is Voice.OFF or screen in BUSY:
        return timeout_s
    return HOME_VOICE_S if timeout_s is None else timeout_s * VOICE_PATIENCE


def restart_clock(session: Session, now_s: float) -> Session:
    """The same screen waits from now on; not one that waits for a machine, nor the first."""
    if session.screen in BUSY or session.screen is Screen.HOME:
        return session
    wait_s = time_s(session, session.screen)
    return replace(session, deadline_s=None if wait_s is None else now_s + wait_s)


def with_visit(session: Session, visit: Visit) -> Session:
    """The same screen, another detail of the visit."""
    return replace(session, visit=visit)


def unresolved(visit: Visit) -> tuple[Effect, ...]:
    """Leaving a request without an answer: it must never be repeated."""
    return (Abandon(visit.key),) if visit.key and visit.ticket is None else ()


# --- leaving and returning ----------------------------------------------------------------------


def leave(session: Session, signal: Signal, now_s: float) -> Step:
    """Forget the person and everything they chose, language and switches too.

    Who asks for the first screen while they are guided is still there: language and switches stay.
    """
    effects = unresolved(session.visit)
    around = replace(session.world, torn=_left_torn(session, now_s) or session.world.torn)
    goes_on = isinstance(signal, Tap) and signal.kind in {Kind.HOME, Kind.BACK}
    if goes_on and session.voice is not Voice.OFF:
        fresh = replace(session, world=around)
    else:
        fresh = replace(
            session,
            language=session.default_language,
            world=around,
            voice=Voice.OFF,
            comfort=PLAIN,
        )
    return Step(go(fresh, Screen.HOME, now_s, EMPTY_VISIT), effects)


def _left_torn(session: Session, now_s: float) -> TornTicket | None:
    """What is still owed to somebody who leaves without a whole ticket."""
    visit = session.visit
    if visit.paper is not Paper.TORN or visit.ticket is None:
        return None
    return TornTicket(
        visit.ticket,
        session.language,
        visit.paper_code,
        visit.print_attempt,
        now_s + TORN_OFFERED_S,
    )


def forget_torn(session: Session, now_s: float) -> Session:
    """What was torn long ago is offered no more."""
    torn = session.world.torn
    if torn is None or now_s < torn.until_s:
        return session
    return replace(session, world=replace(session.world, torn=None))


def back_to_sections(session: Session, _signal: Signal, now_s: float) -> Step:
    """From the items, or from a confirmation that had no list of items before it."""
    return Step(go(session, Screen.SECTIONS, now_s, replace(session.visit, service_id=None)))


def back_from_confirm(session: Session, _signal: Signal, now_s: float) -> Step:
    """To the guide, or to the list the item was chosen from."""
    if session.visit.inquiry.looking:
        return Step(go(session, Screen.GUIDE, now_s, replace(session.visit, fault="")))
    return list_before(session, now_s)


def list_before(session: Session, now_s: float) -> Step:
    """The list the item was chosen from: a search, a section, or the sections themselves."""
    visit = replace(session.visit, service_id=None, fault="")
    if visit.inquiry.typed:
        return Step(go(session, Screen.SEARCH, now_s, visit))
    chosen = shelf.section(session.world.catalogue, visit.section_id)
    several = chosen is not None and len(chosen.items) > 1
    return Step(go(session, Screen.ITEMS if several else Screen.SECTIONS, now_s, visit))


def back_to_confirm(session: Session, signal: Signal, now_s: float) -> Step:
    """A refused or never sent request is given up; the next confirmation has a key of its own."""
    if session.visit.asks_standing:
        visit = replace(EMPTY_VISIT, asks_standing=True, help=session.visit.help)
        return Step(go(session, Screen.PROGRESS, now_s, visit))
    if session.visit.service_id is None:
        return leave(session, signal, now_s)
    effects = unresolved(session.visit)
    visit = replace(
        session.visit,
        key=None,
        request=None,
        refusal=None,
        ticket=None,
        paper_code="",
        on_screen=False,
        for_principal=False,
    )
    return Step(go(session, Screen.CONFIRM, now_s, visit), effects)


def help_(session: Session, _signal: Signal, now_s: float) -> Step:
    """The help page; it returns to where it was asked for."""
    return Step(go(session, Screen.HELP, now_s, replace(session.visit, came_from=session.screen)))


def back_from_help(session: Session, _signal: Signal, now_s: float) -> Step:
    """To where help was asked for; the first screen remembers the call for a while only."""
    back = go(session, session.visit.came_from, now_s)
    if back.screen is Screen.HOME and back.visit != EMPTY_VISIT:
        back = replace(back, deadline_s=now_s + HOME_LANGUAGE_S)
    return Step(back)


def stay(session: Session, _signal: Signal, _now_s: float) -> Step:
    """Still here: every tap restarts the clock of a screen, this one does nothing else."""
    return Step(session)


def language(session: Session, tap: Tap, now_s: float) -> Step:
    """Another language, on the spot."""
    changed = replace(session, language=tap.value)
    if session.screen is Screen.HOME:
        changed = replace(changed, deadline_s=now_s + HOME_LANGUAGE_S)
    return Step(changed)


# --- surroundings --------------------------------------------------------------------------------


def world(session: Session, signal: WorldChanged, now_s: float) -> Step:
    """Take note; what was chosen may have left the catalogue, the printer may be well again."""
    changed = replace(session, world=signal.world)
    visit = changed.visit
    choosing = {
        Screen.ITEMS,
        Screen.GUIDE,
        Screen.CONFIRM,
        Screen.IDENTIFY,
        Screen.PRIORITY,
        Screen.NO_PAPER,
    }
    if changed.screen not in choosing:
        return Step(changed)
    catalogue = changed.world.catalogue
    gone = (
        shelf.section(catalogue, visit.section_id) is None
        if changed.screen is Screen.ITEMS
        else shelf.item(catalogue, visit.service_id) is None
    )
    if gone:
        screen = Screen.SECTIONS if catalogue else Screen.REFUSED
        looking = replace(NO_INQUIRY, looking=visit.inquiry.looking)
        fresh = replace(next_matter(visit), inquiry=looking)
        return Step(go(changed, screen, now_s, fresh))
    if changed.screen is Screen.NO_PAPER and not changed.world.printer.trouble:
        return Step(go(changed, Screen.CONFIRM, now_s))
    return Step(changed)


def drop(session: Session, _signal: Signal, _now_s: float) -> Step:
    """A report that came too late for the screen it was meant for."""
    return Step(session)
