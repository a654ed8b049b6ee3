"""What the presenter runs for looking numbers up, giving one back, and calling a guide.

As in `kiosk.errands`, each errand ends in exactly one report, whatever breaks.
"""

import asyncio
from typing import Final, Protocol

import structlog

from kiosk.effects import CallHelp, EndHelp, FollowHelp, GiveBack, LookUp
from kiosk.help_state import HelpCall, HelpState
from kiosk.server_link import RefusedError, SilentError
from kiosk.signals import GaveBack, HelpTold, NotFound, Stood
from queue_server.contract.ids import TicketId
from queue_server.contract.messages import TicketAnswer
from queue_server.contract.messages_help import HelpAnswer
from queue_server.contract.messages_help import HelpState as Told
from queue_server.contract.messages_tickets import TicketLookUp

FOLLOW_S: Final = 2.0
"""How often the hall is asked whether somebody comes."""

log = structlog.get_logger(__name__)


class Server(Protocol):
    """What these errands ask (`kiosk.server_link.HallServer`)."""

    async def look_up(self, wanted: TicketLookUp) -> list[TicketAnswer]:
        """Numbers of today; raises RefusedError or SilentError."""
        ...

    async def give_back(self, ticket_id: TicketId) -> TicketAnswer:
        """Give a number up; raises RefusedError or SilentError."""
        ...

    async def call_help(self) -> HelpAnswer:
        """Call a guide; raises RefusedError or SilentError."""
        ...

    async def help_call(self, help_id: str) -> HelpAnswer:
        """What has become of a call; raises RefusedError or SilentError."""
        ...

    async def end_help(self, help_id: str) -> None:
        """Take a call back; raises RefusedError or SilentError."""
        ...


async def run(
    server: Server, errand: LookUp | GiveBack | CallHelp | FollowHelp | EndHelp
) -> Stood | NotFound | GaveBack | HelpTold:
    """Run one of them."""
    match errand:
        case LookUp():
            return await look_up(server, errand)
        case GiveBack():
            return await give_back(server, errand)
        case CallHelp():
            return await call_help(server)
        case FollowHelp():
            return await follow_help(server, errand)
        case EndHelp():
            return await end_help(server, errand)


async def look_up(server: Server, errand: LookUp) -> Stood | NotFound:
    """Find today's numbers."""
    wanted = TicketLookUp(
        principal=errand.principal or None,
        ticket_id=errand.ticket_id or None,
        paper=errand.paper or None,
    )
    try:
        return Stood(tuple(await server.look_up(wanted)))
    except RefusedError as error:
        return NotFound(TicketId(errand.ticket_id), error.refusal)
    except SilentError:
        return NotFound(TicketId(errand.ticket_id), None)


async def give_back(server: Server, errand: GiveBack) -> GaveBack:
    """Give a number up. Asked again it is refused, so it is asked once."""
    try:
        return GaveBack(await server.give_back(TicketId(errand.ticket_id)))
    except RefusedError as error:
        return GaveBack(refusal=error.refusal)
    except SilentError:
        return GaveBack()


async def call_help(server: Server) -> HelpTold:
    """Call a guide. While a call of this kiosk is open the server answers with that one."""
    try:
        return HelpTold(_told(await server.call_help()))
    except (RefusedError, SilentError) as error:
        log.warning("help_not_called", reason=str(error))
        return HelpTold(HelpCall(HelpState.NO_WAY))


async def follow_help(server: Server, errand: FollowHelp) -> HelpTold:
    """After a pause, how the call stands; what is not known leaves it as it was."""
    await asyncio.sleep(FOLLOW_S)
    try:
        return HelpTold(_told(await server.help_call(errand.call.help_id)))
    except RefusedError:
        return HelpTold(HelpCall(HelpState.ENDED, errand.call.help_id))
    except SilentError:
        return HelpTold(errand.call)


async def end_help(server: Server, errand: EndHelp) -> HelpTold:
    """Take a call back; if that fails somebody comes for nothing."""
    try:
        await server.end_help(errand.help_id)
    except (RefusedError, SilentError) as error:
        log.warning("help_not_ended", reason=str(error))
    return HelpTold(HelpCall(HelpState.ENDED, errand.help_id))


def _told(answer: HelpAnswer) -> HelpCall:
    match answer.state:
        case Told.OPEN:
            state = HelpState.LATE if answer.late else HelpState.CALLED
        case Told.ANSWERED:
            state = HelpState.COMING
        case Told.ENDED:
            state = HelpState.ENDED
    return HelpCall(state, answer.help_id)
