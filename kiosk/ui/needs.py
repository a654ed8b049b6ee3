"""How much room the parts of a page need at their smallest sizes, and making sure they get it.

Kivy shares room out by proportions and knows nothing of what stands in a box, so a long word or
large type would be cut. `measure` walks a page that was just built, at the width it will have:
every part is told the least height it needs; where words do not fit side by side, things that stand
beside each other go below each other, and a grid of tiles gets fewer columns.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.image import Image
from kivy.uix.widget import Widget

from kiosk.ui.widgets import Panel, Text, Touch

WIDEST_FIXED: Final = 0.45
"""A text of fixed width may grow to this part of its row before its words are broken."""
COLUMN_ATOMS: Final = 3
"""A box of at least so many texts is a column of a page rather than a part of a line."""


class Need(NamedTuple):
    """What a part needs at a width.

    Attributes:
        px: Its least height.
        torn: A word is wider than its room, and would be broken between its letters.
    """

    px: float
    torn: bool = False


def measure(widget: Widget, width: float) -> Need:
    """The least height of a widget that gets this width; everything within is told its own.

    Stacks rows and narrows grids in place where words would be torn otherwise.
    """
    own = getattr(widget, "need", None)
    if own is not None:
        need: Need = own(width)
        return need
    if isinstance(widget, Text):
        return Need(widget.least_height(width), widget.widest_piece() > width)
    return _measure_box(widget, width)


def _measure_box(widget: Widget, width: float) -> Need:
    match widget:
        case GridLayout():
            return _grid(widget, width)
        case BoxLayout(orientation="horizontal"):
            return _row(widget, width)
        case BoxLayout():
            return _column(widget, width)
        case Image():
            return Need(_fixed(widget))
    return _stacked(widget, width)


def settle(widget: Widget) -> None:
    """Give every part its place now: widths from the outside in, heights from the inside out."""
    lay = getattr(widget, "do_layout", None)
    if lay is not None:
        lay()
    for child in widget.children:
        set_now = getattr(child, "set_now", None)
        if set_now is not None:
            set_now()
        settle(child)
    if lay is not None and widget.children:
        lay()


def grant(widget: Widget, px: float) -> None:
    """Let a widget never be lower than this."""
    if widget.size_hint_y is None:
        widget.height = max(widget.height, px)
    else:
        widget.size_hint_min_y = px


def stack(box: BoxLayout) -> None:
    """What stands side by side goes below each other."""
    box.orientation = "vertical"
    for child in box.children:
        child.size_hint_x, child.pos_hint = 1, {}


def stack_columns(widget: Widget) -> bool:
    """Where a page has columns side by side, make it one column. Whether anything changed."""
    changed = False
    for each in list(widget.walk(restrict=True)):
        if not isinstance(each, BoxLayout) or isinstance(each, Touch | Panel):
            continue
        if each.orientation == "horizontal" and sum(map(_is_column, each.children)) > 1:
            stack(each)
            changed = True
    return changed


def _is_column(widget: Widget) -> bool:
    """A panel, or a box of several texts one below the other."""
    if isinstance(widget, Touch) or not isinstance(widget, BoxLayout):
        return False
    if widget.orientation == "horizontal":
        return any(_is_column(child) for child in widget.children)
    return sum(isinstance(part, Text) for part in widget.walk()) >= COLUMN_ATOMS


def _padding(box: Widget) -> tuple[float, float, float, float]:
    left, top, right, bottom = box.padding
    return left, top, right, bottom


def _width_of(child: Widget, inner: float) -> float:
    return float(child.width if child.size_hint_x is None else inner * child.size_hint_x)


def _stacked(widget: Widget, width: float) -> Need:
    """Children over each other, as in an anchor or float layout."""
    needs = [measure(child, _width_of(child, width)) for child in widget.children]
    for child, need in zip(widget.children, needs, strict=True):
        grant(child, need.px)
    least = max([_fixed(widget), *(need.px for need in needs)])
    return Need(least, any(need.torn for need in needs))


def _column(box: BoxLayout, width: float) -> Need:
    left, top, right, bottom = _padding(box)
    inner = width - left - right
    total, torn = top + bottom + box.spacing * max(0, len(box.children) - 1), False
    for child in box.children:
        need = measure(child, _width_of(child, inner))
        grant(child, need.px)
        total += max(child.height, need.px) if child.size_hint_y is None else need.px
        torn = torn or need.torn
    return Need(max(total, _fixed(box)), torn)


def _row(box: BoxLayout, width: float) -> Need:
    left, top, right, bottom = _padding(box)
    inner = width - left - right
    _widen(box.children, inner)
    needs = _needs_in_row(box, inner)
    torn = any(need.torn for need in needs)
    if torn and not isinstance(box, Touch | Panel) and _stackable(box.children):
        stack(box)
        return _column(box, width)
    least = top + bottom + max((need.px for need in needs), default=0)
    for child, need in zip(box.children, needs, strict=True):
        grant(child, need.px)
    return Need(max(least, _fixed(box)), torn)


def _fixed(box: Widget) -> float:
    """The height it was given; one that follows its content is as high as that says."""
    follows = getattr(box, "follows", False)
    return float(box.height) if box.size_hint_y is None and not follows else 0.0


def _needs_in_row(box: BoxLayout, inner: float) -> list[Need]:
    """Each child at the width that Kivy's BoxLayout will give it."""
    children = box.children
    fixed = sum(child.width for child in children if child.size_hint_x is None)
    shares = sum(child.size_hint_x for child in children if child.size_hint_x is not None)
    left_px = max(0.0, inner - fixed - box.spacing * max(0, len(children) - 1))
    widths = [
        child.width
        if child.size_hint_x is None
        else left_px * child.size_hint_x / max(shares, 1e-9)
        for child in children
    ]
    return [measure(child, width) for child, width in zip(children, widths, strict=True)]


def _widen(children: Sequence[Widget], inner: float) -> None:
    for child in children:
        if isinstance(child, Text) and child.size_hint_x is None:
            child.width = max(child.width, min(child.widest_piece() + 2, inner * WIDEST_FIXED))


def _stackable(children: Sequence[Widget]) -> bool:
    """Things of their own may go below each other; an icon and its label may not."""
    real = [child for child in children if child.children]
    return len(real) > 1 and all(isinstance(child, Touch | Panel | BoxLayout) for child in real)


def _grid(grid: GridLayout, width: float) -> Need:
    left, top, right, bottom = _padding(grid)
    across, along = grid.spacing
    columns = grid.cols or 1
    cell = (width - left - right - across * (columns - 1)) / columns
    needs = [measure(child, cell) for child in grid.children]
    torn = any(need.torn for need in needs)
    if torn and columns > 1:
        grid.cols = columns - 1
        return _grid(grid, width)
    rows = -(-len(needs) // columns)
    tallest = max((need.px for need in needs), default=0)
    grid.least_row_px = tallest
    if grid.row_force_default and grid.row_default_height < tallest:
        grid.row_default_height = tallest
    for child, need in zip(grid.children, needs, strict=True):
        grant(child, need.px)
    least = top + bottom + tallest * rows + along * max(0, rows - 1)
    grant(grid, least)
    return Need(least, torn)
