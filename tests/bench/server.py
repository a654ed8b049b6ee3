"""The product's server with one more route, `POST /bench/null`: the null ticket.

The null ticket is the same kind of route as `POST /api/v1/tickets`, with the same authentication,
body, validation, key, random ids and reply; only the service is missing. It exists in this process
alone. With BENCH_PROFILE a cProfile of the event loop is written at the end.
"""

import cProfile
import os
import sys
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server import __main__ as program
from queue_server.contract import messages as msg
from queue_server.views import utc
from queue_server.web import app as web_app
from queue_server.web.api_tickets import JSON, MAY_ISSUE, json_body, key_of
from queue_server.web.auth import Authenticator
from queue_server.web.deps import Hall
from queue_server.wiring import hall as wiring

NULL = "/bench/null"


class NullRoute:
    """Answers with a ticket that nobody issued."""

    def __init__(self, hall: Hall, authenticator: Authenticator) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._count = 0

    async def issue(self, request: Request) -> Response:
        principal = await self._authenticator.require(request, MAY_ISSUE)
        body = await json_body(request)
        wanted = msg.TicketRequest.model_validate_json(body)
        floor = self._hall.service.floor
        assert self._hall.keeper.is_open()
        assert floor.business_date is not None
        assert floor.skills is not None
        key = key_of(request, principal, body)
        assert key is not None
        self._count += 1
        now = utc(self._hall.clock.now().at_ms)
        answer = msg.TicketAnswer(
            ticket_id=self._hall.new_id(),
            visit_id=self._hall.new_id(),
            number=f"B{self._count:03}",
            service_id=wanted.service_id,
            group_id="B",
            state=msg.TicketState.WAITING,
            ahead=self._count,
            windows=list(floor.skills.served_by[wanted.service_id]),  # type: ignore[index]
            wait=msg.Wait(low_s=60, likely_s=300, high_s=900, computed_at=now),
            issued_at=now,
            business_date=floor.business_date,
        )
        return Response(answer.model_dump_json().encode(), 201, media_type=JSON)


def _build(hall: Hall, pages: Any) -> Any:
    found: list[Authenticator] = []

    def watched(authenticator: Authenticator) -> Any:
        found.append(authenticator)
        return pages(authenticator)

    guard, streams = web_app.build(hall, watched)
    null = NullRoute(hall, found[0])
    routes = guard._app.router.routes  # type: ignore[attr-defined]
    routes.insert(0, Route(NULL, null.issue, methods=["POST"]))
    return guard, streams


def main() -> None:
    wiring.build = _build  # type: ignore[assignment]
    target = os.environ.get("BENCH_PROFILE")
    if target is None:
        program.main()
        return
    profile = cProfile.Profile()
    try:
        profile.runcall(program.main)
    finally:
        profile.dump_stats(Path(target))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
