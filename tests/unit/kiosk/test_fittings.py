"""What a program tells the hall of its devices."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hardware.errors import PAPER_NEAR_END, WARNINGS
from hardware.registry import REGISTRY, Settings, type_of
from hardware.roles import DeviceHealth, DeviceKind
from hardware.sentences import SENTENCES, sentence
from hardware.supervise import HealthRecord
from hardware.transport import parse_url
from kiosk.fittings import Fitting, Fittings, Told, fault_codes
from queue_server.contract.messages import DeviceState
from queue_server.contract.messages_devices import DEVICE_PAYLOAD_MAX_BYTES, FITTED_MAX

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class StandIn:
    """A device whose health a test sets."""

    def __init__(self, device_id: str = "printer", kind: DeviceKind = DeviceKind.PRINTER) -> None:
        self.record = HealthRecord(device_id, kind)

    async def run(self) -> None:
        await asyncio.Event().wait()

    def health(self) -> DeviceHealth:
        return self.record.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        return self.record.changes()


class Clock:
    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Listener:
    def __init__(self) -> None:
        self.told: list[Told] = []
        self._news = asyncio.Event()

    def __call__(self, told: Told) -> None:
        self.told.append(told)
        self._news.set()

    async def until(self, count: int) -> Told:
        async with asyncio.timeout(10):
            while len(self.told) < count:
                self._news.clear()
                await self._news.wait()
        return self.told[-1]


async def test_every_change_is_told_whole_and_a_warning_is_no_fault() -> None:
    printer, reader = StandIn(), StandIn("id-reader", DeviceKind.ID_READER)
    heard = Listener()
    fittings = Fittings(
        [Fitting(printer, "escpos-printer", "Receipt printer (ESC/POS)"), Fitting(reader)],
        heard,
        Clock(),
    )
    task = asyncio.create_task(fittings.run())
    first = await heard.until(1)
    assert [(d.id, d.online, d.faults[0].code) for d in first] == [
        ("printer", False, "unavailable"),
        ("id-reader", False, "unavailable"),
    ]
    printer.record.set(online=True, faults=("paper-out", PAPER_NEAR_END))
    told, other = await heard.until(2)
    assert (told.type, told.title) == ("escpos-printer", "Receipt printer (ESC/POS)")
    assert [(f.code, f.sentence) for f in told.faults] == [("paper-out", sentence("paper-out"))]
    assert [w.code for w in told.warnings] == [PAPER_NEAR_END]
    assert told.since is not None
    assert other.since is not None
    assert told.since > other.since
    assert fault_codes((told, other)) == (
        "printer:paper-out",
        "printer:paper-near-end",
        "id-reader:unavailable",
    )
    printer.record.set(online=True)
    well, _ = await heard.until(3)
    assert (well.online, well.faults, well.warnings) == (True, [], [])
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_a_driver_says_of_its_device_is_made_fit_to_send() -> None:
    device = StandIn()
    fittings = Fittings([Fitting(device)], Listener(), Clock())
    (before,) = fittings.told()
    details = (("module\n", "05.01\x1b[31m"), ("picture", "x" * 200))
    device.record.set(online=False, details=details)
    (told,) = Fittings([Fitting(device)], Listener(), Clock()).told()
    assert told.details == {"module": "05.01[31m", "picture": "x" * 64}
    assert before.details == {}


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=REGISTRY)
def test_every_registered_driver_is_recognised(entry: object) -> None:
    url = parse_url(entry.url_example)  # type: ignore[attr-defined]
    device = entry.build(Settings("device", url))  # type: ignore[attr-defined]
    assert type_of(device) is entry


def test_a_stand_in_has_no_type() -> None:
    assert type_of(StandIn()) is None


def test_the_longest_list_with_every_sentence_fits_in_a_message() -> None:
    devices = [StandIn(f"d{n}") for n in range(FITTED_MAX + 3)]
    longest = sorted(SENTENCES, key=lambda code: -len(SENTENCES[code]))
    for device in devices:
        device.record.set(online=True, faults=tuple(longest[:3]))
    told = Fittings([Fitting(d) for d in devices], Listener(), Clock()).told()
    assert len(told) == FITTED_MAX
    state = DeviceState(
        session_id="s", online=True, version="1", faults=list(fault_codes(told)), devices=list(told)
    )
    assert len(state.model_dump_json().encode()) < DEVICE_PAYLOAD_MAX_BYTES
    assert replace(devices[0].health(), faults=()).online


def test_every_sentence_may_travel_as_it_is() -> None:
    for code, text in SENTENCES.items():
        device = StandIn()
        device.record.set(online=True, faults=(code,))
        (told,) = Fittings([Fitting(device)], Listener(), Clock()).told()
        (said,) = told.warnings if code in WARNINGS else told.faults
        assert said.sentence == text
