"""A list that turns leaves instead of scrolling: nobody has to know how to swipe."""

from collections.abc import Callable, Sequence

from kivy.clock import Clock
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.signals import Kind
from kiosk.ui import fonts, needs
from kiosk.ui.mirror import turned
from kiosk.ui.needs import Need
from kiosk.ui.scene import IconLabel, Scene, row
from kiosk.ui.strip import label_px, lines_in
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import Text, Touch

HEAD_PX = 64
"""Height of the heading where nothing has to be turned."""


class Leaflet(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A heading over as many rows as fit, and a way to the next ones where there are more.

    Args:
        scene: For texts and tokens; remembers the open leaf.
        name: Of this list, within its screen.
        heading: Stands over it.
        rows: Widgets that know their own height once they have a width.
    """

    def __init__(self, scene: Scene, name: str, heading: str, rows: Sequence[Widget]) -> None:
        theme = scene.theme
        super().__init__(orientation="vertical", spacing=theme.px(10))
        self._scene = scene
        self._name = name
        self._heading = heading
        self._rows = rows
        self._whole = False
        self._soon = Clock.create_trigger(self._lay, -1)
        for one in rows:
            one.fbind("height", self._soon)
        self.fbind("size", self._soon)

    def unfold(self) -> None:
        """Show all rows below each other: the page around it turns leaves instead."""
        self._whole = True
        self.clear_widgets()
        self._soon()

    def need(self, width: float) -> Need:
        """Room for the head and the tallest row; for all of them where it is unfolded."""
        for one in self._rows:  # those of another leaf have had no room yet
            one.width = width
            needs.settle(one)
        found = [needs.measure(one, width) for one in self._rows]
        for one, each in zip(self._rows, found, strict=True):
            needs.grant(one, each.px)
        tall = [max(each.px, one.height) for one, each in zip(self._rows, found, strict=True)]
        head_px = max(self._scene.theme.px(HEAD_PX), self._head_px(width))
        if not self._whole and len(tall) > 1:
            rows_px, head_px = max(tall) + self.spacing, self._turning_px(width)
        else:
            rows_px = sum(px + self.spacing for px in tall)
        torn = any(each.torn for each in found)
        return Need(head_px + rows_px + self.spacing, torn)

    def _still_px(self) -> float:
        """Height of the heading where nothing has to be turned."""
        return max(self._scene.theme.px(HEAD_PX), self._head_px(self.width))

    def _head_px(self, width: float) -> float:
        theme = self._scene.theme
        head = Text(words=self._heading, size_px=theme.sp(24), bold_face=True, grow=False)
        return head.least_height(width)

    def _turning_px(self, width: float) -> float:
        """Height of the head where it also turns: its words have less width then."""
        theme = self._scene.theme
        beside_px = max(self._turner(at, 2).width for at in (0, 1))
        beside_px += max(theme.px(90), count_px(theme, len(self._rows))) + 2 * theme.gap_px
        return max(theme.touch_px, self._head_px(width - beside_px))

    def set_now(self) -> None:
        """Lay it out without waiting for the next frame."""
        self._lay()

    def _lay(self, *_args: object) -> None:
        if self.height <= 1 or (self._whole and self.children):
            return
        for one in self._rows:
            one.width = self.width
        leaves = [list(self._rows)] if self._whole else self._cut()
        open_leaf = min(self._scene.leaves.get(self._name, 0), len(leaves) - 1)
        self.clear_widgets()
        self.add_widget(turned(self._head(open_leaf, len(leaves))))
        for one in leaves[open_leaf]:
            self.add_widget(turned(one))
        self.add_widget(Widget())

    def _cut(self) -> list[list[Widget]]:
        """Rows by leaf; every leaf has at least one."""
        spacing = self.spacing
        total = sum(one.height + spacing for one in self._rows)
        if total <= self.height - self._still_px() - spacing:
            return [list(self._rows)]
        room = self.height - self._turning_px(self.width) - spacing
        leaves: list[list[Widget]] = [[]]
        used = 0.0
        for one in self._rows:
            if leaves[-1] and used + one.height + spacing > room:
                leaves.append([])
                used = 0.0
            leaves[-1].append(one)
            used += one.height + spacing
        return leaves

    def _head(self, open_leaf: int, count: int) -> Widget:
        scene = self._scene
        theme = scene.theme
        heading = Text(
            words=self._heading,
            size_px=theme.heading_px,
            floor_px=theme.sp(24),
            bold_face=True,
            grow=False,
        )
        head = row(
            heading,
            spacing=theme.gap_px,
            size_hint_y=None,
            height=self._still_px() if count == 1 else self._turning_px(self.width),
        )
        if count > 1:
            head.add_widget(
                Text(
                    words=f"{open_leaf + 1} / {count}",
                    size_px=theme.caption_px,
                    grow=False,
                    ink=scene.colours.ink_soft,
                    halign="right",
                    size_hint_x=None,
                    width=max(theme.px(90), count_px(theme, count)),
                )
            )
            head.add_widget(self._turner(open_leaf, count))
        return head

    def _turner(self, open_leaf: int, count: int) -> Touch:
        scene = self._scene

        def turn(_kind: Kind, _value: str) -> None:
            self._scene.leaves[self._name] = (open_leaf + 1) % count
            scene.press(Kind.STAY, "")
            self._lay()

        return turner(scene, turn, last=open_leaf + 1 == count)


def count_px(theme: Theme, count: int) -> float:
    """Width of "9 / 12"."""
    return fonts.width(f"{count} / {count}", theme.caption_px, bold=False) + theme.px(8)


def turner(scene: Scene, turn: Callable[[Kind, str], None], *, last: bool) -> Touch:
    """To the next leaf, or from the last one back to the first."""
    theme = scene.theme
    label = scene._("From the start") if last else scene._("More")
    text_px = label_px(label, theme.body_px, lines_in(theme.touch_px - 2 * 4, theme.body_px))
    more = Touch(
        Kind.STAY,
        turn,
        radius_px=theme.radius_small_px,
        edge=scene.colours.accent,
        edge_px=theme.hairline_px,
        padding=(theme.tight_px, theme.px(4)),
        size_hint_x=None,
        width=max(theme.px(220), round(text_px + theme.px(52) + 6 * theme.tight_px)),
    )
    icon = "up" if last else "down"
    more.add_widget(IconLabel(theme, icon, label, scene.colours.accent, theme.body_px))
    return more
