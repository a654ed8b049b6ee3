"""The pages' routes without a browser: who gets which page, headers, files."""

import gzip
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType

import httpx
import pytest
from fastapi import FastAPI, Request

from queue_server.web.pages import PageUser, Reasons, pages_router

CLERK = PageUser("clerk", "Li Hua", "3", may_serve=True, may_manage=False)
GUIDE = PageUser("guide", "Yang", None, may_serve=True, may_manage=False)
MANAGER = PageUser("manager", "Chen", None, may_serve=False, may_manage=True)
AUDITOR_ONLY = PageUser("county", "Wu", None, may_serve=False, may_manage=False)
PATHS = ["/sign-in", "/clerk", "/guide", "/manager", "/devices", "/board"]


class Desk:
    """A `PageDeps` whose user a test sets."""

    def __init__(self) -> None:
        self.user: PageUser | None = None
        self.name = {"zh-CN": "示例大厅", "en": "Example Hall"}

    async def page_user(self, request: Request) -> PageUser | None:  # noqa: ARG002 - as declared
        return self.user

    def hall_name(self) -> Mapping[str, str]:
        return self.name

    def languages(self) -> Sequence[str]:
        return ("zh-CN", "en")

    def reasons(self) -> Reasons:
        return Reasons(pause=[("meal", MappingProxyType({"en": "Meal"}))], call=[], cancel=[])

    def timezone(self) -> str:
        return "Asia/Shanghai"

    def translate(self, language: str, text: str) -> str:
        return text if language == "en" else f"[{text}]"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(pages_router(desk))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as found:
        yield found


@pytest.mark.parametrize(
    ("user", "path", "leads_to"),
    [
        (None, "/", "/sign-in"),
        (CLERK, "/", "/clerk"),
        (MANAGER, "/", "/manager"),
        (AUDITOR_ONLY, "/", "/sign-in"),
        (None, "/clerk", "/sign-in?next=/clerk"),
        (MANAGER, "/clerk", "/sign-in?next=/clerk"),
        (GUIDE, "/", "/guide"),
        (None, "/guide", "/sign-in?next=/guide"),
        (MANAGER, "/guide", "/sign-in?next=/guide"),
        (None, "/manager", "/sign-in?next=/manager"),
        (CLERK, "/manager", "/sign-in?next=/manager"),
        (None, "/devices", "/sign-in?next=/devices"),
        (MANAGER, "/languages", "/sign-in?next=/languages"),
        (CLERK, "/devices", "/sign-in?next=/devices"),
    ],
)
async def test_everybody_is_led_to_a_page_of_theirs(
    client: httpx.AsyncClient, desk: Desk, user: PageUser | None, path: str, leads_to: str
) -> None:
    desk.user = user
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_and_file_carries_the_policy(
    client: httpx.AsyncClient, desk: Desk, path: str
) -> None:
    desk.user = PageUser("duty_manager", "Li", "1", may_serve=True, may_manage=True)
    page = await client.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    links = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert links
    for link in links:
        file = await client.get(link)
        assert file.status_code == 200, link
        assert "unsafe" not in file.headers["content-security-policy"]
        assert file.headers["x-content-type-options"] == "nosniff"


async def test_names_are_escaped_in_markup_and_in_the_script_data(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    desk.name = {"zh-CN": "</script><b>x</b>", "en": "</script><b>x</b>"}
    desk.user = PageUser("clerk", "<i>name</i>", "1", may_serve=True, may_manage=False)
    page = (await client.get("/clerk")).text
    assert "<b>x</b>" not in page
    assert "<i>name</i>" not in page
    found = re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["reasons"]["pause"] == [["meal", {"en": "Meal"}]]


async def test_the_language_link_sets_a_cookie_and_comes_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/language/en", params={"next": "/board"})
    assert answer.headers["location"] == "/board"
    assert "HttpOnly" in answer.headers["set-cookie"]
    page = await client.get("/sign-in")
    assert page.headers["content-language"] == "en"
    assert "[Sign in]" not in page.text


async def test_a_language_the_hall_has_not_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/language/fr")).status_code == 404


@pytest.mark.parametrize("path", ["../pages.py", "%2e%2e/pages.py", "nothing.js", "", "vendor/"])
async def test_only_files_of_the_pages_are_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/static/{path}")).status_code == 404


async def test_a_file_is_sent_once_and_packed(client: httpx.AsyncClient) -> None:
    url = "/static/vendor/plotly.min.js"
    async with client.stream("GET", url, headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    plain = await client.get(url, headers={"accept-encoding": "identity"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content
    again = await client.get(url, headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_chart_library_finds_its_own_style_sheet_already_there(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    desk.user = MANAGER
    page = (await client.get("/manager")).text
    library = (await client.get("/static/vendor/plotly.min.js")).text
    assert 'id="plotly.js-style-global"' in page
    guards = re.findall(r'<meta id="([0-9a-f]{64})"', page)
    assert guards
    assert all(f'getElementById("{guard}")' in library for guard in guards)


async def test_the_administrator_sees_what_each_language_lacks(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    desk.user = PageUser("it", "Li", None, may_serve=False, may_manage=True, may_administer=True)
    page = (await client.get("/languages", headers={"Accept-Language": "en"})).text
    assert '<html lang="en" dir="ltr">' in page
    assert "中文" in page
    assert "Missing sentences: 0 of" in page
