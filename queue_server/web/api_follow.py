"""Following a ticket from a phone: public by its unguessable id, capped, and sparing of the server.

A stream ends with the ticket. The number of phones that follow at once is bounded by itself, so
that a full waiting room takes no stream away from boards and clerks.
"""

import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from queue_server.contract import paths
from queue_server.contract.ids import TicketId
from queue_server.contract.messages_follow import FollowAnswer
from queue_server.contract.problems import Code
from queue_server.core import commands as cmd
from queue_server.web import follow_view
from queue_server.web.deps import Hall
from queue_server.web.live import Streams
from queue_server.web.problems import Refused, language_of
from queue_server.web.throttle import Throttle, address_of

MAX_FOLLOWERS = 200
PAUSE_S = 1.0
"""A phone gets no more than one picture a second, however busy the hall is."""
MISSES = 20
MISSES_PER_S = 60.0
HOLDER = "public:holder"
"""Who gives a number back, for the journal: whoever has its id."""
GONE = b'{"ended": true, "epoch": %d, "rev": %d}'


class FollowDesk:
    """What the API and the page of a ticket share."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._misses = Throttle(MISSES, MISSES_PER_S)

    def live(self, ticket_id: TicketId, language: str) -> FollowAnswer | None:
        """A ticket that is in the hall; None for any other."""
        hall, floor = self._hall, self._hall.service.floor
        ticket = floor.tickets.get(ticket_id)
        if ticket is None:
            return None
        words = follow_view.Words(language, hall.say)
        now_ms = hall.clock.now().at_ms
        epoch = hall.service.epoch
        return follow_view.of_ticket(floor, ticket, epoch, now_ms, hall.time_zone, words)

    def service_of(self, ticket_id: TicketId) -> str:
        """The item of a ticket that is in the hall; "" for any other."""
        ticket = self._hall.service.floor.tickets.get(ticket_id)
        return ticket.service_id if ticket else ""

    async def look(self, request: Request, ticket_id: TicketId, language: str) -> FollowAnswer:
        """A ticket, also one that has left.

        Raises:
            Refused: unknown; or too many unknown ones from this address.
        """
        found = self.live(ticket_id, language)
        if found is not None:
            return found
        address = address_of(request)
        self._misses.check(address)
        row = await asyncio.to_thread(self._hall.tickets.leg, ticket_id)
        if row is None:
            self._misses.take(address)
            raise Refused(Code.UNKNOWN_TICKET)
        words = follow_view.Words(language, self._hall.say)
        floor, epoch = self._hall.service.floor, self._hall.service.epoch
        return follow_view.of_leg(row, floor, epoch, self._hall.clock.now().at_ms, words)

    async def give_back(self, ticket_id: TicketId) -> None:
        """The holder gives the number back.

        Raises:
            QueueError: it cannot be given back now.
        """
        await self._hall.service.handle(
            cmd.Abandon(ticket_id), actor=HOLDER, render=lambda _b, _a, _e: (200, b"")
        )


def follow_router(hall: Hall, streams: Streams, desk: FollowDesk) -> APIRouter:
    """The routes."""
    phones = streams.share(MAX_FOLLOWERS, PAUSE_S)
    ticket = f"{paths.TICKETS}/{{ticket_id}}"
    router = APIRouter()

    async def follow(request: Request, ticket_id: str) -> FollowAnswer:
        """A ticket as its holder's phone shows it. Public: the id cannot be guessed."""
        language = language_of(request, hall.languages)
        return await desk.look(request, _id(ticket_id), language)

    async def stream(request: Request, ticket_id: str) -> Response:
        """The same as server-sent events, until the ticket has left; capped."""
        language = language_of(request, hall.languages)
        wanted = _id(ticket_id)
        await desk.look(request, wanted, language)

        def snapshot() -> bytes:
            found = desk.live(wanted, language)
            if found is None:
                return GONE % (hall.service.epoch, hall.service.floor.seq)
            return found.model_dump_json().encode()

        return phones.stream(snapshot)

    async def give_back(request: Request, ticket_id: str) -> FollowAnswer:
        """The holder gives the number back; nothing else is needed than its id."""
        wanted = _id(ticket_id)
        await desk.give_back(wanted)
        return await desk.look(request, wanted, language_of(request, hall.languages))

    router.add_api_route(f"{ticket}/follow", follow, methods=["GET"], response_model=FollowAnswer)
    router.add_api_route(
        f"{ticket}/stream",
        stream,
        methods=["GET"],
        response_class=Response,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    router.add_api_route(
        f"{ticket}/give-back", give_back, methods=["POST"], response_model=FollowAnswer
    )
    return router


def _id(text: str) -> TicketId:
    """The id in a path.

    Raises:
        Refused: no ticket has such an id.
    """
    try:
        return TicketId(str(UUID(text)))
    except ValueError:
        raise Refused(Code.UNKNOWN_TICKET) from None
