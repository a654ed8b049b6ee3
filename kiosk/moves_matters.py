"""Moves of the visitor flow: one more matter in the same visit. Pure."""

from dataclasses import replace
from typing import Final

from kiosk.matters import next_matter
from kiosk.moves import Step
from kiosk.moves_choosing import start
from kiosk.signals import Signal
from kiosk.visit import Paper, Screen, Session

OWED: Final = frozenset({Paper.NOT_YET, Paper.TORN})
"""The paper of the number at hand is still to come: first that."""


def another(session: Session, signal: Signal, now_s: float) -> Step:
    """Into the catalogue again: the visit goes on, its next request has a key of its own."""
    if session.screen is Screen.TICKET and session.visit.paper in OWED:
        return Step(session)
    return start(replace(session, visit=next_matter(session.visit)), signal, now_s)
