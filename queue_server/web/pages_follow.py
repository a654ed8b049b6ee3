"""The page on a citizen's phone that follows a ticket (docs/appointments.md).

Known by the ticket's id alone, which the QR code on the paper says. Without scripts it shows the
state of now and loads itself again.
"""

from types import MappingProxyType
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from queue_server.contract import paths
from queue_server.contract.ids import TicketId
from queue_server.contract.problems import N_, Code
from queue_server.web.api_follow import FollowDesk
from queue_server.web.deps import Hall
from queue_server.web.pages_public import PublicPages, pick, see_other, spoken
from queue_server.web.problems import Refused

FOLLOW_WORDS: Final = MappingProxyType(
    {
        "stale": N_("No connection: this may be out of date."),
        "alert_on": N_("Sound and vibration are on"),
        "alert_off": N_("Ring and vibrate when I am called"),
        "called": N_("{number}, please go to window {window}"),
    }
)


def follow_pages(hall: Hall, desk: FollowDesk) -> APIRouter:
    """The routes."""
    routes = _Follow(PublicPages(hall), desk)
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    for path in ("/t/{ticket_id}", "/tickets/{ticket_id}"):  # papers of earlier versions
        router.add_api_route(path, routes.ticket, methods=["GET"])
    router.add_api_route("/t/{ticket_id}/give-back", routes.ask, methods=["GET"])
    router.add_api_route("/t/{ticket_id}/give-back", routes.give_back, methods=["POST"])
    return router


class _Follow:
    def __init__(self, pages: PublicPages, desk: FollowDesk) -> None:
        self.pages = pages
        self._desk = desk

    @spoken("/book")
    async def ticket(self, request: Request) -> Response:
        """The number and where it stands."""
        return await self._page(request, "follow.html")

    @spoken("/book")
    async def ask(self, request: Request) -> Response:
        """Whether the number is really to be given back."""
        return await self._page(request, "follow_give_back.html")

    @spoken("/book")
    async def give_back(self, request: Request) -> Response:
        """Give it back."""
        ticket_id = _id(request)
        await self._desk.give_back(ticket_id)
        return see_other(f"/t/{ticket_id}")

    async def _page(self, request: Request, template: str) -> Response:
        ticket_id = _id(request)
        found = await self._desk.look(request, ticket_id, self.pages.language(request))
        language = self.pages.language(request)
        service_id = self._desk.service_of(ticket_id)
        name = ""
        if service_id:
            item = self.pages.item(service_id)
            name = pick(item.plain_name, language) or pick(item.name, language)
        return self.pages.page(
            request,
            template,
            {"ticket": found, "path": f"/t/{ticket_id}", "item_name": name},
            words=FOLLOW_WORDS,
            data={"follow": f"{paths.ticket(ticket_id)}", "ended": found.ended},
        )


def _id(request: Request) -> TicketId:
    try:
        return TicketId(str(UUID(request.path_params["ticket_id"])))
    except ValueError:
        raise Refused(Code.UNKNOWN_TICKET) from None
