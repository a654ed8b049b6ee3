"""What every request passes, as plain ASGI (BaseHTTPMiddleware halves the throughput).

Bodies are bounded while they arrive; a change that a browser sends from another site is refused
(Sec-Fetch-Site, else Origin); an exception nobody foresaw becomes a problem without a stack trace
for the asker and a log line with one for the operator.
"""

from urllib.parse import urlsplit

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queue_server.contract.problems import Code
from queue_server.web import problems
from queue_server.web.deps import Hall

MAX_BODY_BYTES = 64 * 1024
LIMITS = {"limit_kib": str(MAX_BODY_BYTES // 1024)}
LONGEST_LENGTH = 20
"""Digits of a Content-Length; more is no length of anything."""
JSON = b"application/json"
FORM = b"application/x-www-form-urlencoded"
FORM_PATHS = ("/book", "/a/", "/t/")
"""Pages that work without scripts. They know nobody, so a form from elsewhere gains nothing."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

log = structlog.get_logger(__name__)


class TooLargeError(HTTPException):
    """More of a body arrived than is taken; frameworks let this kind of exception through."""

    def __init__(self) -> None:
        super().__init__(413)


class Guard:
    """The only middleware."""

    def __init__(self, app: ASGIApp, hall: Hall) -> None:
        self._app = app
        self._hall = hall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        refusal = self._refusal(scope["method"], scope["path"], headers)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send)
            return
        answered = False

        async def watching_send(message: Message) -> None:
            nonlocal answered
            answered = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await self._app(scope, _bounded(receive), watching_send)
        except Exception:
            # The application has sent its own answer ("internal") and raised on, or broke off in
            # the middle of one; then the server closes the connection, so that nobody takes a
            # part for the whole.
            log.exception("request-failed", method=scope["method"], route=_route(scope))
            if not answered:
                raise

    def _refusal(self, method: str, path: str, headers: dict[bytes, bytes]) -> Code | None:
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > LONGEST_LENGTH or int(length) > MAX_BODY_BYTES:
            return Code.BODY_TOO_LARGE
        if method in SAFE_METHODS:
            return None
        if _cross_site(headers):
            return Code.CROSS_ORIGIN
        # No route takes anything else, and no browser sends this type unasked from another site.
        media_type = headers.get(b"content-type", JSON).partition(b";")[0].strip().lower()
        if media_type == FORM and path.startswith(FORM_PATHS):
            return None
        return None if media_type == JSON else Code.UNSUPPORTED_MEDIA_TYPE

    async def _refuse(self, code: Code, scope: Scope, receive: Receive, send: Send) -> None:
        language = problems.language_of(Request(scope), self._hall.languages)
        params = LIMITS if code is Code.BODY_TOO_LARGE else {}
        response = problems.answer(code, params, language, self._hall.say)
        response.headers["Connection"] = "close"  # an unread body may follow
        await response(scope, receive, send)


def _route(scope: Scope) -> str:
    """The route's template: a path could hold an id."""
    route = scope.get("route")
    return getattr(route, "path", "unmatched")


def _cross_site(headers: dict[bytes, bytes]) -> bool:
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    if origin is None:
        return False  # not a browser
    return urlsplit(origin.decode("latin-1")).netloc != headers.get(b"host", b"").decode("latin-1")


def _bounded(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > MAX_BODY_BYTES:
                raise TooLargeError
        return message

    return limited
