"""A list that turns leaves instead of scrolling: nobody has to know how to swipe."""

from collections.abc import Sequence

from kivy.clock import Clock
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.signals import Kind
from kiosk.ui.scene import IconLabel, Scene, row
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
        self._soon = Clock.create_trigger(self._lay, -1)
        for one in rows:
            one.fbind("height", self._soon)
        self.fbind("size", self._soon)

    def _lay(self, *_args: object) -> None:
        if self.height <= 1:
            return
        for one in self._rows:
            one.width = self.width
        leaves = self._cut()
        open_leaf = min(self._scene.leaves.get(self._name, 0), len(leaves) - 1)
        self.clear_widgets()
        self.add_widget(self._head(open_leaf, len(leaves)))
        for one in leaves[open_leaf]:
            self.add_widget(one)
        self.add_widget(Widget())

    def _cut(self) -> list[list[Widget]]:
        """Rows by leaf; every leaf has at least one."""
        spacing = self.spacing
        theme = self._scene.theme
        total = sum(one.height + spacing for one in self._rows)
        if total <= self.height - theme.px(HEAD_PX) - spacing:
            return [list(self._rows)]
        room = self.height - theme.touch_px - spacing
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
            height=theme.px(HEAD_PX) if count == 1 else theme.touch_px,
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
                    width=theme.px(90),
                )
            )
            head.add_widget(self._turner(open_leaf, count))
        return head

    def _turner(self, open_leaf: int, count: int) -> Touch:
        scene = self._scene
        theme = scene.theme

        def turn(_kind: Kind, _value: str) -> None:
            self._scene.leaves[self._name] = (open_leaf + 1) % count
            scene.press(Kind.STAY, "")
            self._lay()

        more = Touch(
            Kind.STAY,
            turn,
            radius_px=theme.radius_small_px,
            edge=scene.colours.accent,
            edge_px=theme.hairline_px,
            padding=(theme.tight_px, theme.px(4)),
            size_hint_x=None,
            width=theme.px(220),
        )
        last = open_leaf + 1 == count
        label = scene._("From the start") if last else scene._("More")
        icon = "up" if last else "down"
        more.add_widget(IconLabel(theme, icon, label, scene.colours.accent, theme.body_px))
        return more
