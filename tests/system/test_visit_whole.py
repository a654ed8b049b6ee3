"""One person with two matters who calls for help: the real kiosk and the real server."""

import time
from pathlib import Path

import pytest

from queue_server.contract import paths
from tests.hall_process import HallProcess
from tests.system.kiosk_process import Kiosk, Look, running, write_config
from tests.system.test_server_http import Api

pytestmark = [pytest.mark.system, pytest.mark.screen, pytest.mark.timeout(180)]

CALLED = "已经通知大厅"
COMING = "工作人员正在过来"
OVER = "还需要帮忙吗？"


def take(kiosk: Kiosk, section: str) -> Look:
    """From the subjects to the number."""
    kiosk.on("sections")
    kiosk.tap("pick_section", section)
    kiosk.on("confirm")
    kiosk.tap("confirm")
    return kiosk.on("ticket")


def words(seen: Look) -> list[str]:
    return [text["text"] for text in seen["texts"]]


def until_said(kiosk: Kiosk, sentence: str) -> None:
    until = time.monotonic() + 30
    while sentence not in words(kiosk.ask(do="look")):
        assert time.monotonic() < until, words(kiosk.ask(do="look"))
        time.sleep(0.1)


def test_two_matters_are_one_visit_and_a_call_for_help_is_answered(
    demo_hall: HallProcess, tmp_path: Path
) -> None:
    api = Api(demo_hall)
    config = write_config(tmp_path, demo_hall.url)
    (tmp_path / "token").write_text(api.told["kiosk_token"])
    for window in demo_hall.credentials["windows"]:
        api.act(window, "open")  # else every subject bears a mark, and there are two leaves
    with running(config) as kiosk:
        kiosk.until_ready()
        kiosk.tap("start")
        first = take(kiosk, "work")["ticket"]["number"]
        kiosk.tap("another")
        second = take(kiosk, "work")
        assert f"这次取号：{first}、{second['ticket']['number']}" in words(second)
        kiosk.tap("help")
        kiosk.on("help")
        kiosk.tap("call_help")
        until_said(kiosk, CALLED)
        [call] = api.http.get(paths.HELP, headers=api.signed("1")).json()["calls"]
        path = paths.help_call(call["help_id"])
        api.http.post(f"{path}/answer", headers=api.signed("1"), json={}).raise_for_status()
        until_said(kiosk, COMING)
        api.http.post(f"{path}/end", headers=api.signed("1"), json={}).raise_for_status()
        until_said(kiosk, OVER)
        kiosk.tap("home")
        assert not set(words(kiosk.on("home"))) & {first, second["ticket"]["number"]}
    rows = api.view("1")["queue"]
    ids = [row["ticket_id"] for row in rows if row["number"] in {first, second["ticket"]["number"]}]
    visits = {api.http.get(paths.ticket(each)).json()["visit_id"] for each in ids}
    assert len(ids) == 2
    assert len(visits) == 1
    for window in demo_hall.credentials["windows"]:
        api.act(window, "close")
    api.http.close()
