"""Moves of the visitor flow: the switches for type, contrast and reach. Pure."""

from dataclasses import replace

from kiosk.moves import BUSY, HOME_LANGUAGE_S, Step, time_s
from kiosk.signals import Tap
from kiosk.visit import Screen, Session


def switch(session: Session, tap: Tap, now_s: float) -> Step:
    """Turn a switch over.

    Everything may move on the screen, so it counts as another one: a finger that taps twice does
    not meet what has come under it meanwhile. A screen that waits for a machine gives up at its own
    time, however often a switch is touched.
    """
    turned = replace(
        session,
        comfort=session.comfort.toggled(tap.value),
        serial=session.serial + 1,
        seen_s=None,
    )
    if session.screen in BUSY:
        return Step(turned)
    wait_s = time_s(session, session.screen)
    if session.screen is Screen.HOME:
        wait_s = max(wait_s or 0.0, HOME_LANGUAGE_S)
    return Step(replace(turned, deadline_s=None if wait_s is None else now_s + wait_s))
