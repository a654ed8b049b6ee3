"""The window cannot be left: no key, no close button, no gesture; one hidden way for staff.

What a program can do. That no other program gets in front, and that the machine's own keys do
nothing, is up to its session (docs/kiosk-lockdown.md).
"""

from collections.abc import Callable
from typing import Final

from kivy.clock import Clock
from kivy.core.window import Window

HOLD_S: Final = 5.0
"""So long a finger rests in the upper left corner."""
CORNER_SHARE: Final = 0.14
"""The corner's edge, of the window's shorter side: 37 mm on a 21" panel, so that it is found."""


def refuse_to_close(key: Callable[[], None]) -> None:
    """Keys and the window manager close nothing, and open nothing of Kivy's own.

    Args:
        key: Called for every key of a keyboard.
    """

    def swallow(*_args: object, **_kwargs: object) -> bool:
        """Escape (which ends a Kivy program), F1 (which opens its settings), and all others."""
        key()
        return True

    Window.fbind("on_request_close", _stay)
    Window.fbind("on_keyboard", swallow)


def _stay(*_args: object, **_kwargs: object) -> bool:
    """Alt-F4, a close button, a session's polite question."""
    return True


class CornerHold:
    """Notices a finger that rests in the upper left corner.

    Args:
        held: Called once when it has rested there for `HOLD_S`.
    """

    def __init__(self, held: Callable[[], None]) -> None:
        self._held = held
        self._touch: object = None
        self._wait = Clock.create_trigger(self._done, HOLD_S)
        Window.fbind("on_touch_down", self._down)
        Window.fbind("on_touch_move", self._move)
        Window.fbind("on_touch_up", self._up)

    def _inside(self, touch: object) -> bool:
        edge_px = min(Window.width, Window.height) * CORNER_SHARE
        x, y = touch.pos  # type: ignore[attr-defined] # Kivy has no types
        return bool(x < edge_px and y > Window.height - edge_px)

    def _down(self, _window: object, touch: object) -> bool:
        self._wait.cancel()
        self._touch = touch if self._inside(touch) else None
        if self._touch is not None:
            self._wait()
        return False

    def _move(self, _window: object, touch: object) -> bool:
        if touch is self._touch and not self._inside(touch):
            self._give_up()
        return False

    def _up(self, _window: object, touch: object) -> bool:
        if touch is self._touch:
            self._give_up()
        return False

    def _give_up(self) -> None:
        self._touch = None
        self._wait.cancel()

    def _done(self, _elapsed_s: float) -> None:
        self._touch = None
        self._held()
