"""What every page of the gallery is made of: the hall around it, the hour, a person.

A topic's pages are in a module of their own, `tests/gallery_<topic>.py`, with a function
`pages()` that yields `Page`s; `tests.kiosk_gallery` draws those of every such module by itself.
"""

from dataclasses import replace
from datetime import datetime

from kiosk.visit import (
    Document,
    Equipment,
    Screen,
    ServerHealth,
    Session,
    Visit,
    World,
)
from queue_server.contract.ids import ServiceId
from tests import fakes_kiosk as fakes

Page = tuple[str, Session, int | None]
"""A name, a state, and the seconds the time-out's warning counts down from (None: no warning)."""

WELL = Equipment(fitted=True, online=True)
NO_PAPER = Equipment(fitted=True, online=True, faults=("paper-out",))
NOW = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - local time, as the header shows it
LONGEST_ITEM = ServiceId("C01")
PERSON = Document("resident", "522601199001010010", "䶮*三")
ITEM = Visit(section_id="old-age", service_id=ServiceId("B01"))


def world() -> World:
    """A hall in which everything works."""
    return World(
        catalogue=fakes.catalogue(),
        board=fakes.board(),
        server=ServerHealth.OK,
        printer=WELL,
        reader=WELL,
        scanner=WELL,
    )


def ill() -> World:
    """No server, no paper."""
    return replace(world(), server=ServerHealth.UNREACHABLE, printer=NO_PAPER)


def cut_off() -> World:
    """No server, and leave to give numbers alone."""
    return replace(world(), server=ServerHealth.UNREACHABLE, gives_alone=True)


def at(screen: Screen, visit: Visit | None = None, around: World | None = None) -> Session:
    """A session that stands on this screen."""
    return Session(screen, "zh_CN", "zh_CN", visit=visit or Visit(), world=around or world())
