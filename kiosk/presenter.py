"""Joins session, server and devices; lives in the worker's loop.

Everything that happens becomes a signal, `session.step` decides, and what it asks for runs as an
errand whose report is a signal again. After every change the UI gets one frozen `Shown`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

import structlog

from hardware.roles import Camera, CodeScanner, Device, ScannedCode, TicketPrinter
from hardware.roles_cards import IdCard, IdReader
from kiosk import codes, errands_appointment, search
from kiosk import session as flow
from kiosk.care import Caretaker
from kiosk.ears import ears
from kiosk.effects import (
    Abandon,
    AskPrinter,
    CallHelp,
    CheckCode,
    Effect,
    EndHelp,
    Fetch,
    FollowHelp,
    ForgetInterrupted,
    GiveBack,
    Issue,
    LookUp,
    LookUpAppointment,
    Print,
    PrintGuide,
    StaffAct,
)
from kiosk.errands import Errands
from kiosk.guide_job import print_guide
from kiosk.shown import RawTap, Shown
from kiosk.signals import (
    AppointmentShown,
    CardRefused,
    DocumentShown,
    Kind,
    Painted,
    Rest,
    Signal,
    Tap,
    Tick,
    TicketShown,
    Touched,
    VoiceAsked,
    WorldChanged,
)
from kiosk.visit import (
    Document,
    Equipment,
    Interrupted,
    Paper,
    Screen,
    ServerHealth,
    Session,
    Voice,
)
from kiosk.watch import ServerWatch, ask_printer, equipment
from queue_server.contract.appointment_code import AppointmentText
from queue_server.contract.ids import RequestKey, TicketId
from queue_server.paper.wording import mask_name

TICK_S: Final = 0.25
TAPS_HELD: Final = 256
"""Taps that may wait; an impatient hand makes no more of them count."""
INTERRUPTED_FRESH_S: Final = 180.0
"""How long after it was asked an interrupted request is offered again: its person still stands
there, and hardly anybody else."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Devices:
    """What is fitted to this kiosk."""

    printer: TicketPrinter | None = None
    reader: IdReader | None = None
    scanner: CodeScanner | None = None
    camera: Camera | None = None


class Presenter:
    """See the module.

    Args:
        errands: Does what a session asks for.
        devices: What is fitted; this class runs them.
        watch: Keeps catalogue, board and reachability up to date.
        show: Takes every new state; called on the worker's loop.
        clock_s: Monotonic seconds.
        new_key: Makes request keys (UUIDv7).
        default_language: Canonical code.
        speaks: A loudspeaker is fitted.
        care: Looks after hours, rest and staff.
        search_missed: Told that somebody left a search that had found nothing.
        alive: Told with every tick that this side still works.
    """

    def __init__(
        self,
        errands: Errands,
        devices: Devices,
        watch: ServerWatch,
        show: Callable[[Shown], None],
        *,
        clock_s: Callable[[], float],
        new_key: Callable[[], RequestKey],
        default_language: str,
        speaks: bool = False,
        care: Caretaker | None = None,
        search_missed: Callable[[], None] = lambda: None,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._errands = errands
        self._devices = devices
        self._watch = watch
        self._show = show
        self._clock_s = clock_s
        self._new_key = new_key
        self._speaks = speaks
        self._taps: asyncio.Queue[RawTap] = asyncio.Queue(TAPS_HELD)
        self._session = flow.opening(default_language, clock_s())
        self._shown: Shown | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._listening = False
        self._ears: tuple[asyncio.Task[None], ...] = ()
        self._stopped_at: datetime | None = None
        self._care = care
        self._alive = alive
        self._search_missed = search_missed

    @property
    def session(self) -> Session:
        """The state of the flow now."""
        return self._session

    def tap(self, tap: RawTap) -> None:
        """From the UI; on the worker's loop. Of too many taps at once the first are dropped."""
        if self._care is not None and tap.kind is not Kind.PAINTED:
            self._care.touched()
        if self._taps.full():
            self._taps.get_nowait()
        self._taps.put_nowait(tap)

    def voice(self, voice: Voice) -> None:
        """Guidance begins or ends, as the keypad says; on the worker's loop."""
        self._apply(VoiceAsked(voice))

    async def run(self) -> NoReturn:
        """Run everything until cancelled.

        Raises:
            ExceptionGroup: A part broke: a mistake in the program.
        """
        self._take_stock()
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self._watch.listen(self._change_world)
            tasks.create_task(self._watch.run(), name="server-watch")
            for name, device in self._fitted().items():
                tasks.create_task(device.run(), name=f"{name}-run")
                tasks.create_task(self._follow(name, device), name=f"{name}-health")
            tasks.create_task(self._hear_taps(), name="taps")
            tasks.create_task(self._tick(), name="ticks")
            self._learn_names()
            self._settle()
        raise RuntimeError("the presenter's tasks ended")

    def _fitted(self) -> dict[str, Device]:
        named = ((each.name, getattr(self._devices, each.name)) for each in fields(self._devices))
        return {name: device for name, device in named if device is not None}

    def _take_stock(self) -> None:
        """What was under way when the kiosk stopped is offered, never done unattended."""
        fitted = self._fitted()
        left = self._errands.outbox.recover(self._errands.now(), INTERRUPTED_FRESH_S)
        stopped = (
            Interrupted(left.key, left.request, left.language, left.maybe_printed, left.number)
            if left
            else None
        )
        world = replace(
            self._session.world,
            catalogue=self._errands.server.cached_catalogue(),
            interrupted=stopped,
            speaks=self._speaks,
            printer=Equipment(fitted="printer" in fitted),
            reader=Equipment(fitted="reader" in fitted),
            scanner=Equipment(fitted="scanner" in fitted),
            camera=Equipment(fitted="camera" in fitted),
        )
        self._session = replace(self._session, world=world)
        self._stopped_at = left.asked_at if left else None

    # --- signals ---------------------------------------------------------------------------------

    def _apply(self, signal: Signal) -> None:
        before = self._session
        self._session, effects = flow.step(before, signal, self._clock_s())
        if self._session.screen is not before.screen:
            log.info("screen", screen=self._session.screen.value, after=signal.kind.value)
            self._hand_over(before)
            self._count_search(before)
        for effect in effects:
            self._do(effect)
        self._settle()

    def _settle(self) -> None:
        """Bring ears and UI in line with the state."""
        self._listen()
        shown = Shown(self._session, flow.warning_left_s(self._session, self._clock_s()))
        if shown != self._shown:
            self._shown = shown
            self._show(shown)

    def _hand_over(self, before: Session) -> None:
        """The number was on paper or on the screen: its request is history for the outbox."""
        visit = before.visit
        is_owed = visit.paper in {Paper.NOT_YET, Paper.TORN}
        if before.screen is Screen.TICKET and visit.key and not is_owed:
            self._errands.finished(visit.key)

    def _count_search(self, before: Session) -> None:
        """That it found nothing is counted; what was typed goes with the visit."""
        typed = before.visit.inquiry.typed
        if before.screen is Screen.SEARCH and search.missed(before.world.catalogue, typed):
            self._search_missed()

    def _change_world(self, **changes: Any) -> None:  # noqa: ANN401 - fields of World
        self._apply(WorldChanged(replace(self._session.world, **changes)))
        if "catalogue" in changes:
            self._learn_names()

    def _learn_names(self) -> None:
        """The search's index, before anybody types."""
        catalogue = self._session.world.catalogue
        self._spawn(asyncio.to_thread(search.prepare, catalogue), "search-index")

    async def _hear_taps(self) -> None:
        while True:
            tap = await self._taps.get()
            self._apply(self._signal(tap))

    def _signal(self, tap: RawTap) -> Signal:
        match tap.kind:
            case Kind.TOUCHED:
                return Touched()
            case Kind.PAINTED:
                return Painted(tap.serial)
            case kind:
                return Tap(kind, tap.serial, tap.value, self._new_key())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._forget_stale_interruption()
            self._look_at_leave()
            self._take_care()
            self._apply(Tick())
            self._alive()

    def _take_care(self) -> None:
        """Hours, quotas and rest."""
        if self._care is None:
            return
        news = self._care.look(self._session)
        if news.care != self._session.world.care:
            self._change_world(care=news.care)
        if news.rest is not None and news.rest is not self._session.screen:
            self._apply(Rest(news.rest))

    def _look_at_leave(self) -> None:
        """Cut off, people are told whether numbers are given all the same."""
        world, alone = self._session.world, self._errands.alone
        cut_off = world.server is ServerHealth.UNREACHABLE
        gives_alone = cut_off and alone is not None and alone.ready()
        if gives_alone != world.gives_alone:
            self._change_world(gives_alone=gives_alone)

    def _forget_stale_interruption(self) -> None:
        stopped = self._session.world.interrupted
        if stopped is None or self._stopped_at is None:
            return
        age = self._errands.now() - self._stopped_at
        if age > timedelta(seconds=INTERRUPTED_FRESH_S):
            self._errands.abandon(stopped.key)
            self._change_world(interrupted=None)

    # --- effects ---------------------------------------------------------------------------------

    def _do(self, effect: Effect) -> None:
        match effect:
            case Issue():
                catalogue = self._session.world.catalogue
                errand = self._errands.issue(effect, self._session.language, catalogue)
                self._run(errand, "issue")
            case Print():
                catalogue = self._session.world.catalogue
                self._run(self._errands.print(effect, catalogue), "print")
            case PrintGuide():
                printed = print_guide(self._errands, effect, self._session.world.catalogue)
                self._run(printed, "print-guide")
            case Fetch(ticket_id=ticket_id):
                self._run(self._errands.fetch(ticket_id), "fetch")
            case (
                LookUpAppointment() | LookUp() | GiveBack() | CallHelp() | FollowHelp() | EndHelp()
            ):
                asked = errands_appointment.run(self._errands.server, effect)
                self._run(asked, type(effect).__name__)
            case Abandon(key=key):
                self._errands.abandon(key)
            case ForgetInterrupted():
                self._session = replace(
                    self._session, world=replace(self._session.world, interrupted=None)
                )
            case CheckCode() | StaffAct():
                self._do_for_staff(effect)
            case AskPrinter():
                self._spawn(self._ask_printer(), "ask-printer")

    def _do_for_staff(self, effect: CheckCode | StaffAct) -> None:
        if self._care is None:
            return
        if isinstance(effect, CheckCode):
            self._run(self._care.check(effect.code), "check-code")
        else:
            self._run(self._care.act(effect.act, effect.language), "staff-act")

    def _run(self, errand: Any, name: str) -> None:  # noqa: ANN401 - a coroutine of any report
        async def report() -> None:
            self._apply(await errand)

        self._spawn(report(), name)

    def _spawn(self, coroutine: Any, name: str) -> asyncio.Task[None]:  # noqa: ANN401 - likewise
        if self._tasks is None:
            raise RuntimeError("the presenter is not running")
        return self._tasks.create_task(coroutine, name=name)

    async def _ask_printer(self) -> None:
        """Its health is followed anyway; this asks now, before a ticket is promised."""
        printer = self._devices.printer
        if printer is not None:
            self._change_world(printer=await ask_printer(printer))

    # --- devices ---------------------------------------------------------------------------------

    async def _follow(self, name: str, device: Device) -> None:
        async for health in device.health_changes():
            self._change_world(**{name: equipment(health)})

    def _listen(self) -> None:
        """Cards and codes are read on the screens that say so, and on no other.

        The ears are cut off with the screen: what is laid down for one person never reaches the
        visit of the next.
        """
        listening = self._session.listening
        if self._tasks is None or listening == self._listening:
            return
        self._listening = listening
        for ear in self._ears:
            ear.cancel()
        self._ears = self._open_ears() if listening else ()

    def _open_ears(self) -> tuple[asyncio.Task[None], ...]:
        opened = ears(self._devices, self._card, self._code, self._refusal)
        return tuple(self._spawn(ear, name) for name, ear in opened.items())

    def _card(self, card: IdCard) -> None:
        name = mask_name(card.name or card.latin_name)
        self._apply(DocumentShown(Document(card.kind.value, card.number, name)))

    def _refusal(self, code: str) -> None:
        self._apply(CardRefused(code))

    def _code(self, code: ScannedCode) -> None:
        said = codes.meaning(code.text)
        match said:
            case Document():
                self._apply(DocumentShown(said))
            case AppointmentText():
                self._apply(AppointmentShown(said))
            case codes.PaperText():
                self._apply(TicketShown(TicketId(""), said.text))
            case _:
                self._apply(TicketShown(said))
