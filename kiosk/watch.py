"""Keeps a kiosk's picture of its surroundings fresh: server, board, catalogue, devices."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

import structlog

from hardware.errors import HardwareError, TimedOut
from hardware.roles import DeviceHealth, TicketPrinter
from kiosk.errands import Server
from kiosk.server_link import RefusedError, SilentError
from kiosk.visit import Equipment, ServerHealth
from queue_server.contract.messages import BoardSnapshot
from queue_server.contract.problems import Code

BOARD_EVERY_S: Final = 5.0
CATALOGUE_EVERY_S: Final = 60.0
SECOND_LOOK_S: Final = 1.0
"""One lost answer is not an outage: it is asked once more before the kiosk says so."""
STATUS_WITHIN_S: Final = 1.5
TOKEN_CODES: Final = frozenset({Code.UNAUTHENTICATED, Code.FORBIDDEN, Code.WRONG_CREDENTIALS})

T = TypeVar("T")
log = structlog.get_logger(__name__)


class ChangeWorld(Protocol):
    """Takes changed fields of `kiosk.visit.World`."""

    def __call__(self, **changes: object) -> None:
        """Take note."""
        ...


def equipment(health: DeviceHealth) -> Equipment:
    """A device's health as the visitor flow needs it."""
    return Equipment(fitted=True, online=health.online, faults=health.faults)


async def ask_printer(printer: TicketPrinter) -> Equipment:
    """Ask a printer now; silence counts as absence."""
    try:
        async with asyncio.timeout(STATUS_WITHIN_S):
            status = await printer.status()
    except HardwareError as error:
        return Equipment(fitted=True, online=False, faults=(error.code,))
    except TimeoutError:
        return Equipment(fitted=True, online=False, faults=(TimedOut.code,))
    answers = status.online or bool(status.faults)
    return Equipment(fitted=True, online=answers, faults=status.faults)


class ServerWatch:
    """Asks the server for board and catalogue, and tells what changed.

    Args:
        server: The hall's server.
        board_every_s: Seconds between two boards; long where a feed brings them anyway.
        second_look_s: Seconds before a lost answer is asked for once more.
        heard: Told of every board that the server made just now.
    """

    def __init__(
        self,
        server: Server,
        board_every_s: float = BOARD_EVERY_S,
        second_look_s: float = SECOND_LOOK_S,
        heard: Callable[[BoardSnapshot], None] = lambda _board: None,
    ) -> None:
        self._heard = heard
        self._server = server
        self._board_every_s = board_every_s
        self._second_look_s = second_look_s
        self._change: ChangeWorld | None = None
        self._health = ServerHealth.UNTRIED
        self._welcome = True
        self._newest: BoardSnapshot | None = None

    def listen(self, change: ChangeWorld) -> None:
        """Who is told."""
        self._change = change

    def take_board(self, board: BoardSnapshot) -> None:
        """A board from elsewhere (MQTT); an older one is ignored."""
        newest = self._newest
        if newest is not None and (board.epoch, board.rev) < (newest.epoch, newest.rev):
            return
        if newest is None or newest != board:
            self._newest = board
            self._tell(board=board)

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow_board(), name="board-poll")
            tasks.create_task(self._follow_catalogue(), name="catalogue-poll")

    async def _follow_board(self) -> None:
        while True:
            board = await self._answer(self._server.board)
            if board is not None:
                self._heard(board)
                self.take_board(board)
            await asyncio.sleep(self._board_every_s)

    async def _follow_catalogue(self) -> None:
        known = ""
        while True:
            try:
                catalogue = await self._server.catalogue()
            except (RefusedError, SilentError) as error:
                log.info("catalogue_not_fetched", reason=str(error))
                self._judge(error)
                await asyncio.sleep(CATALOGUE_EVERY_S if known else BOARD_EVERY_S)
                continue
            self._welcome = True
            if catalogue.hash != known:
                known = catalogue.hash
                log.info("catalogue", hash=known, items=len(catalogue.items))
                self._tell(catalogue=catalogue)
            await asyncio.sleep(CATALOGUE_EVERY_S)

    async def _answer(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """Ask twice; note how the server is."""
        for turn in range(2):
            try:
                answer = await ask()
            except RefusedError as error:
                self._judge(error)
                return None
            except SilentError as error:
                if turn == 0:
                    await asyncio.sleep(self._second_look_s)
                    continue
                self._note(ServerHealth.UNREACHABLE, str(error))
                return None
            else:
                self._note(ServerHealth.OK if self._welcome else ServerHealth.REFUSES_US)
                return answer
        return None

    def _judge(self, error: RefusedError | SilentError) -> None:
        """Whether this device is welcome: the board is public, the catalogue is not."""
        if isinstance(error, RefusedError):
            self._welcome = error.refusal.code not in TOKEN_CODES
            self._note(ServerHealth.OK if self._welcome else ServerHealth.REFUSES_US)

    def _note(self, health: ServerHealth, reason: str = "") -> None:
        if health is self._health:
            return
        log.info("server", health=health.value, before=self._health.value, reason=reason)
        self._health = health
        self._tell(server=health)

    def _tell(self, **changes: object) -> None:
        if self._change is not None:
            self._change(**changes)
