"""How devices that are keyboards are used in the fault matrix."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from matrix import Bench, Got, Use, WrongDataError
from rig import DICE, QUICK, Collector, Sim

from hardware.drivers.hid_keypad import HidKeypad
from hardware.drivers.hid_scanner import HidScanner, Timing
from hardware.hid_port import open_hid
from hardware.roles_voice import GuideKey
from hardware.transport import parse_url

KEYS = {GuideKey.UP: 103, GuideKey.DOWN: 108, GuideKey.HELP: 138, GuideKey.HOME: 102}
NO_LINE: Mapping[str, str] = {
    "slow-line": "the kernel hands events over whole; there is no line with a speed",
}


WAIT_S = 2.0


async def _next(stream: Collector) -> object | None:
    try:
        async with asyncio.timeout(WAIT_S):
            return await stream.next()
    except TimeoutError:
        return None


class HidScannerBench(Bench):
    type_id = "hid-scanner"
    damage = "out"
    split_bytes = 7
    cut_after = ("out", 100)
    not_here = NO_LINE

    def driver(self, url: str, device_id: str) -> HidScanner:
        return HidScanner(
            device_id,
            lambda: open_hid(parse_url(url)),
            timing=Timing(torn_s=0.3),
            randomness=DICE,
            backoff=QUICK,
        )

    @asynccontextmanager
    async def using(self, device: HidScanner, sim: Sim) -> AsyncIterator[Use]:
        said: set[str] = set()
        async with Collector(device.codes()) as codes:

            async def use(number: int) -> Got:
                text = f"A{number:04}-b/{number % 7}"
                while not codes.empty:
                    await codes.next()
                await sim.tell("scan", text=text)
                said.add(text)
                while (got := await _next(codes)) is not None:
                    if getattr(got, "text", None) == text:
                        return Got.RIGHT
                    if getattr(got, "text", None) not in said:
                        raise WrongDataError(repr(got))
                return Got.NOTHING  # what was said before may come late: that is not wrong

            yield use


class HidKeypadBench(Bench):
    type_id = "hid-keypad"
    damage = "out"
    checked = False
    unchecked_why = (
        "a key is two events and has no check; the kernel's own events are never damaged"
    )
    cut_after = ("out", 40)
    not_here = NO_LINE

    def driver(self, url: str, device_id: str) -> HidKeypad:
        return HidKeypad(
            device_id, lambda: open_hid(parse_url(url)), randomness=DICE, backoff=QUICK
        )

    @asynccontextmanager
    async def using(self, device: HidKeypad, sim: Sim) -> AsyncIterator[Use]:
        async with Collector(device.keys()) as keys:

            async def use(number: int) -> Got:
                key, code = list(KEYS.items())[number % len(KEYS)]
                while not keys.empty:
                    await keys.next()
                await sim.tell("press", code=code)
                got = await _next(keys)
                if got is None:
                    return Got.NOTHING
                if got is not key:
                    raise WrongDataError(repr(got))
                return Got.RIGHT

            yield use
