"""Calls for somebody to come to a kiosk."""

from datetime import timedelta

import pytest

from queue_server.contract.ids import DeviceId, HelpId
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.decide_help import is_late, open_calls
from queue_server.core.errors import HelpAnsweredBefore, UnknownHelp
from tests.unit.core.desk import DAY, Desk

ONE, TWO = HelpId("h1"), HelpId("h2")
KIOSK = DeviceId("kiosk-1")


def asked() -> Desk:
    desk = Desk.opened()
    desk.do(cmd.AskHelp(ONE, KIOSK))
    return desk


def test_a_kiosk_has_one_call_at_a_time_and_another_kiosk_its_own() -> None:
    desk = asked()
    assert desk.do(cmd.AskHelp(TWO, KIOSK)) == ()
    desk.do(cmd.AskHelp(TWO, DeviceId("kiosk-2")))
    assert [call.help_id for call in open_calls(desk.floor)] == [ONE, TWO]


def test_one_goes_and_a_second_press_of_theirs_changes_nothing() -> None:
    desk = asked()
    desk.do(cmd.AnswerHelp(ONE, "wang"))
    assert desk.do(cmd.AnswerHelp(ONE, "wang")) == ()
    with pytest.raises(HelpAnsweredBefore) as refused:
        desk.do(cmd.AnswerHelp(ONE, "li"))
    assert refused.value.params == {"by": "wang"}


def test_a_call_is_late_only_while_nobody_has_answered() -> None:
    desk = asked()
    call = desk.floor.help_calls[ONE]
    assert not is_late(desk.floor, call, call.asked_ms + 59_999)
    assert is_late(desk.floor, call, call.asked_ms + 60_000)
    desk.do(cmd.AnswerHelp(ONE, "wang"))
    assert not is_late(desk.floor, desk.floor.help_calls[ONE], call.asked_ms + 600_000)


def test_what_is_over_is_over_and_the_kiosk_may_call_again() -> None:
    desk = asked()
    desk.do(cmd.EndHelp(ONE, "helped"))
    for late in (cmd.EndHelp(ONE, "helped"), cmd.AnswerHelp(ONE, "li")):
        with pytest.raises(UnknownHelp):
            desk.do(late)
    desk.do(cmd.AskHelp(TWO, KIOSK))
    assert [call.help_id for call in open_calls(desk.floor)] == [TWO]


def test_no_call_crosses_the_end_of_a_day() -> None:
    desk = asked()
    events = desk.do(cmd.RollDay(DAY + timedelta(days=1)))
    assert ev.HelpEnded(ONE, "day_over") in events
    assert not desk.floor.help_calls
