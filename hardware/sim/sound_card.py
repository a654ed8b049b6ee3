"""A simulated sound card: what a player sends it through ALSA is kept as it would be heard.

It writes an ALSA configuration file whose one device hands its samples (ALSA's own `plug` and
`file` plugins) to `sound_tap`, and that to us. We take them at the speed of a loudspeaker, so a
player takes as long as it would with a real card, and is cut off when the card is pulled out.

Its own commands: `freeze` (it takes nothing any more), `thaw`, `busy` and `deny` (the device
cannot be opened, for players started as the file `aplay` that lies in its folder), `free`. Of the
common ones `unplug`, `replug`, `unplug-after` (`bytes`) and `fault` with `delay_s` alone (the card
takes so long to start).
Options: `rate` (16000), `channels` (1), `speed` (1; 8: eight times as fast), `name` (hall).
Files: for each sound `sound-0001.wav` and, written last, `sound-0001.json`: `begins_s` and `ends_s`
(monotonic), `seconds`, `cut` (the card was pulled out), `alone` (nothing else was heard meanwhile).
Events: `sound` (`file`: path of the JSON), `begins`.
"""

import asyncio
import json
import shlex
import sys
import wave
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from hardware.registry import SimOptions
from hardware.sim import sound_tap
from hardware.sim.control import Command, Events, RefusedCommandError, control_socket

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "rate": ("8000", "16000", "44100", "48000"),
    "channels": ("1", "2"),
    "speed": (),
    "name": (),
}
SAMPLE_BYTES: Final = 2
REFUSALS: Final = {"busy": "Device or resource busy", "deny": "Permission denied"}

_DEVICE: Final = """pcm.{name} {{
  type plug
  slave {{
    pcm {{ type file format raw file "|exec {tap}" slave.pcm {{ type null }} }}
    format S16_LE rate {rate} channels {channels}
  }}
}}
"""
_PLAYER: Final = """#!/bin/sh
refusal=$(cat {refusal} 2>/dev/null)
if [ -n "$refusal" ]; then
  echo "aplay: main:831: audio open error: $refusal" >&2
  exit 1
fi
exec aplay "$@"
"""


class SimSoundCard:
    """The card, and everyone who plays on it."""

    def __init__(self, options: SimOptions, events: Events) -> None:
        """Plugged in and silent."""
        given = options.options
        self._out = options.out
        self._events = events
        self._rate_hz = int(given.get("rate", "16000"))
        self._channels = int(given.get("channels", "1"))
        self._speed = float(given.get("speed", "1"))
        self._name = given.get("name", "hall")
        self._port = 0
        self._delay_s = 0.0
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._unplug_after: int | None = None
        self._plugged = False
        self._players: set[asyncio.Task[None]] = set()
        self._sounding = 0
        self._sounds = 0
        self._refusal = ""

    @property
    def url(self) -> str:
        """Where a driver finds it."""
        return f"alsa://{self._name}?config={self._config}"

    @property
    def _config(self) -> Path:
        return self._out / "asound.conf"

    def stand(self, port: int) -> None:
        """Lie there for players: `port` is where their taps connect."""
        self._port = port
        self._out.mkdir(parents=True, exist_ok=True)
        player = self._out / "aplay"
        player.write_text(_PLAYER.format(refusal=shlex.quote(str(self._out / "refusal"))))
        player.chmod(0o755)
        self.plug()

    def plug(self) -> None:
        """Be there."""
        tap = [sys.executable, "-I", "-S", sound_tap.__file__, str(self._port)]
        text = _DEVICE.format(
            name=self._name,
            tap=" ".join(shlex.quote(word) for word in tap),
            rate=self._rate_hz,
            channels=self._channels,
        )
        self._write_config(text)
        self._plugged = True

    async def unplug(self) -> None:
        """Be gone, and cut off whoever plays."""
        self._plugged = False
        self._write_config("# unplugged\n")
        for task in tuple(self._players):
            task.cancel()
        if self._players:
            await asyncio.wait(self._players)

    def _write_config(self, text: str) -> None:
        fresh = self._config.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self._config)

    async def handle(self, command: Command) -> Mapping[str, object]:
        """Obey one command."""
        match command.get("do"):
            case "unplug":
                await self.unplug()
            case "replug":
                self.plug()
            case "unplug-after":
                self._unplug_after = int(command["bytes"])
            case "fault":
                self._fault(command)
            case "freeze":
                self._thawed.clear()
            case "thaw":
                self._thawed.set()
            case "busy" | "deny" | "free" as do:
                self._refuse(REFUSALS.get(do, ""))
            case "state" | "watch":
                pass
            case other:
                raise RefusedCommandError(f"unknown command {other}")
        return {"state": self._state()}

    def _state(self) -> Mapping[str, object]:
        return {
            "plugged": self._plugged,
            "sounding": self._sounding,
            "sounds": self._sounds,
            "refusal": self._refusal,
            "player": str(self._out / "aplay"),
        }

    def _fault(self, command: Command) -> None:
        if set(command) - {"do", "delay_s", "direction"}:
            raise RefusedCommandError("a sound card knows the fault delay_s only")
        self._delay_s = float(command.get("delay_s", 0))

    def _refuse(self, text: str) -> None:
        self._refusal = text
        (self._out / "refusal").write_text(text)

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One player, from its first sample to its last."""
        task = asyncio.current_task()
        if task is not None:
            task.set_name("sim sound")
            self._players.add(task)
        try:
            await self._hear(reader, writer)
        except asyncio.CancelledError:
            pass  # pulled out
        except ConnectionError:
            pass  # the player was killed
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            if task is not None:
                self._players.discard(task)
        if self._unplug_after is not None and self._unplug_after <= 0:
            self._unplug_after = None
            await self.unplug()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await _head(reader)
        if not head:
            return  # it was opened and closed: nothing to hear
        await asyncio.sleep(self._delay_s)
        self._sounds += 1
        heard = _Heard(self._sounds, asyncio.get_running_loop().time())
        self._sounding += 1
        heard.alone = self._sounding == 1
        self._events.tell("begins")
        cut = True
        try:
            while head:
                data = await reader.readexactly(int.from_bytes(head, "big"))
                if not await self._take(heard, data):
                    return
                writer.write(b"k")
                head = await _head(reader)
            cut = False
        finally:
            heard.alone = heard.alone and self._sounding == 1
            self._sounding -= 1
            self._keep(heard, cut=cut)

    async def _take(self, heard: "_Heard", data: bytes) -> bool:
        """Play one piece; False where the card is pulled out after it."""
        await self._thawed.wait()
        heard.samples += data
        heard.alone = heard.alone and self._sounding == 1
        loop = asyncio.get_running_loop()
        per_second = self._rate_hz * self._channels * SAMPLE_BYTES * self._speed
        await asyncio.sleep(heard.begins_s + len(heard.samples) / per_second - loop.time())
        if self._unplug_after is not None:
            self._unplug_after -= len(data)
            return self._unplug_after > 0
        return True

    def _keep(self, heard: "_Heard", *, cut: bool) -> None:
        file = self._out / f"sound-{heard.number:04}.wav"
        frame = SAMPLE_BYTES * self._channels
        whole = bytes(heard.samples[: len(heard.samples) // frame * frame])
        with wave.open(str(file), "wb") as sound:
            sound.setnchannels(self._channels)
            sound.setsampwidth(SAMPLE_BYTES)
            sound.setframerate(self._rate_hz)
            sound.writeframes(whole)
        record = {
            "wav": file.name,
            "begins_s": heard.begins_s,
            "ends_s": asyncio.get_running_loop().time(),
            "seconds": len(whole) / frame / self._rate_hz,
            "cut": cut,
            "alone": heard.alone,
        }
        told = file.with_suffix(".json")
        fresh = told.with_suffix(".new")
        fresh.write_text(json.dumps(record))
        fresh.replace(told)
        self._events.tell("sound", file=str(told))


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The length of the next piece; nothing where the player has ended."""
    try:
        return await reader.readexactly(sound_tap.HEAD_BYTES)
    except asyncio.IncompleteReadError:
        return b""


class _Heard:
    """One sound while it is heard."""

    def __init__(self, number: int, begins_s: float) -> None:
        self.number = number
        self.begins_s = begins_s
        self.samples = bytearray()
        self.alone = True


async def simulate(options: SimOptions, ready: Callable[[str], None]) -> None:
    """Run a simulated sound card until cancelled."""
    if options.pty_link is not None:
        raise RefusedCommandError("a sound card has no serial line; use neither --pty nor --tcp")
    if {'"', "%"} & set(str(options.out)):
        raise RefusedCommandError("ALSA reads \" and % in the folder's name as signs of its own")
    events = Events()
    card = SimSoundCard(options, events)
    server = await asyncio.start_server(card.attend, "127.0.0.1", 0)
    try:
        card.stand(server.sockets[0].getsockname()[1])
        async with control_socket(options.control, card.handle, events):
            ready(card.url)
            await asyncio.Event().wait()
    finally:
        server.close()
        await card.unplug()
