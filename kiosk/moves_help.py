"""Moves of the visitor flow: somebody is called to this kiosk. Pure.

The call goes on wherever the person goes in the flow, and is forgotten with them; in the hall it
stays open until somebody has been here.
"""

from dataclasses import replace

from kiosk.effects import CallHelp, EndHelp, FollowHelp
from kiosk.help_state import NO_HELP, OPEN, HelpCall, HelpState
from kiosk.moves import Step, restart_clock, with_visit
from kiosk.moves_choosing import pick_advice
from kiosk.signals import HelpTold, Signal, Tap
from kiosk.visit import Session


def call(session: Session, _signal: Signal, now_s: float) -> Step:
    """Call a guide; while a call is open, touching again changes nothing."""
    if session.visit.help.state in OPEN | {HelpState.CALLING}:
        return Step(session)
    visit = replace(session.visit, help=HelpCall(HelpState.CALLING))
    return Step(restart_clock(with_visit(session, visit), now_s), (CallHelp(),))


def advice(session: Session, tap: Tap, now_s: float) -> Step:
    """A number for advice, and somebody comes at once: who asks for help should not stand alone."""
    called = call(session, tap, now_s)
    step = pick_advice(called.session, tap, now_s)
    return Step(step.session, called.effects + step.effects)


def told(session: Session, signal: HelpTold, now_s: float) -> Step:
    """Take note, and go on asking while somebody is still to come."""
    known = session.visit.help
    if known.state is HelpState.NONE or (known.help_id and known.help_id != signal.help.help_id):
        return Step(session)
    changed = with_visit(session, replace(session.visit, help=signal.help))
    if signal.help.state is not known.state:
        changed = restart_clock(changed, now_s)
    if signal.help.state in OPEN:
        return Step(changed, (FollowHelp(signal.help),))
    return Step(changed)


def no_longer(session: Session, _signal: Signal, _now_s: float) -> Step:
    """Nobody need come."""
    known = session.visit.help
    effects = (EndHelp(known.help_id),) if known.help_id else ()
    return Step(with_visit(session, replace(session.visit, help=NO_HELP)), effects)
