"""Guidance by voice begins and ends: the switch on the screen, the keypad, the headphones. Pure."""

from dataclasses import replace

from kiosk import moves
from kiosk.moves import Step
from kiosk.signals import Signal, Tap, VoiceAsked
from kiosk.visit import Screen, Session, Voice


def switch(session: Session, _tap: Tap, now_s: float) -> Step:
    """The switch on the screen: aloud where there is a loudspeaker; off where it was on."""
    on = session.voice is Voice.OFF and session.world.speaks
    return Step(_with(session, Voice.ALOUD if on else Voice.OFF, now_s))


def asked(session: Session, signal: VoiceAsked, now_s: float) -> Step:
    """The keypad and its jack; whoever asked has their full time from now on."""
    return Step(_with(session, signal.voice, now_s))


def fall_silent(session: Session, _signal: Signal, now_s: float) -> Step:
    """Nobody listens any more on a screen that stays."""
    return Step(_with(session, Voice.OFF, now_s))


def _with(session: Session, voice: Voice, now_s: float) -> Session:
    if voice is session.voice:
        return session
    changed = replace(session, voice=voice)
    if session.screen is Screen.ATTRACT and voice is not Voice.OFF:
        return moves.go(changed, Screen.HOME, now_s)
    if session.screen in moves.BUSY:
        return changed
    timeout_s = moves.time_s(changed, changed.screen)
    return replace(changed, deadline_s=None if timeout_s is None else now_s + timeout_s)
