"""Parts of the displays: places that are drawn again only when what stands there has changed."""

from collections.abc import Callable, Hashable
from typing import Any

from kivy.uix.relativelayout import RelativeLayout
from kivy.uix.widget import Widget

from kiosk.ui import fonts, typeset
from kiosk.ui.figures import Figure, figure_width
from kiosk.ui.theme import Rgba
from kiosk.ui.theme_display import DisplayTheme, Rect
from kiosk.ui.widgets import SLACK_PX, Icon, Panel, Text

Painter = Callable[["Slot"], None]


class Sheet(RelativeLayout):  # type: ignore[misc] # Kivy has no types
    """The whole picture; it wanders by a few pixels against burn-in."""

    def __init__(self, theme: DisplayTheme) -> None:
        super().__init__(size_hint=(None, None), size=(theme.width_px, theme.height_px))


class Slot(Widget):  # type: ignore[misc] # Kivy has no types
    """One place of a sheet, drawn anew when its content or its place changed."""

    def __init__(self, theme: DisplayTheme) -> None:
        super().__init__(size_hint=(None, None))
        self.theme = theme
        self.rect = Rect(0, 0, 1, 1)
        self._shown: Hashable = None

    def show(self, rect: Rect, content: Hashable, paint: Painter) -> bool:
        """Bring the place in line with its content.

        Returns:
            Whether anything was drawn.
        """
        if (rect, content) == self._shown:
            return False
        self._shown = (rect, content)
        self.clear_widgets()
        self.rect = rect
        self._place(self, rect)
        paint(self)
        return True

    def hide(self) -> bool:
        """Take away what stands here.

        Returns:
            Whether there was anything.
        """
        if self._shown is None:
            return False
        self._shown = None
        self.clear_widgets()
        return True

    def put(self, widget: Widget, rect: Rect) -> None:
        """Add a widget at a place of the sheet."""
        widget.size_hint = (None, None)
        self._place(widget, rect)
        self.add_widget(widget)

    def _place(self, widget: Widget, rect: Rect) -> None:
        widget.size = (rect.width, rect.height)
        widget.pos = (rect.x, self.theme.height_px - rect.bottom)

    # --- what places hold ------------------------------------------------------------------------

    def ground(self, rect: Rect, fill: Rgba, edge: Rgba | None = None, edge_px: int = 1) -> None:
        """A card."""
        radius = min(self.theme.px(18), rect.height // 2)
        self.put(
            Panel(ground=fill, edge=edge or fill, edge_px=edge_px, radius_px=radius, opacity=1),
            rect,
        )

    def text(self, words: str, rect: Rect, size_px: int, ink: Rgba, **kwargs: Any) -> None:  # noqa: ANN401 - Kivy's properties
        """A text that fits its place, made smaller where it must be."""
        kwargs.setdefault("floor_px", max(10, size_px // 2))
        if words:
            self.put(Text(words=words, size_px=size_px, ink=ink, grow=False, **kwargs), rect)

    def figure(self, words: str, rect: Rect, cap_px: int, ink: Rgba, align: str = "center") -> Rect:
        """A number in large type.

        Returns:
            The box it was given: as wide as the number where it is aligned.
        """
        if align != "center":
            wide = min(rect.width, int(figure_width(words, cap_px)) + 2)
            x = rect.x if align == "left" else rect.right - wide
            rect = Rect(x, rect.top, wide, rect.height)
        self.put(Figure(words=words, cap_px=cap_px, ink=ink), rect)
        return rect

    def icon(self, name: str, x: int, middle: int, edge_px: int, tint: Rgba) -> None:
        """A picture beside a text; `middle` is the height of its centre."""
        rect = Rect(x, middle - edge_px // 2, edge_px, edge_px)
        self.put(Icon(name=name, edge_px=edge_px, tint=tint), rect)

    def stack(
        self,
        lines: tuple[str, ...],
        rect: Rect,
        sizes_px: tuple[int, ...],
        ink: Rgba,
        **kw: Any,  # noqa: ANN401 - Kivy's properties
    ) -> None:
        """Texts one below the other, centred in height together, each with room for its lines.

        The last of `sizes_px` counts for all further lines. Where they are too high together, all
        become smaller by the same measure.
        """
        sizes = [sizes_px[min(at, len(sizes_px) - 1)] for at in range(len(lines))]
        bold = [at == 0 for at in range(len(lines))]
        while True:
            heights = [
                self._height(line, rect.width, size, bold=b)
                for line, size, b in zip(lines, sizes, bold, strict=True)
            ]
            if sum(heights) <= rect.height or min(sizes, default=0) <= 10:  # noqa: PLR2004 - px
                break
            sizes = [max(10, int(size * 0.94)) for size in sizes]
        top = rect.top + max(0, (rect.height - sum(heights)) // 2)
        for line, size, height, is_bold in zip(lines, sizes, heights, bold, strict=True):
            place = Rect(rect.x, top, rect.width, height)
            self.text(line, place, size, ink, bold_face=is_bold, even=True, **kw)
            top += height

    @staticmethod
    def _height(words: str, width: int, size_px: int, *, bold: bool) -> int:
        """Height of a text once it is broken into lines."""

        def measure(text: str) -> float:
            return fonts.width(text, size_px, bold=bold)

        lines = typeset.balanced(words, width - SLACK_PX, measure)
        return fonts.line_height(size_px, bold=bold) * len(lines) + SLACK_PX


def text_width(words: str, size_px: int, *, bold: bool = False) -> int:
    """Width of one line."""
    return int(fonts.width(words, size_px, bold=bold)) + 3
