"""The pages people see in a browser: sign-in, clerk, manager, devices and the hall board.

A page is a frame: words in the reader's language, and scripts that fetch everything live from the
API. So a page holds no data of the hall, and what a person may see is decided in one place, the
API. Every page keeps a Content-Security-Policy without inline scripts or styles.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from queue_server.translations import all_gaps
from queue_server.web import pages_language, pages_static
from queue_server.web.pages_render import PageFrame
from queue_server.web.pages_words import BOARD_WORDS, CLERK_WORDS, MANAGER_WORDS, SIGN_IN_WORDS
from queue_server.web.pages_words_appointments import APPOINTMENT_WORDS
from queue_server.web.pages_words_devices import DEVICES_WORDS
from queue_server.web.pages_words_help import GUIDE_WORDS, HELP_WORDS

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
)
STATIC_HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }
)
NOT_MODIFIED: Final = 304
SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class PageUser:
    """Who is looking at a page.

    Attributes:
        role: The role's id, as `SessionAnswer.role`.
        display_name: How the person is called on the page.
        window_id: The window the session is signed in to, if any.
        may_serve: The role calls tickets or issues them at the desk.
        may_manage: The role sees the hall's figures and how its devices are.
        may_tend: The role may ask a device for a test ticket.
        may_administer: The role may enrol devices and take their access away.
    """

    role: str
    display_name: str
    window_id: str | None
    may_serve: bool
    may_manage: bool
    may_tend: bool = False
    may_administer: bool = False


Choice = tuple[str, Mapping[str, str]]
"""A reason's code, which the journal keeps, and its name by language."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """The pack's reasons a clerk chooses from, each list in the order it is offered.

    Attributes:
        pause: Whereabouts of a clerk who leaves the window.
        call: Why a ticket is called out of its order.
        cancel: Why a ticket is voided.
    """

    pause: Sequence[Choice]
    call: Sequence[Choice]
    cancel: Sequence[Choice]


class PageDeps(Protocol):
    """What the pages need from the rest of the server."""

    async def page_user(self, request: Request) -> PageUser | None:
        """Who sent this request, by the session cookie; None when nobody is signed in."""

    def hall_name(self) -> Mapping[str, str]:
        """The hall's name by language."""

    def languages(self) -> Sequence[str]:
        """Languages of the hall ("zh-CN", "en"), the default first; not empty."""

    def reasons(self) -> Reasons:
        """What a clerk may give as a reason."""

    def timezone(self) -> str:
        """The hall's time zone, an IANA name ("Asia/Shanghai")."""

    def translate(self, language: str, text: str) -> str:
        """An English sentence in another language; itself where there is no translation."""


def pages_router(deps: PageDeps) -> APIRouter:
    """The routes of every page and of the files they load.

    Args:
        deps: What the pages need; asked again at every request, so a change is seen at once.
    """
    static_files = pages_static.load()
    guards = pages_static.style_guards(static_files[pages_static.CHART_LIBRARY])
    frame = PageFrame(deps.translate, pages_static.WEB_ROOT / "templates")
    routes = _Pages(deps, frame, static_files, guards)
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    router.add_api_route("/", routes.start, methods=["GET"])
    router.add_api_route("/sign-in", routes.sign_in, methods=["GET"])
    router.add_api_route("/clerk", routes.clerk, methods=["GET"])
    router.add_api_route("/guide", routes.guide, methods=["GET"])
    router.add_api_route("/manager", routes.manager, methods=["GET"])
    router.add_api_route("/devices", routes.devices, methods=["GET"])
    router.add_api_route("/languages", routes.language_gaps, methods=["GET"])
    router.add_api_route("/appointments", routes.appointments, methods=["GET"])
    router.add_api_route("/board", routes.board, methods=["GET"])
    router.add_api_route("/language/{code}", routes.choose_language, methods=["GET"])
    router.add_api_route("/favicon.ico", routes.favicon, methods=["GET"])
    router.add_api_route("/static/{path:path}", routes.static_file, methods=["GET"])
    return router


class _Pages:
    """The handlers; one instance serves every request and keeps no state of its own."""

    def __init__(
        self,
        deps: PageDeps,
        frame: PageFrame,
        static_files: Mapping[str, pages_static.StaticFile],
        style_guards: Sequence[str],
    ) -> None:
        self._deps = deps
        self._frame = frame
        self._static_files = static_files
        self._style_guards = style_guards

    async def start(self, request: Request) -> Response:
        """Leads to the page of whoever is signed in."""
        user = await self._deps.page_user(request)
        if user is None:
            return _see_other("/sign-in")
        return _see_other(_home(user))

    async def sign_in(self, request: Request) -> Response:
        """The form; somebody who is signed in already may go on or sign out."""
        user = await self._deps.page_user(request)
        after = pages_language.local_path(request.query_params.get("next"), "")
        home = _home(user) if user else ""
        return self._page(
            request, "sign_in.html", SIGN_IN_WORDS, user, data={"after": after, "home": home}
        )

    async def clerk(self, request: Request) -> Response:
        """The clerk's page; without a window it can only issue numbers."""
        user = await self._deps.page_user(request)
        if user is None or not user.may_serve:
            return _to_sign_in(request)
        reasons = self._deps.reasons()
        data = {
            "windowId": user.window_id,
            "mayAnswer": True,
            "reasons": {
                "pause": _plain(reasons.pause),
                "call": _plain(reasons.call),
                "cancel": _plain(reasons.cancel),
            },
        }
        words = {**CLERK_WORDS, **HELP_WORDS}
        return self._page(request, "clerk.html", words, user, data=data)

    async def guide(self, request: Request) -> Response:
        """Who asks for help at a kiosk, and giving numbers to people."""
        user = await self._deps.page_user(request)
        if user is None or not user.may_serve:
            return _to_sign_in(request)
        return self._page(request, "guide.html", GUIDE_WORDS, user, data={"mayAnswer": True})

    async def manager(self, request: Request) -> Response:
        """Live hall and figures."""
        user = await self._deps.page_user(request)
        if user is None or not user.may_manage:
            return _to_sign_in(request)
        words, data = {**MANAGER_WORDS, **HELP_WORDS}, {"mayAnswer": user.may_serve}
        return self._page(request, "manager.html", words, user, data=data)

    async def devices(self, request: Request) -> Response:
        """How every kiosk and display is, live."""
        user = await self._deps.page_user(request)
        if user is None or not user.may_manage:
            return _to_sign_in(request)
        data = {"mayTend": user.may_tend, "mayAdminister": user.may_administer}
        return self._page(request, "devices.html", DEVICES_WORDS, user, data=data)

    async def language_gaps(self, request: Request) -> Response:
        """What each language lacks, for the administrator."""
        user = await self._deps.page_user(request)
        if user is None or not user.may_administer:
            return _to_sign_in(request)
        found = await asyncio.to_thread(all_gaps)
        return self._page(request, "languages.html", {}, user, data={}, more={"gaps": found})

    async def appointments(self, request: Request) -> Response:
        """A day's appointments, for whoever serves or manages."""
        user = await self._deps.page_user(request)
        if user is None or not (user.may_serve or user.may_manage):
            return _to_sign_in(request)
        data = {"reasons": _plain(self._deps.reasons().cancel)}
        return self._page(request, "appointments.html", APPOINTMENT_WORDS, user, data=data)

    async def board(self, request: Request) -> Response:
        """The hall's board for any television; public, and in all languages of the hall at once."""
        return self._page(request, "board.html", BOARD_WORDS, None, data={}, side_by_side=True)

    async def choose_language(self, request: Request, code: str) -> Response:
        """Remembers the language and goes back to where the person was."""
        if code not in self._deps.languages():
            raise HTTPException(404)
        answer = _see_other(pages_language.local_path(request.query_params.get("next"), "/"))
        answer.set_cookie(
            pages_language.COOKIE,
            code,
            max_age=pages_language.COOKIE_MAX_AGE_S,
            samesite="lax",
            secure=request.url.scheme == "https",
            httponly=True,
        )
        return answer

    async def favicon(self, request: Request) -> Response:
        """The mark in the browser's tab."""
        return await self.static_file(request, "favicon.svg")

    async def static_file(self, request: Request, path: str) -> Response:
        """A style, a script or an image of the pages."""
        found = self._static_files.get(path)
        if found is None:
            raise HTTPException(404)
        headers = {**STATIC_HEADERS, "ETag": found.etag}
        if found.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=NOT_MODIFIED, headers=headers)
        body = found.plain
        if found.packed and "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = found.packed, "gzip"
        return Response(body, media_type=found.media_type, headers=headers)

    def _page(
        self,
        request: Request,
        template: str,
        words: Mapping[str, str],
        user: PageUser | None,
        *,
        data: Mapping[str, object],
        side_by_side: bool = False,
        more: Mapping[str, object] | None = None,
    ) -> Response:
        languages = list(self._deps.languages())
        language = pages_language.choose(
            languages,
            request.cookies.get(pages_language.COOKIE),
            request.headers.get("accept-language"),
        )
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        html = self._frame.render(
            template,
            language,
            words=words,
            languages=languages,
            data={**data, "timezone": self._deps.timezone()},
            context={
                **(more or {}),
                "user": user,
                "hall": self._hall_name(language),
                "hall_names": [self._hall_name(each) for each in languages],
                "here": quote(here, safe="/"),
                "style_guards": self._style_guards,
            },
            side_by_side=side_by_side,
        )
        return HTMLResponse(html, headers={**PAGE_HEADERS, "Content-Language": language})

    def _hall_name(self, language: str) -> str:
        names = self._deps.hall_name()
        return names.get(language) or next(iter(names.values()), "")


def _plain(choices: Sequence[Choice]) -> list[tuple[str, dict[str, str]]]:
    """The choices as JSON takes them: a pack's mappings are read-only proxies."""
    return [(code, dict(names)) for code, names in choices]


def _home(user: PageUser) -> str:
    if user.may_manage and (user.window_id is None or not user.may_serve):
        return "/manager"
    if user.may_serve:
        return "/guide" if user.role == "guide" else "/clerk"
    return "/sign-in"


def _see_other(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=SEE_OTHER, headers=dict(PAGE_HEADERS))


def _to_sign_in(request: Request) -> RedirectResponse:
    return _see_other(f"/sign-in?next={quote(request.url.path, safe='/')}")
