"""A page that always fits: as it is where there is room, else in leaves.

Every page goes through here, so none has to know of large type, low reach or long words. Where the
least a page needs is more than there is, columns go below each other, what leads on (the buttons at
its end) keeps its place, and the rest turns leaves between its parts, never through a text.
"""

from collections.abc import Iterator
from typing import Final

from kivy.clock import Clock
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.image import Image
from kivy.uix.stencilview import StencilView
from kivy.uix.widget import Widget

from kiosk.signals import Kind
from kiosk.ui import needs
from kiosk.ui.leaflet import Leaflet, turner
from kiosk.ui.mirror import turned
from kiosk.ui.scene import Scene
from kiosk.ui.widgets import Icon, Text, Touch

NAME: Final = "page"
"""Of the open leaf among a scene's leaves."""
PINNED_SHARE: Final = 0.5
"""What leads on keeps its place as long as it takes no more of the page than this."""
TOLERANCE_PX: Final = 2.0


class Fitted(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """See the module.

    Args:
        scene: Remembers the open leaf.
        page: As a screen built it.
    """

    def __init__(self, scene: Scene, page: Widget) -> None:
        super().__init__(orientation="vertical", spacing=scene.theme.gap_px)
        self._scene = scene
        self._page = page
        self._leaves: _Leaves | None = None
        self.add_widget(page)
        self._soon = Clock.create_trigger(self._fit, -1)
        self.fbind("size", self._soon)

    def _fit(self, *_args: object) -> None:
        theme = self._scene.theme
        wide_px = theme.width_px - 2 * theme.margin_px
        if abs(self.width - wide_px) > TOLERANCE_PX or self._leaves is not None:
            return  # not laid out yet: what is granted at another width cannot be taken back
        self._page.size = self.size
        needs.settle(self._page)
        need = needs.measure(self._page, self.width)
        if need.px > self.height + TOLERANCE_PX:
            self._turn_into_leaves()

    def _turn_into_leaves(self) -> None:
        scene, page = self._scene, self._page
        for part in list(page.walk(restrict=True)):
            if isinstance(part, Leaflet):
                part.unfold()
        needs.stack_columns(page)
        self.clear_widgets()
        pinned = self._pinned()
        foot = BoxLayout(orientation="vertical", spacing=self.spacing, size_hint_y=None, height=0)
        for part in pinned:
            part.parent.remove_widget(part)
            need_px = max(needs.measure(part, self.width).px, part.height)
            part.size_hint_y, part.height = None, need_px
            foot.add_widget(part)
            foot.height += need_px
        foot.height += self.spacing * max(0, len(pinned) - 1)
        self._leaves = _Leaves(scene, page, self.width)
        self.add_widget(self._leaves)
        if pinned:
            self.add_widget(foot)

    def _pinned(self) -> list[Widget]:
        """What stands at the end of the page and leads on, from top to bottom."""
        page, found, used = self._page, [], 0.0
        if not isinstance(page, BoxLayout) or page.orientation != "vertical":
            return []
        for part in page.children:  # from the end
            need_px = needs.measure(part, self.width).px
            used += need_px + self.spacing
            if not _leads_on(part) or used > self.height * PINNED_SHARE:
                break
            found.append(part)
        if found and len(found) < len(page.children):
            return found[::-1]
        main = [part for part in page.walk(restrict=True) if getattr(part, "is_main", False)]
        return main[-1:] if len(main) == 1 else []


def _leads_on(part: Widget) -> bool:
    """A button, or buttons only."""
    if isinstance(part, Touch):
        return True
    return (
        isinstance(part, BoxLayout)
        and bool(part.children)
        and all(_leads_on(child) for child in part.children)
    )


class _Window(StencilView):  # type: ignore[misc] # Kivy has no types
    """Shows a part of something higher; what is outside can be neither seen nor touched."""

    def on_touch_down(self, touch: object) -> bool:
        """Only inside."""
        inside = self.collide_point(*touch.pos)  # type: ignore[attr-defined] # Kivy has no types
        return bool(inside and super().on_touch_down(touch))


class _Leaves(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A page in leaves, and the way to the next one."""

    def __init__(self, scene: Scene, page: Widget, width: float) -> None:
        theme = scene.theme
        super().__init__(orientation="vertical", spacing=theme.tight_px)
        self._scene = scene
        self._page = page
        self._window = _Window()
        self._window.add_widget(page)
        page.size_hint = (None, None)
        page.width = width
        self._starts: list[float] = [0.0]
        self._foot = BoxLayout(size_hint_y=None, height=theme.touch_px, spacing=theme.gap_px)
        self.add_widget(self._window)
        self.add_widget(self._foot)
        self._soon = Clock.create_trigger(self._lay, -1)
        self._window.fbind("size", self._soon)
        self._window.fbind("pos", self._soon)

    def _lay(self, *_args: object) -> None:
        window, page = self._window, self._page
        if window.height <= 1:
            return
        page.height = needs.measure(page, page.width).px
        needs.settle(page)
        leaves = _cut(list(_atoms(page)), page, window.height)
        at = min(self._scene.leaves.get(NAME, 0), len(leaves) - 1)
        start, end = leaves[at]
        page.pos = (window.x, window.top - page.height + start)
        needs.settle(page)
        for atom in _atoms(page):
            top, bottom = _span(atom, page)
            seen = top >= start - TOLERANCE_PX and bottom <= end + TOLERANCE_PX
            atom.opacity = 1.0 if seen else 0.0
            if isinstance(atom, Touch):
                atom.disabled = not seen
        self._show_foot(at, len(leaves))

    def _show_foot(self, at: int, count: int) -> None:
        scene = self._scene
        theme = scene.theme
        self._foot.clear_widgets()
        self._foot.add_widget(
            Text(
                words=f"{at + 1} / {count}",
                size_px=theme.body_px,
                grow=False,
                ink=scene.colours.ink_soft,
                halign="right",
            )
        )

        def turn(_kind: Kind, _value: str) -> None:
            scene.leaves[NAME] = (at + 1) % count
            scene.press(Kind.STAY, "")
            self._soon()

        self._foot.add_widget(turner(scene, turn, last=at + 1 == count))
        self._foot.is_turned = False
        turned(self._foot)


def _atoms(widget: Widget) -> Iterator[Widget]:
    """What a leaf is never cut through."""
    if isinstance(widget, Touch | Text | Icon) or not widget.children:
        yield widget
        return
    for child in reversed(widget.children):
        yield from _atoms(child)


def _span(atom: Widget, page: Widget) -> tuple[float, float]:
    """Top and bottom, counted from the top of the page."""
    return page.top - atom.top, page.top - atom.y


def _cut(atoms: list[Widget], page: Widget, room: float) -> list[tuple[float, float]]:
    """Where leaves begin and end; each as long as it can be."""
    spans = sorted(_span(atom, page) for atom in atoms if _says_something(atom))
    total = max((bottom for _top, bottom in spans), default=0.0)
    # Before these tops everything above has ended: a leaf may begin here.
    begins = [(top, end) for top, end in _begins(spans) if top > TOLERANCE_PX]
    leaves: list[tuple[float, float]] = []
    start = 0.0
    while total - start > room + TOLERANCE_PX:
        ahead = [(top, end) for top, end in begins if top > start + TOLERANCE_PX]
        if not ahead:
            break
        top, end = max(([each for each in ahead if each[1] - start <= room]) or ahead[:1])
        leaves.append((start, end))
        start = top
    return [*leaves, (start, total)]


def _begins(spans: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Tops that no part lies across, each with the end of what is above it."""
    end = 0.0
    for top, bottom in spans:
        if top >= end - TOLERANCE_PX:
            yield top, end
        end = max(end, bottom)


def _says_something(atom: Widget) -> bool:
    if isinstance(atom, Text):
        return bool(atom.words)
    return isinstance(atom, Touch | Image) and atom.height > 0
