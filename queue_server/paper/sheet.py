"""Setting text on a sheet of paper: sizes, headings, boxes to tick; for tickets and guides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from queue_server.paper.columns import columns_of, hang, wrap
from queue_server.paper.lines import COLUMNS_80_MM, Align, Line, TextLine
from queue_server.paper.wording import Translate

TICK_BOX = "□ "
RIGHT_TO_LEFT = frozenset(("ar", "fa", "he", "ug", "ur"))


class PaperKind(Enum):
    """In what form a material is brought."""

    ORIGINAL = "original"
    COPY = "copy"
    ORIGINAL_AND_COPY = "original_and_copy"
    ORIGINAL_OR_COPY = "original_or_copy"


@dataclass(frozen=True, slots=True)
class Material:
    """A paper to bring, its name in the sheet's language. `copies` counts pieces of `kind`."""

    name: str
    kind: PaperKind
    copies: int
    required: bool


class Size(NamedTuple):
    """Magnification across and down."""

    width: int
    height: int


NORMAL = Size(1, 1)
TALL = Size(1, 2)
DOUBLE = Size(2, 2)


class Sheet:
    """Text of one language on paper of so many columns.

    Args:
        columns: At font A, 48 or 32.
        language: Language tag; a right-to-left one starts its lines on the right.
        translate: The catalogue of that language.
        large_type: Everything twice as big.
    """

    def __init__(
        self, columns: int, language: str, translate: Translate, *, large_type: bool
    ) -> None:
        self.columns = columns
        self.translate = translate
        right_to_left = re.split("[-_]", language.lower())[0] in RIGHT_TO_LEFT
        self.start = Align.RIGHT if right_to_left else Align.LEFT
        wide = columns >= COLUMNS_80_MM
        self.key = DOUBLE if large_type else NORMAL
        self.body = (DOUBLE if wide else TALL) if large_type else NORMAL

    def text(
        self, text: str, size: Size, align: Align | None = None, *, bold: bool = False
    ) -> Iterator[Line]:
        """Breaks a text to lines at a magnification; without `align` they stand at the start."""
        for line in wrap(text, self.columns // size.width):
            yield TextLine(line, size.width, size.height, align or self.start, bold)

    def heading(self, text: str, size: Size) -> Iterator[Line]:
        """Centres a heading; one that does not fit a line at double width is printed tall."""
        if size.width > 1 and columns_of(text) * size.width > self.columns:
            size = TALL
        yield from self.text(text, size, Align.CENTRE, bold=True)

    def to_tick(self, material: Material) -> Iterator[Line]:
        """A paper to bring, with a box to tick."""
        size = self.body
        text = material_words(material, self.translate)
        for line in hang(TICK_BOX, text, self.columns // size.width):
            yield TextLine(line, size.width, size.height, self.start)


def material_words(material: Material, translate: Translate) -> str:
    """Its name, in what form, how many, and whether always."""
    forms = {
        PaperKind.ORIGINAL: translate.gettext("original"),
        PaperKind.COPY: translate.gettext("copy"),
        PaperKind.ORIGINAL_AND_COPY: translate.gettext("original and copy"),
        PaperKind.ORIGINAL_OR_COPY: translate.gettext("original or copy"),
    }
    form = forms[material.kind]
    if material.copies > 1:
        form = translate.gettext("{form}, {n} pieces").format(form=form, n=material.copies)
    if not material.required:
        form = translate.gettext("{form}, if it applies to you").format(form=form)
    return translate.gettext("{name} ({form})").format(name=material.name, form=form)
