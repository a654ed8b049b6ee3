"""What clerks do, over HTTP: `POST /api/v1/windows/{window_id}/{action}`."""

from collections.abc import Callable
from functools import partial
from types import MappingProxyType

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from queue_server.contract import messages as msg
from queue_server.contract.ids import (
    CallId,
    ClassId,
    ClerkId,
    ServiceId,
    TicketId,
    VisitId,
    WindowId,
)
from queue_server.contract.problems import Code
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.model import Floor, Ticket, TicketState
from queue_server.core.window_rules import at_window
from queue_server.views import call_info, next_reason, ticket_answer
from queue_server.web.api_tickets import JSON, json_body, key_of, refuse_invalid
from queue_server.web.auth import SERVES, Authenticator, Principal, Role
from queue_server.web.deps import Hall
from queue_server.web.problems import Refused, language_of

Body = msg.WindowActionRequest
Ids = Callable[[], str]
Maker = Callable[[WindowId, ClerkId, Body, Ids], cmd.Command]


def _service(body: Body) -> ServiceId:
    if body.service_id is None:
        raise Refused(Code.INVALID_REQUEST, detail="service_id: this action needs it")
    return ServiceId(body.service_id)


def _ticket(body: Body) -> TicketId:
    if body.ticket_id is None:
        raise Refused(Code.INVALID_REQUEST, detail="ticket_id: this action needs it")
    return TicketId(body.ticket_id)


def _transfer(window: WindowId, clerk: ClerkId, body: Body, ids: Ids) -> cmd.Command:
    if body.to_service is None and body.to_window is None:
        raise Refused(Code.INVALID_REQUEST, detail="to_service or to_window is needed")
    return cmd.Transfer(
        window,
        clerk,
        TicketId(body.ticket_id) if body.ticket_id else None,
        ServiceId(body.to_service) if body.to_service else None,
        WindowId(body.to_window) if body.to_window else None,
        body.position,
    )


def _serve_now(window: WindowId, clerk: ClerkId, body: Body, ids: Ids) -> cmd.Command:
    return cmd.ServeNow(
        window,
        clerk,
        CallId(ids()),
        TicketId(ids()),
        VisitId(ids()),
        _service(body),
        ClassId(body.priority_class) if body.priority_class else None,
    )


ACTIONS: MappingProxyType[str, Maker] = MappingProxyType(
    {
        "open": lambda w, c, b, ids: cmd.OpenWindow(w, c),
        "pause": lambda w, c, b, ids: cmd.PauseWindow(w, c, b.reason or ""),
        "close": lambda w, c, b, ids: cmd.CloseWindow(w, c),
        "serve-now": _serve_now,
        "call-next": lambda w, c, b, ids: cmd.CallNext(w, c, CallId(ids())),
        "call": lambda w, c, b, ids: cmd.CallTicket(
            w, c, CallId(ids()), _ticket(b), b.reason or ""
        ),
        "recall": lambda w, c, b, ids: cmd.Recall(w, c),
        "start": lambda w, c, b, ids: cmd.Start(w, c),
        "finish": lambda w, c, b, ids: cmd.Finish(w, c, b.outcome),
        "no-show": lambda w, c, b, ids: cmd.NoShow(w, c),
        "hold": lambda w, c, b, ids: cmd.Hold(w, c),
        "resume": lambda w, c, b, ids: cmd.Resume(
            w, c, CallId(ids()), TicketId(b.ticket_id) if b.ticket_id else None, b.to_called
        ),
        "transfer": _transfer,
        "requeue": lambda w, c, b, ids: cmd.Requeue(_ticket(b), by_clerk=True),
        "undo-call": lambda w, c, b, ids: cmd.UndoCall(w, c),
        "cancel": lambda w, c, b, ids: cmd.CancelTicket(_ticket(b), b.reason or ""),
        "next-service": lambda w, c, b, ids: cmd.NextService(
            w, c, CallId(ids()), TicketId(ids()), _service(b), b.outcome
        ),
    },
)

FREES = frozenset({"close", "finish", "no-show", "transfer", "undo-call"})
"""What a duty manager may do at the window of someone else; the journal names who did it."""

_LEFT_AS = MappingProxyType(
    {
        ev.TicketFinished: TicketState.FINISHED,
        ev.TicketCancelled: TicketState.CANCELLED,
        ev.TicketAbandoned: TicketState.ABANDONED,
        ev.TicketExpired: TicketState.EXPIRED,
    },
)


class WindowRoutes:
    """Handlers of `/api/v1/windows`."""

    def __init__(self, hall: Hall, authenticator: Authenticator) -> None:
        self._hall = hall
        self._authenticator = authenticator

    async def act(self, request: Request) -> Response:
        """One action of a clerk."""
        principal = await self._authenticator.require(request, SERVES)
        make = ACTIONS.get(request.path_params["action"])
        if make is None:
            raise Refused(Code.NOT_FOUND)
        raw = await json_body(request)
        try:
            body = Body.model_validate_json(raw or b"{}")
        except ValidationError as error:
            raise refuse_invalid(error) from None
        window_id = WindowId(request.path_params["window_id"])
        clerk_id = self._clerk(principal, window_id, request.path_params["action"])
        command = make(window_id, clerk_id, body, self._hall.new_id)
        language = language_of(request, self._hall.languages)

        def render(before: Floor, after: Floor, events: tuple[ev.Event, ...]) -> tuple[int, bytes]:
            answer = self._answer(window_id, before, after, events, language)
            return 200, answer.model_dump_json().encode()

        reply = await self._hall.service.handle(
            command,
            actor=principal.actor,
            render=render,
            key=key_of(request, principal, raw),
            remark=body.text,
            admit=partial(self._seated, command, window_id, clerk_id),
        )
        if isinstance(command, cmd.OpenWindow) and principal.window_id != window_id:
            await self._authenticator.move(principal, window_id)
        if isinstance(command, cmd.CloseWindow) and principal.window_id == window_id:
            await self._authenticator.move(principal, None)
        return Response(reply.body, reply.status, media_type=JSON)

    def _clerk(self, principal: Principal, window_id: WindowId, action: str) -> ClerkId:
        """For whom it is done: a duty manager may free the window of a clerk who is not there."""
        window = self._hall.service.floor.windows.get(window_id)
        if principal.role is Role.DUTY_MANAGER and action in FREES and window and window.clerk_id:
            return window.clerk_id
        return ClerkId(principal.id)

    def _seated(self, command: cmd.Command, window_id: WindowId, clerk_id: ClerkId) -> None:
        """These commands name no window, but only who sits at this one may give them."""
        if isinstance(command, cmd.Requeue | cmd.CancelTicket):
            at_window(self._hall.service.floor, window_id, clerk_id)

    def _answer(
        self,
        window_id: WindowId,
        before: Floor,
        after: Floor,
        events: tuple[ev.Event, ...],
        language: str,
    ) -> msg.WindowActionAnswer:
        now_ms = self._hall.clock.now().at_ms
        ticket, state = _subject(before, after, events)
        if ticket is None:
            return msg.WindowActionAnswer()
        shown = ticket_answer(after, ticket, now_ms)
        if state is not None:
            update = {"state": msg.TicketState(state), "ahead": 0, "wait": None}
            shown = shown.model_copy(update=update)
        window = after.windows.get(window_id)
        current = window is not None and window.ticket_id == ticket.ticket_id
        return msg.WindowActionAnswer(
            ticket=shown,
            call=call_info(ticket) if current else None,
            reason=next_reason(
                window.reason if current and window else None, language, self._hall.say
            ),
        )


def _subject(
    before: Floor,
    after: Floor,
    events: tuple[ev.Event, ...],
) -> tuple[Ticket | None, TicketState | None]:
    """The ticket an action was about, and its final state if it has left the floor."""
    for event in reversed(events):
        ticket_id = getattr(event, "ticket_id", None)
        if ticket_id is None:
            continue
        live = after.tickets.get(ticket_id)
        if live is not None:
            return live, None
        return before.tickets.get(ticket_id), _LEFT_AS[type(event)]
    return None, None
