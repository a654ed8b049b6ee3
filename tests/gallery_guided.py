"""Pages as somebody sees them who is guided: a ring around the focus, a caption, the switch on."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.visit import Paper, Screen, Session, Visit, Voice
from tests import fakes_kiosk as fakes
from tests.gallery_frame import ITEM, Page, at, world


def pages() -> Iterator[Page]:
    around = replace(world(), speaks=True)
    got = replace(ITEM, ticket=fakes.ticket(), paper=Paper.PRINTED)

    def guided(screen: Screen, voice: Voice, visit: Visit = ITEM) -> Session:
        return replace(at(screen, visit, around), voice=voice)

    yield "guided-sections", guided(Screen.SECTIONS, Voice.PRIVATE), None
    yield "guided-confirm", guided(Screen.CONFIRM, Voice.ALOUD), None
    yield "guided-ticket", guided(Screen.TICKET, Voice.PRIVATE, got), 25
