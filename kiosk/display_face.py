"""The words of a window's display: its number, the number called, one sentence. Pure."""

from dataclasses import dataclass

from kiosk.display_state import DisplayState
from kiosk.display_words import WORDS, Tone, each, picked, speeches, tone_of
from kiosk.lang import Languages
from queue_server.contract.problems import N_


@dataclass(frozen=True, slots=True)
class WindowFace:
    """A window's display. `label` and `sentences` are in each language."""

    window_id: str
    label: tuple[str, ...]
    name: str
    number: str | None
    tone: Tone
    state: tuple[str, ...]
    sentences: tuple[str, ...]
    stale: tuple[str, ...]


def window_face(
    state: DisplayState, languages: Languages, window_id: str, now_s: float
) -> WindowFace:
    """All words of a window's display; before the first message those that say so."""
    window = state.window
    said = speeches(languages, state.spoken)
    label = each(said, N_("Window"))
    if window is None:
        sentences = each(said, N_("Connecting to the queue system"))
        return WindowFace(window_id, label, "", None, Tone.CLOSED, (), sentences, ())
    tone = tone_of(window.state, new=state.is_new(window_id, window.number, now_s))
    words = each(said, WORDS[tone])
    return WindowFace(
        window_id=window_id,
        label=label,
        name="" if window.name == window_id else window.name,
        number=window.number,
        tone=tone,
        state=words,
        sentences=picked(said, window.text) or words,
        stale=each(said, N_("May be out of date")) if state.stale else (),
    )
