"""What the public pages have in common: a frame without sign-in, plain forms, errors in words.

They work without scripts, on any phone in the hall's network, and set no cookie but the language's.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any, Final
from urllib.parse import parse_qs, quote

from babel import Locale
from babel.dates import format_skeleton
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from queue_server.contract.messages import CatalogueItem
from queue_server.contract.problems import PROBLEMS, Code
from queue_server.core.errors import QueueError
from queue_server.ports import StoreError
from queue_server.service import ServiceUnavailableError
from queue_server.web import pages_language, pages_static, problems
from queue_server.web.deps import Hall
from queue_server.web.pages import CONTENT_SECURITY_POLICY
from queue_server.web.pages_render import PageFrame
from queue_server.web.problems import Refused

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
"""The address of an appointment or a ticket is its key: it is told to nobody, kept nowhere."""
SEE_OTHER: Final = 303
MOST_FIELDS: Final = 20
OURS: Final = (QueueError, Refused, ServiceUnavailableError, StoreError)
_LONG: Final = "yMMMMEEEEd"
_SHORT: Final = "MMMEd"

Handler = Callable[..., Awaitable[Response]]


class PublicPages:
    """Renders; knows nothing of what a page is about."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self._frame = PageFrame(hall.say, pages_static.WEB_ROOT / "templates")

    def language(self, request: Request) -> str:
        """The reader's language."""
        return problems.language_of(request, self.hall.languages)

    def page(
        self,
        request: Request,
        template: str,
        context: Mapping[str, object],
        *,
        words: Mapping[str, str] | None = None,
        data: Mapping[str, object] | None = None,
        status: int = 200,
    ) -> Response:
        """One page as HTML, with hall name and address in its frame."""
        language = self.language(request)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        signs = self.hall.signs()
        html = self._frame.render(
            template,
            language,
            words=words or {},
            languages=self.hall.languages,
            data=data or {},
            context={
                "hall": pick(signs.hall_name, language),
                "address": pick(signs.address, language),
                "here": quote(here, safe="/"),
                "day_long": lambda day: day_text(day, language, _LONG),
                "day_short": lambda day: day_text(day, language, _SHORT),
                "pick": lambda names: pick(names, language),
                **context,
            },
        )
        headers = {**HEADERS, "Content-Language": pages_language.html_code(language)}
        return HTMLResponse(html, status, headers)

    def trouble(self, request: Request, error: Exception, back: str) -> Response:
        """An error as a page: what happened, and the way on."""
        code, params = problems.code_of(error)
        status, sentence = PROBLEMS[code]
        if "date" in params and "start" in params:
            shown = day_text(date.fromisoformat(params["date"]), self.language(request), _SHORT)
            params = params | {"date": shown}
        said = self.hall.say(self.language(request), sentence)
        said = said.format_map(problems.Blank(params)).strip()
        context = {"sentence": said, "back": back, "again": status in (429, 503)}
        return self.page(request, "public_trouble.html", context, status=status)

    def item(self, service_id: str) -> CatalogueItem:
        """An item of the catalogue.

        Raises:
            Refused: there is none.
        """
        for found in self.hall.catalogue.current().items:
            if found.service_id == service_id:
                return found
        raise Refused(Code.UNKNOWN_SERVICE, service_id=service_id)


def spoken(back: str) -> Callable[[Handler], Handler]:
    """Make a handler's refusals pages; `back` is where they lead on."""

    def wrap(handler: Handler) -> Handler:
        @wraps(handler)
        async def handled(self: Any, request: Request) -> Response:  # noqa: ANN401 - a page's class
            try:
                return await handler(self, request)
            except OURS as error:
                pages: PublicPages = self.pages
                return pages.trouble(request, error, back)

        return handled

    return wrap


async def form(request: Request) -> dict[str, str]:
    """A form's fields; the last of those that stand twice.

    Raises:
        Refused: it cannot be read.
    """
    body = await request.body()
    try:
        found = parse_qs(body.decode("utf-8"), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Refused(Code.INVALID_REQUEST, detail="form") from error
    return {name: values[-1] for name, values in found.items()}


def see_other(path: str) -> Response:
    """On to another page, by GET."""
    return RedirectResponse(path, SEE_OTHER, headers=HEADERS)


def pick(names: Mapping[str, str], language: str) -> str:
    """A text in a language; else the first there is."""
    return names.get(language) or next(iter(names.values()), "")


def day_text(day: date, language: str, skeleton: str) -> str:
    """A date as people of the language write it."""
    locale = Locale.parse(language.replace("-", "_"))
    return str(format_skeleton(skeleton, day, locale=locale))
