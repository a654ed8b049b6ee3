"""Drives a session as a person would: one signal after the other, with a clock."""

from collections.abc import Sequence

from kiosk import session as flow
from kiosk.effects import Effect, Issue
from kiosk.signals import Kind, Painted, Signal, Tap, Tick, WorldChanged
from kiosk.visit import Equipment, Screen, ServerHealth, Session, Visit, World
from queue_server.contract.ids import RequestKey
from tests import fakes_kiosk as fakes

WELL = Equipment(fitted=True, online=True)
CATALOGUE = fakes.catalogue()
BOARD = fakes.board()
WORLD = World(
    catalogue=CATALOGUE,
    board=BOARD,
    server=ServerHealth.OK,
    printer=WELL,
    reader=WELL,
    scanner=WELL,
)
OUT_OF_PAPER = Equipment(fitted=True, online=True, faults=("paper-out",))


class Person:
    """Somebody at a kiosk. Every tap comes a second after the last thing."""

    def __init__(self, world: World = WORLD) -> None:
        self.now_s = 1000.0
        self.keys = 0
        self.effects: list[Effect] = []
        self.session = flow.opening("zh_CN", self.now_s)
        self.see(WorldChanged(world))

    @property
    def screen(self) -> Screen:
        return self.session.screen

    @property
    def visit(self) -> Visit:
        return self.session.visit

    @property
    def issues(self) -> list[Issue]:
        return [effect for effect in self.effects if isinstance(effect, Issue)]

    def see(self, signal: Signal, after_s: float = 0.0) -> Session:
        self.now_s += after_s
        self.session, effects = flow.step(self.session, signal, self.now_s)
        self.effects.extend(effects)
        if self.session.seen_s is None:
            painted = Painted(self.session.serial)
            self.session, _none = flow.step(self.session, painted, self.now_s)
        return self.session

    def tap(self, kind: Kind, value: str = "", after_s: float = 1.0) -> Session:
        self.keys += 1
        key = RequestKey(f"key-{self.keys}")
        return self.see(Tap(kind, self.session.serial, value, key), after_s)

    def taps(self, *kinds: tuple[Kind, str] | Kind) -> Session:
        for kind in kinds:
            if isinstance(kind, tuple):
                self.tap(*kind)
            else:
                self.tap(kind)
        return self.session

    def wait(self, seconds: float) -> Session:
        return self.see(Tick(), seconds)

    def to_confirm(self, service: str = "B01") -> Session:
        topics = next(i.topics for i in CATALOGUE.items if i.service_id == service)
        self.taps(Kind.START, (Kind.PICK_SECTION, topics[0]))
        if self.screen is Screen.ITEMS:
            self.tap(Kind.PICK_ITEM, service)
        return self.session


def kinds_of(effects: Sequence[Effect]) -> list[str]:
    return [type(effect).__name__ for effect in effects]
