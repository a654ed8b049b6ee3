"""A sound device played through `aplay`, the player of alsa-utils, as a process of its own.

One process for one sound, fed from memory and gone when it has been heard; between two sounds
nothing is held open. docs/adr says why a process and not a library.
"""

import asyncio
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from hardware.errors import (
    AccessDenied,
    DeviceBusy,
    HardwareError,
    NoSoundDevice,
    NoSoundPlayer,
    SoundAccessDenied,
    SoundFault,
    TimedOut,
)
from hardware.speech.samples import RATE_HZ, Samples, length_s

PLAYER: Final = "aplay"
OPEN_LIMIT_S: Final = 5.0
"""A local card opens within milliseconds; a sound server that is just starting takes a second."""
SLACK_S: Final = 5.0
"""A sound may take so much longer than its length: opening, the card's buffer, a busy machine."""
END_WITHIN_S: Final = 0.1
"""aplay ends within milliseconds of SIGTERM; then it is killed."""
SAID_MAX_BYTES: Final = 4096
DEVICE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:,.=-]{0,127}")
SOUND_NODES: Final = Path("/dev/snd")

_OPEN_FAILED: Final = "audio open error"
"""aplay.c of alsa-utils, main()."""
_TEXTS: Final[tuple[tuple[str, type[HardwareError]], ...]] = (
    ("Device or resource busy", DeviceBusy),
    ("Permission denied", SoundAccessDenied),
    ("Operation not permitted", SoundAccessDenied),
    ("No such file or directory", NoSoundDevice),
    ("No such device", NoSoundDevice),
    ("Connection refused", NoSoundDevice),
)
"""strerror of the C locale (glibc). The last is a sound server that is not running."""


def reason(said: str, nodes: Path = SOUND_NODES) -> HardwareError:
    """Why aplay failed, from what it wrote to its standard error.

    Args:
        said: The whole text; its last line is aplay's own, the ones before are the library's.
        nodes: Folder of the device nodes: a user outside the group audio is often told that there
            is no such file.
    """
    last = (said.strip().splitlines() or [""])[-1]
    for text, error in _TEXTS:
        if text in last:
            denied = error is NoSoundDevice and nodes_closed(nodes)
            return SoundAccessDenied(text) if denied else error(text)
    return SoundFault("aplay")


def nodes_closed(nodes: Path) -> bool:
    """Whether there are sound cards, and none that this user may play on."""
    outputs = list(nodes.glob("pcm*p"))
    return bool(outputs) and not any(os.access(node, os.W_OK) for node in outputs)


class Aplay:
    """One sound device by its ALSA name ("default", "plughw:CARD=Headset")."""

    def __init__(self, device: str, *, config: str = "", player: str = PLAYER) -> None:
        """Open nothing.

        Args:
            device: ALSA name.
            config: ALSA configuration file in place of the machine's own; empty for that.
            player: aplay, or what stands in for it.
        """
        self._device = device
        self._player = player
        self._environment = {**os.environ, "LC_ALL": "C"}
        if config:
            self._environment["ALSA_CONFIG_PATH"] = config
        self._strays: list[subprocess.Popen[bytes]] = []

    async def check(self) -> None:
        """Open the device and close it again, without a sound.

        aplay opens before it reads; where the head of a WAV file is missing it ends before it has
        set the card up. (Without a head to miss it would play a moment of silence.)

        Raises:
            HardwareError: It cannot be opened.
        """
        _status, said = await self._run(["-t", "wav"], b"", OPEN_LIMIT_S)
        if _OPEN_FAILED in said:
            raise reason(said)

    async def play(self, samples: Samples) -> None:
        """Play a sound; returns when it has been heard. Who is cancelled cuts it off.

        Raises:
            HardwareError: It was not heard to its end.
        """
        form = ["-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ)]
        data = samples.astype("<i2").tobytes()
        status, said = await self._run(form, data, length_s(samples) + SLACK_S)
        if status != 0:
            await self.check()  # a card that was pulled out says so here, in clear words
            raise reason(said) if said.strip() else SoundFault(f"aplay ended with {status}")
        # A card that goes in the last half second lets aplay end as if all were well.
        await self.check()

    async def close(self) -> None:
        """Nothing is held open."""
        self._reap()

    async def _run(self, form: Sequence[str], data: bytes, limit_s: float) -> tuple[int, str]:
        self._reap()
        with _memory(data) as given, _memory(b"") as said:
            process = self._start([self._player, "-q", "-D", self._device, *form], given, said)
            try:
                async with asyncio.timeout(limit_s):
                    await _ended(process)
            except TimeoutError as error:
                raise TimedOut("aplay") from error
            finally:
                await self._put_away(process)
            return process.returncode, os.pread(said, SAID_MAX_BYTES, 0).decode("utf-8", "replace")

    def _start(self, command: list[str], given: int, said: int) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                stdin=given,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=self._environment,
            )
        except OSError as error:
            _refuse(error)

    async def _put_away(self, process: subprocess.Popen[bytes]) -> None:
        """No process outlives its sound; one that cannot be killed is looked at again later."""
        if process.poll() is not None:
            return
        self._strays.append(process)
        for end in (process.terminate, process.kill):
            end()
            try:
                async with asyncio.timeout(END_WITHIN_S):
                    await _ended(process)
            except TimeoutError:
                continue
            break
        self._reap()

    def _reap(self) -> None:
        self._strays = [process for process in self._strays if process.poll() is None]


def _refuse(error: OSError) -> NoReturn:
    """The player itself cannot be started.

    Raises:
        NoSoundPlayer: It is not installed.
        AccessDenied: It may not be run.
    """
    if isinstance(error, FileNotFoundError):
        raise NoSoundPlayer from error
    raise AccessDenied(type(error).__name__) from error


@contextmanager
def _memory(data: bytes) -> Iterator[int]:
    """A file in memory that a process reads or writes like any other."""
    fd = os.memfd_create("sound")
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)


async def _ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process without a thread (Linux 5.3)."""
    loop = asyncio.get_running_loop()
    gone: asyncio.Future[None] = loop.create_future()
    fd = os.pidfd_open(process.pid)
    loop.add_reader(fd, lambda: None if gone.done() else gone.set_result(None))
    try:
        await gone
    finally:
        loop.remove_reader(fd)
        os.close(fd)
    process.wait()
