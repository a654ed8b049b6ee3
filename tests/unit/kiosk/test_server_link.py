"""The server over HTTP: answers, refusals and silence told apart."""

import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from kiosk.server_link import HallServer, RefusedError, SilentError
from queue_server.contract.ids import RequestKey, TicketId
from queue_server.contract.messages import TicketRequest, Visitor
from queue_server.contract.problems import Code
from tests import fakes_kiosk as fakes
from tests.fakes_server import TOKEN, FakeHall, Mode, serving

KEY = RequestKey("019593a4-7c00-7000-8000-000000000001")
PLAIN = TicketRequest(service_id="B01", channel="kiosk", language="zh-CN")


@pytest.fixture
def hall() -> FakeHall:
    return FakeHall()


@pytest.fixture
def address(hall: FakeHall) -> Iterator[str]:
    with serving(hall) as url:
        yield url


@pytest.fixture
async def server(address: str, tmp_path: Path) -> AsyncIterator[HallServer]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as http:
        yield HallServer(http, tmp_path / "catalogue.json")


async def test_the_same_key_gives_the_same_ticket(server: HallServer, hall: FakeHall) -> None:
    first = await server.issue(KEY, PLAIN)
    assert await server.issue(KEY, PLAIN) == first
    assert len(hall.issued) == 1
    assert (await server.ticket(TicketId(first.ticket_id))).number == first.number


async def test_nothing_empty_is_sent(server: HallServer, hall: FakeHall) -> None:
    await server.issue(KEY, PLAIN)
    assert hall.asked[0][1] == {"service_id": "B01", "channel": "kiosk", "language": "zh-CN"}


async def test_a_second_ticket_of_the_same_person_is_refused_with_the_first(
    server: HallServer,
) -> None:
    known = PLAIN.model_copy(update={"visitor": Visitor(principal="522601199001010010")})
    first = await server.issue(KEY, known)
    with pytest.raises(RefusedError) as caught:
        await server.issue(RequestKey("other"), known)
    assert caught.value.refusal.code is Code.DUPLICATE_TICKET
    assert caught.value.refusal.params["ticket_id"] == first.ticket_id


async def test_a_refusal_keeps_its_code_and_words(server: HallServer, hall: FakeHall) -> None:
    hall.mode = Mode.CLOSED
    with pytest.raises(RefusedError) as caught:
        await server.issue(KEY, PLAIN)
    assert caught.value.refusal.code is Code.NOT_OPEN
    assert caught.value.refusal.params["detail"] == "8:30"


async def test_silence_after_sending_is_not_certain(server: HallServer, hall: FakeHall) -> None:
    hall.mode = Mode.LOSE_ANSWER
    with pytest.raises(SilentError) as caught:
        await server.issue(KEY, PLAIN)
    assert caught.value.was_sent
    assert len(hall.issued) == 1


async def test_a_proxys_error_page_says_nothing_about_the_ticket(
    server: HallServer, hall: FakeHall
) -> None:
    hall.mode = Mode.BROKEN_PROXY
    with pytest.raises(SilentError, match="status 502") as caught:
        await server.issue(KEY, PLAIN)
    assert caught.value.was_sent


async def test_a_server_that_is_not_there_got_nothing(tmp_path: Path) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url) as http:
        with pytest.raises(SilentError) as caught:
            await HallServer(http, tmp_path / "c.json").issue(KEY, PLAIN)
    assert not caught.value.was_sent


async def test_a_wrong_token_is_a_refusal(address: str, tmp_path: Path) -> None:
    async with httpx.AsyncClient(base_url=address) as http:
        with pytest.raises(RefusedError) as caught:
            await HallServer(http, tmp_path / "c.json").catalogue()
    assert caught.value.refusal.code is Code.UNAUTHENTICATED


async def test_the_catalogue_is_kept_for_a_start_without_the_server(
    server: HallServer, tmp_path: Path
) -> None:
    assert server.cached_catalogue() is None
    fetched = await server.catalogue()
    assert server.cached_catalogue() == fetched
    assert len(os.listdir(tmp_path)) == 1  # noqa: PTH208 - a blocking look is fine in a test


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\x00"])
async def test_a_damaged_cached_catalogue_counts_as_none(
    server: HallServer, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "catalogue.json").write_bytes(content)
    assert server.cached_catalogue() is None


async def test_the_board_is_read(server: HallServer) -> None:
    assert (await server.board()) == fakes.board()
