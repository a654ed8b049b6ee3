"""What a hall hears: the display program, a real broker, and a sound card that keeps it all."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hardware.registry import SimOptions, default_for
from hardware.roles import DeviceKind
from hardware.sim.control import tell
from queue_server.bus.address import BrokerAddress
from queue_server.contract.messages import CallAnnouncement
from tests.sounds import Sound, clips_of, make_bank, sounds
from tests.unit.bus.rig import DISPLAY_PASSWORD, HALL, TOPICS, client, running_broker
from tests.unit.kiosk_display.rig import DisplayProcess

pytestmark = pytest.mark.system

DIGITS = tuple(f"digit-{digit}" for digit in range(1, 10))
ZH = ("again", "please", "letter-a", *DIGITS, "digit-1-yao", "label-end", "window-1", "window-2")
EN = ("again", "ticket", "letter-a", *DIGITS, "window-1", "window-2")
CLIP_S = 0.1


def call(
    number: str, *, window: str = "1", attempt: int = 1, language: str = "zh-CN"
) -> CallAnnouncement:
    return CallAnnouncement(
        call_id=f"call-{number}",
        attempt=attempt,
        epoch=1,
        rev=10 * int(number[1:]) + attempt,
        number=number,
        window_id=window,
        language=language,
        phrases=["please", f"number:{number}", "to", f"window:{window}"],
        text={"zh-CN": f"请 {number} 号到 {window} 号窗口", "en": f"{number}, window {window}"},
        at=datetime.now(UTC),
    )


class Hall:
    """The broker, and the server's voice on it."""

    def __init__(self, address: BrokerAddress, server: aiomqtt.Client, place: Path) -> None:
        self._address = address
        self._server = server
        self._place = place
        self.bank = make_bank(place / "bank", {"zh_CN": ZH, "en": EN}, CLIP_S)

    async def say(self, *calls: CallAnnouncement, expires_s: int = 20) -> None:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.MessageExpiryInterval = expires_s
        for each in calls:
            await self._server.publish(
                TOPICS.call(), each.model_dump_json(), qos=1, properties=properties
            )

    @asynccontextmanager
    async def display(self, kind: str, display: str) -> AsyncIterator["Screen"]:
        """A display program with a sound card of its own."""
        place = self._place / kind
        place.mkdir()
        async with simulated_card(place) as url:
            (place / "password").write_text(DISPLAY_PASSWORD)
            file = place / "display.toml"
            file.write_text(
                f'device_id = "{kind}"\ndata_dir = "data"\n'
                f'[server]\nurl = "http://127.0.0.1:9"\n'
                f'[mqtt]\nurl = "mqtt://{self._address.host}:{self._address.port}"\n'
                f'username = "display"\npassword_file = "password"\nhall_id = "{HALL}"\n'
                f"[display]\n{display}\n"
                f'[speaker]\nurl = "{url}"\nsounds = "{self.bank}"\n'
            )
            program = DisplayProcess(kind, file, "320x320")
            try:
                await asyncio.to_thread(program.connect)
                await asyncio.to_thread(program.until, lambda seen: bool(seen["connected"]), 30)
                yield Screen(program, place)
                assert await asyncio.to_thread(program.stop) == 0
            finally:
                program.close()


class Screen:
    """A display at work, and what its loudspeaker said."""

    def __init__(self, program: DisplayProcess, place: Path) -> None:
        self.program = program
        self._place = place

    async def tell_card(self, do: str) -> None:
        assert (await tell(self._place / "c", {"do": do}))["ok"]

    async def heard(self, count: int, within_s: float = 40) -> list[Sound]:
        """So many sounds, and no more in the next second."""
        async with asyncio.timeout(within_s):
            while len([*Path.glob(self._place, "card/*.json")]) < count:  # noqa: ASYNC110 - files
                await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        return sounds(self._place / "card")

    def log_says(self, *words: str) -> bool:
        """Whether one line of the program's log has all of these."""
        lines = self.program.said().splitlines()
        return any(all(word in line for word in words) for line in lines)


@asynccontextmanager
async def simulated_card(place: Path) -> AsyncIterator[str]:
    options = SimOptions(None, 0, place / "c", place / "card", {"speed": "6"})
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    card = default_for(DeviceKind.ANNOUNCER).simulate(options, url.set_result)
    task = asyncio.create_task(card, name="card")
    try:
        yield await url
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(running_broker(tmp_path))
        at = broker.address
        server = await stack.enter_async_context(client(at, at.username, at.password))
        yield Hall(at, server, tmp_path)


def words(sound: Sound) -> tuple[str, list[str]]:
    """The language of a sentence, and its clips in the order they are heard."""
    said = {
        language: sound.names(clips_of(language, ("chime", *ids), CLIP_S))
        for language, ids in (("zh_CN", ZH), ("en", EN))
    }
    language = max(said, key=lambda each: len(said[each]))
    return language, said[language]


def chinese(digit: int, window: str = "1", *, again: bool = False) -> list[str]:
    spelt = "digit-1-yao" if digit == 1 else f"digit-{digit}"
    return [
        *(["again"] if again else []),
        *("please", "letter-a", spelt, "label-end", f"window-{window}"),
    ]


def english(digit: int, window: str = "1", *, again: bool = False) -> list[str]:
    return [
        *(["again"] if again else []),
        "ticket",
        "letter-a",
        f"digit-{digit}",
        f"window-{window}",
    ]


async def test_a_burst_and_a_recall_are_each_spoken_once_in_order_and_none_over_another(
    hall: Hall,
) -> None:
    async with (
        hall.display("hall", "announcer = true") as screen,
        hall.display("window", 'window_id = "2"') as window,
    ):
        burst = [call(f"A{digit}") for digit in range(1, 6)]
        burst[1] = call("A2", language="en")
        burst[3] = call("A4", window="2")
        # A broker may deliver twice; the second and the third of these are the same call.
        await hall.say(*burst[:3], burst[2], *burst[3:], call("A1", attempt=2))
        heard = await screen.heard(12)
        assert [words(sound) for sound in heard] == [
            ("zh_CN", ["chime", *chinese(1)]), ("en", english(1)),
            ("en", ["chime", *english(2)]), ("zh_CN", chinese(2)),
            ("zh_CN", ["chime", *chinese(3)]), ("en", english(3)),
            ("zh_CN", ["chime", *chinese(4, "2")]), ("en", english(4, "2")),
            ("zh_CN", ["chime", *chinese(5)]), ("en", english(5)),
            ("zh_CN", ["chime", *chinese(1, again=True)]), ("en", english(1, again=True)),
        ]  # fmt: skip
        assert all(sound.alone and not sound.cut for sound in heard)
        assert all(one.ends_s <= two.begins_s for one, two in itertools.pairwise(heard))
        at_window = await window.heard(2)
        assert [words(sound) for sound in at_window] == [
            ("zh_CN", ["chime", *chinese(4, "2")]), ("en", english(4, "2")),
        ]  # fmt: skip


async def test_a_call_whose_time_is_over_is_never_spoken_and_is_logged_by_its_code(
    hall: Hall,
) -> None:
    async with hall.display("hall", "announcer = true") as screen:
        await screen.tell_card("freeze")
        await hall.say(call("A1"))
        await asyncio.sleep(0.5)
        await hall.say(call("A2"), expires_s=1)
        await asyncio.sleep(2)
        await screen.tell_card("thaw")
        assert [words(sound)[1][-2] for sound in await screen.heard(2)] == ["label-end", "digit-1"]
        assert screen.log_says("call_unspoken", "call-A2/1", "announcement-expired", "total=1")
        await screen.tell_card("unplug")
        await hall.say(call("A3"), expires_s=1)
        await asyncio.sleep(2)
        await screen.tell_card("replug")
        await hall.say(call("A4"))
        heard = await screen.heard(4)
        assert [words(sound)[1] for sound in heard[2:]] == [["chime", *chinese(4)], english(4)]
        assert screen.log_says("call_unspoken", "call-A3/1", "total=1")
        assert screen.log_says("call_spoken", "call-A4/1")
