"""Paper as plain text, for tests, logs of a demo and pages."""

from collections.abc import Iterable, Iterator

from queue_server.paper.columns import columns_of
from queue_server.paper.lines import Align, FeedLine, Line, QrLine, RuleLine, TextLine


def preview(lines: Iterable[Line], columns: int) -> str:
    """Shows lines as text of `columns`; magnified characters are spread by spaces.

    Returns:
        Text that ends with a line break; trailing blanks of each line are left away.
    """
    rows = (row for line in lines for row in _rows(line, columns))
    return "".join(row.rstrip() + "\n" for row in rows)


def _rows(line: Line, columns: int) -> Iterator[str]:
    match line:
        case RuleLine():
            yield "-" * columns
        case FeedLine(lines=count):
            yield from [""] * count
        case QrLine(text=text):
            yield _aligned("[QR]", columns, Align.CENTRE)
            yield from (text[at : at + columns] for at in range(0, len(text), columns))
        case TextLine():
            yield _aligned(_spread(line.text, line.width), columns, line.align)
            yield from [""] * (line.height - 1)


def _spread(text: str, width: int) -> str:
    return "".join(char + " " * (columns_of(char) * (width - 1)) for char in text)


def _aligned(text: str, columns: int, align: Align) -> str:
    room = max(0, columns - columns_of(text))
    before = {Align.LEFT: 0, Align.CENTRE: room // 2, Align.RIGHT: room}[align]
    return " " * before + text
