"""What the hall knows of its devices, as messages come, fail to come, or are nonsense."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from queue_server.contract.ids import DeviceId
from queue_server.contract.messages import DevicesStatus, ErrandState, Link, StationView, Urgency
from queue_server.contract.messages_devices import DEVICE_PAYLOAD_MAX_BYTES
from queue_server.presence.presence import (
    BEATS_TOLD_EVERY_S,
    ErrandPendingError,
    NotLinkedError,
    Presence,
    UnknownDeviceError,
)
from queue_server.presence.station import SILENT_AFTER_S, TWIN_FOR_S, Enrolled, Moment
from queue_server.presence.view import status

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KIOSK = "kiosk-1"
FAULT = {"code": "paper-out", "sentence": "The printer is out of paper."}
PRINTER: dict[str, Any] = {"id": "printer", "kind": "printer", "online": True}


class Hall:
    """A presence with a clock that a test moves."""

    def __init__(self, *names: str) -> None:
        self.at, self.s = AT, 100.0
        self.presence = Presence(lambda: Moment(self.at, self.s))
        self.enrol(*(names or (KIOSK,)))
        self.presence.on_broker(connected=True)

    def enrol(self, *names: str) -> None:
        self.presence.set_enrolled(Enrolled(DeviceId(name), "kiosk") for name in names)

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.s += seconds
        self.presence.tick()

    def state(
        self, device_id: str = KIOSK, *, online: bool = True, retained: bool = False, **more: object
    ) -> None:
        said = {"session_id": "a", "online": online, "version": "1.0", "at": self.at.isoformat()}
        self.hear("state", json.dumps(said | more).encode(), device_id, retained=retained)

    def beat(self, session_id: str = "a", device_id: str = KIOSK) -> None:
        said = {"session_id": session_id, "rendered_rev": 1, "uptime_s": 5}
        self.hear("beat", json.dumps(said).encode(), device_id)

    def hear(
        self, part: str, payload: bytes, device_id: str = KIOSK, *, retained: bool = False
    ) -> None:
        self.presence.on_message(device_id, part, payload, retained=retained)

    @property
    def told(self) -> DevicesStatus:
        return status(self.presence, "1.0", lambda text: f"[{text}]")

    @property
    def kiosk(self) -> StationView:
        return next(each for each in self.told.stations if each.device_id == KIOSK)


def test_a_device_that_says_it_is_there_is_online_and_well() -> None:
    hall = Hall()
    hall.pass_s(3)
    hall.state(role="kiosk", place="entrance", devices=[PRINTER])
    assert (hall.kiosk.link, hall.kiosk.since) == (Link.ONLINE, AT + timedelta(seconds=3))
    assert (hall.kiosk.urgency, hall.kiosk.place) == (Urgency.WELL, "entrance")
    assert (hall.told.hand, hall.told.soon) == (0, 0)


def test_beats_that_stop_make_it_silent_and_the_next_one_brings_it_back() -> None:
    hall = Hall()
    hall.state()
    for _ in range(5):
        hall.pass_s(10)
        hall.beat()
    assert hall.kiosk.link is Link.ONLINE
    last = hall.at
    hall.pass_s(SILENT_AFTER_S - 1)
    assert hall.kiosk.link is Link.ONLINE
    hall.pass_s(1)
    assert (hall.kiosk.link, hall.kiosk.since) == (Link.SILENT, last)
    assert hall.kiosk.urgency is Urgency.HAND
    hall.beat()
    assert hall.kiosk.link is Link.ONLINE


def test_a_will_takes_it_off_line_and_its_devices_with_it() -> None:
    hall = Hall()
    hall.state(devices=[PRINTER])
    hall.pass_s(5)
    hall.state(online=False, at=None)
    assert (hall.kiosk.link, hall.kiosk.since) == (Link.OFFLINE, hall.at)
    assert hall.kiosk.devices == []
    hall.pass_s(3600)
    assert hall.kiosk.link is Link.OFFLINE


def test_the_late_will_of_an_old_run_changes_nothing() -> None:
    hall = Hall()
    hall.state(session_id="old")
    hall.pass_s(5)
    hall.state(session_id="new", devices=[PRINTER])
    assert hall.kiosk.restarted_at == hall.at
    hall.state(session_id="old", online=False)
    assert hall.kiosk.link is Link.ONLINE
    assert [device.id for device in hall.kiosk.devices] == ["printer"]


def test_a_device_that_beats_lives_whatever_an_old_will_left_on_the_broker() -> None:
    hall = Hall()
    hall.state(session_id="old", online=False, place="entrance", retained=True)
    assert (hall.kiosk.link, hall.kiosk.since) == (Link.OFFLINE, None)
    hall.beat("new")
    assert (hall.kiosk.link, hall.kiosk.place) == (Link.ONLINE, "entrance")


def test_two_programs_with_one_login_are_noticed_and_forgotten_again() -> None:
    hall = Hall()
    hall.state()
    hall.beat("b")
    assert (hall.kiosk.twin, hall.kiosk.urgency) == (True, Urgency.HAND)
    for _ in range(int(TWIN_FOR_S // 10)):
        hall.pass_s(10)
        hall.beat()
    assert not hall.kiosk.twin


def test_never_heard_is_said_only_after_a_while() -> None:
    hall = Hall()
    assert (hall.kiosk.link, hall.kiosk.urgency) == (Link.UNKNOWN, Urgency.UNKNOWN)
    hall.pass_s(SILENT_AFTER_S)
    assert (hall.kiosk.link, hall.kiosk.urgency) == (Link.NEVER, Urgency.HAND)


def test_a_code_that_was_not_used_yet_is_awaited() -> None:
    hall = Hall()
    hall.presence.set_enrolled([Enrolled(DeviceId(KIOSK), "display", awaited=True)])
    assert (hall.kiosk.link, hall.kiosk.urgency) == (Link.AWAITED, Urgency.SOON)


def test_without_the_broker_nothing_is_known_since_then_and_after_it_only_what_is_heard() -> None:
    hall = Hall(KIOSK, "kiosk-2")
    hall.state()
    hall.state("kiosk-2")
    hall.pass_s(7)
    hall.presence.on_broker(connected=False)
    gone = hall.at
    hall.pass_s(60)
    assert {each.link for each in hall.told.stations} == {Link.UNKNOWN}
    assert (hall.told.broker, hall.told.broker_since, hall.told.hand) == (False, gone, 0)
    hall.presence.on_broker(connected=True)
    hall.state()
    links = {each.device_id: each.link for each in hall.told.stations}
    assert links == {KIOSK: Link.ONLINE, "kiosk-2": Link.UNKNOWN}
    hall.pass_s(SILENT_AFTER_S)
    hall.beat()
    links = {each.device_id: each.link for each in hall.told.stations}
    assert links == {KIOSK: Link.ONLINE, "kiosk-2": Link.SILENT}


def test_faults_are_translated_warnings_are_apart_and_the_ill_come_first() -> None:
    hall = Hall("kiosk-2", KIOSK, "kiosk-10")
    low = {"code": "paper-near-end", "sentence": "Nearly used up."}
    hall.state("kiosk-10", devices=[PRINTER | {"faults": [FAULT], "title": "Printer"}])
    hall.state("kiosk-2", devices=[PRINTER | {"warnings": [low]}])
    hall.state()
    told = hall.told
    assert [each.device_id for each in told.stations] == ["kiosk-10", "kiosk-2", KIOSK]
    assert (told.hand, told.soon) == (1, 1)
    (printer,) = told.stations[0].devices
    assert (printer.title, printer.faults[0].text) == ("[Printer]", f"[{FAULT['sentence']}]")


def test_names_are_counted_not_spelled() -> None:
    hall = Hall("kiosk-10", "kiosk-2", "hall-screen")
    names = [each.device_id for each in hall.told.stations]
    assert names == ["hall-screen", "kiosk-2", "kiosk-10"]


def test_a_wrong_clock_is_told_and_since_is_by_ours() -> None:
    hall = Hall()
    theirs = hall.at - timedelta(minutes=47)
    fault = PRINTER | {"faults": [FAULT], "since": (theirs - timedelta(minutes=2)).isoformat()}
    hall.state(at=theirs.isoformat(), devices=[fault])
    assert hall.kiosk.clock_off_s == -47 * 60
    assert hall.kiosk.devices[0].since == hall.at - timedelta(minutes=2)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00", "1970-01-01Z"])
def test_no_date_breaks_anything(at: str) -> None:
    hall = Hall()
    hall.state(at=at, devices=[PRINTER | {"since": at}])
    assert hall.told.model_dump_json()


BASE = {"session_id": "a", "online": True, "version": "1"}
HOSTILE = {
    "nothing": b" ",
    "no json": b"\xff\xfe{",
    "deep": b"[" * 20_000,
    "a list": b"[]",
    "a long text": json.dumps(BASE | {"place": "x" * 65}).encode(),
    "megabytes of nothing we know": json.dumps(
        BASE | {"junk": "x" * DEVICE_PAYLOAD_MAX_BYTES}
    ).encode(),
    "control characters": json.dumps(BASE | {"place": "a\x1b[2J"}).encode(),
    "right to left": json.dumps(BASE | {"place": "\u202egnp.exe"}).encode(),
    "wrong types": json.dumps(BASE | {"devices": "printer"}).encode(),
    "many devices": json.dumps(BASE | {"devices": [PRINTER] * 25}).encode(),
    "a long sentence": json.dumps(
        BASE | {"devices": [PRINTER | {"faults": [FAULT | {"sentence": "x" * 401}]}]}
    ).encode(),
    "no sentence": json.dumps(
        BASE | {"devices": [PRINTER | {"faults": [FAULT | {"sentence": ""}]}]}
    ).encode(),
    "a code that is markup": json.dumps(BASE | {"faults": ["<b>"]}).encode(),
    "half a character": b'{"session_id":"a","online":true,"version":"1","place":"\\ud800"}',
    "a naive time": json.dumps(BASE | {"at": "2026-03-02T01:00:00"}).encode(),
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_nonsense_is_told_once_and_what_was_known_stays(payload: bytes) -> None:
    hall = Hall()
    hall.state(place="entrance")
    with capture_logs() as logs:
        for part in ("state", "ack", "state"):
            hall.hear(part, payload)
        hall.state(place="entrance")
        hall.hear("state", payload)
    assert [line["event"] for line in logs] == ["device_unreadable"]
    assert str(payload[:8]) not in str(logs)
    assert (hall.kiosk.unreadable, hall.kiosk.place) == (True, "entrance")
    assert hall.kiosk.urgency is Urgency.HAND
    hall.state(place="entrance")
    assert not hall.kiosk.unreadable


def test_a_field_of_a_later_version_is_no_nonsense() -> None:
    hall = Hall()
    hall.state(version="9.0", mood="fine", devices=[PRINTER | {"kind": "robot", "colour": "red"}])
    assert (hall.kiosk.other_version, hall.kiosk.unreadable) == (True, False)


def test_a_stranger_is_told_once_and_never_shown() -> None:
    hall = Hall()
    with capture_logs() as logs:
        for _ in range(3):
            hall.state("kiosk-9")
    assert [line["event"] for line in logs] == ["device_not_enrolled"]
    assert [each.device_id for each in hall.told.stations] == [KIOSK]


def test_who_is_revoked_is_forgotten() -> None:
    hall = Hall()
    hall.state(place="entrance")
    hall.enrol()
    hall.presence.set_enrolled([])
    assert hall.told.stations == []
    hall.enrol(KIOSK)
    assert hall.kiosk.place == ""


def test_a_state_that_is_taken_off_the_broker_is_forgotten() -> None:
    hall = Hall()
    hall.state(place="entrance")
    hall.hear("state", b"")
    assert hall.kiosk.place == ""


def test_a_command_is_answered_or_the_page_says_that_it_was_not() -> None:
    hall = Hall()
    with pytest.raises(UnknownDeviceError):
        hall.presence.ask("nobody", "1", "print-test")
    with pytest.raises(NotLinkedError):
        hall.presence.ask(KIOSK, "1", "print-test")
    hall.state()
    hall.presence.ask(KIOSK, "1", "print-test")
    with pytest.raises(ErrandPendingError):
        hall.presence.ask(KIOSK, "2", "print-test")
    ack = {"session_id": "a", "done": True, "code": "printed", "sentence": "Printed."}
    hall.hear("ack", json.dumps(ack | {"command_id": "other"}).encode())
    assert hall.kiosk.errand is not None
    assert hall.kiosk.errand.state is ErrandState.ASKED
    for _ in range(3):
        hall.pass_s(10)
        hall.beat()
    assert hall.kiosk.errand.state is ErrandState.UNANSWERED
    hall.hear("ack", json.dumps(ack | {"command_id": "1"}).encode())
    assert (hall.kiosk.errand.state, hall.kiosk.errand.text) == (ErrandState.DONE, "[Printed.]")
    hall.presence.ask(KIOSK, "3", "print-test")
    hall.presence.unasked(KIOSK, "3")
    assert hall.kiosk.errand is None


async def test_a_watcher_hears_changes_and_what_time_alone_changes() -> None:
    hall = Hall()
    async with hall.presence.subscribe() as revs, asyncio.timeout(10):
        seen = await anext(revs)
        hall.state()
        assert await anext(revs) > seen
        hall.pass_s(1)
        seen = await anext(revs)
        hall.pass_s(SILENT_AFTER_S)
        assert await anext(revs) > seen
    before = hall.presence.rev
    hall.beat()
    assert hall.presence.rev == before  # a beat is no news by itself
    hall.pass_s(1)
    hall.beat()
    hall.pass_s(BEATS_TOLD_EVERY_S)
    assert hall.presence.rev > before
