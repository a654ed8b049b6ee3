"""The server's own Mosquitto: found, configured, started, watched and stopped.

It listens on loopback only (and, where asked, over TLS for other machines), knows no anonymous
user, keeps nothing on disk, and dies with the server (`tether`). When it dies by itself it is
started again on the same port; the publisher then says everything again. A broker that is
already on the machine is left alone.
"""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import structlog

from queue_server.bus import tether
from queue_server.bus.address import BrokerAddress
from queue_server.bus.broker_files import DISPLAY_USER, SERVER_USER, TlsListener
from queue_server.bus.broker_home import BrokerHome
from queue_server.bus.errors import BrokerError, BrokerMissing
from queue_server.contract.ids import DeviceId, HallId

LOOPBACK = "127.0.0.1"
READY_WITHIN_S = 10.0
READY_POLL_S = 0.02
RELOAD_WITHIN_S = 10.0
ASK_AGAIN_S = 0.3
STOP_WITHIN_S = 3.0
BACKOFF_FIRST_S = 0.1
BACKOFF_MOST_S = 5.0
STOOD_AFTER_S = 10.0
"""Only a broker that stood this long starts the backoff anew."""
INSTALL_LINE = "apt-get install --no-install-recommends mosquitto"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BrokerHealth:
    """How the broker's process stands. `detail` is an English sentence for a log or `/readyz`."""

    state: Literal["running", "down"]
    since: datetime
    restarts: int = 0
    detail: str | None = None


def find_mosquitto(search: str | None = None) -> Path:
    """The installed Mosquitto; Debian puts it where an ordinary user's PATH does not look.

    Args:
        search: A PATH to look in; None for this process's, and the usual sbin directories.

    Raises:
        BrokerMissing: There is none; the sentence says what to do.
    """
    where = search or os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    found = shutil.which("mosquitto", path=where)
    if found is None:
        raise BrokerMissing(
            "The displays need the MQTT broker Mosquitto, and it is not installed here. "
            f"As root: {INSTALL_LINE}   "
            "(or name a broker of your own: [mqtt] url, see docs/mqtt.md)"
        )
    return Path(found)


class ManagedBroker:
    """A Mosquitto that belongs to this server: an async context manager.

    Entering starts it and returns when it takes connections; leaving stops it.
    """

    def __init__(
        self,
        directory: Path,
        hall: HallId,
        *,
        binary: Path,
        port: int | None = None,
        display_password: str | None = None,
        lan: TlsListener | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is written or started before the context is entered.

        Args:
            directory: The broker's own directory under the hall's data.
            hall: Whose topics the access list names.
            binary: From `find_mosquitto`.
            port: A loopback port that was asked for; None for the one of the last run or a free
                one, never 1883.
            display_password: Makes the read-only user `display` with it; for the demo.
            lan: A TLS listener for devices on other machines.
            now: Wall time, UTC.
        """
        self._home = BrokerHome(directory, hall, display_password=display_password, lan=lan)
        self._binary = binary
        self._asked_port = port
        self._now = now
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._process_log: asyncio.Task[None] | None = None
        self._reloaded = asyncio.Event()
        self._last_lines: list[str] = []
        self._changing = asyncio.Lock()
        self._address: BrokerAddress | None = None
        self.health = BrokerHealth("down", now(), detail="not started")

    @property
    def address(self) -> BrokerAddress:
        """Where it is, with the server's own login (made anew at each start of the server).

        Raises:
            BrokerError: It was never started.
        """
        if self._address is None:
            raise BrokerError("the broker has not been started")
        return self._address

    @property
    def pid(self) -> int | None:
        """The running process, for the operator; None while there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    @property
    def display_user(self) -> str:
        """The read-only user of the demo."""
        return DISPLAY_USER

    async def __aenter__(self) -> Self:
        """Start it.

        Raises:
            BrokerError: It cannot start; the sentence says why.
        """
        port = self._home.choose_port(self._asked_port)
        self._home.write_all(port)
        self._address = BrokerAddress(LOOPBACK, port, SERVER_USER, self._home.server_password)
        await self._start()
        self._watch = asyncio.create_task(self._keep_running(), name="broker-watch")
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
        await self._stop()

    async def admit(self, device_id: DeviceId) -> str:
        """Give a device a login of its own, or a new password; the answer is shown once.

        Raises:
            BrokerError: The id is not one a device may have.
        """
        async with self._changing:
            password = self._home.admit(device_id)
            await self._reload()
        return password

    def knows(self, device_id: DeviceId) -> bool:
        """Whether a device has a login; those of earlier runs are kept."""
        return self._home.knows(device_id)

    async def expel(self, device_id: DeviceId) -> None:
        """Take a device's login away; a connection that it has is closed. Unknown ids are fine."""
        async with self._changing:
            if self._home.expel(device_id):
                await self._reload()

    async def _start(self) -> None:
        self._last_lines.clear()
        account = self._home.account_to_become or "-"
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", tether.__file__),
            *(str(os.getpid()), account, "--"),
            *(str(self._binary), "-c", self._home.config_name),
            cwd=self._home.run_directory,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C in a terminal is for the server, which says goodbye over this broker first.
            start_new_session=True,
        )
        self._process_log = asyncio.create_task(self._read_log(self._process), name="broker-log")
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                await self._until_ready(self._process)
        except TimeoutError as error:
            await self._stop()
            raise BrokerError(f"Mosquitto takes no connections: {self._said()}") from error
        self.health = BrokerHealth("running", self._now(), self.health.restarts)
        log.info("broker_running", port=self.address.port, pid=self._process.pid)

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        while True:
            if process.returncode is not None:
                await self._log_end()
                raise BrokerError(f"Mosquitto does not start: {self._said()}")
            try:
                _, writer = await asyncio.open_connection(LOOPBACK, self.address.port)
            except OSError:
                await asyncio.sleep(READY_POLL_S)
                continue
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            return

    async def _keep_running(self) -> None:
        """Start it again whenever it dies, less and less eagerly while it keeps dying."""
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            if self._process is not None:
                code = await self._process.wait()
                await self._log_end()
                log.error("broker_died", code=code, said=self._said())
            failures = 1 if loop.time() - began_s >= STOOD_AFTER_S else failures + 1
            restarts = self.health.restarts + 1
            self.health = BrokerHealth("down", self._now(), restarts, self._said())
            await asyncio.sleep(min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2 ** min(failures - 1, 8)))
            try:
                self._home.write_all(self.address.port)
                await self._start()
            except (BrokerError, OSError) as error:
                log.error("broker_restart_failed", reason=str(error))  # noqa: TRY400 - the sentence says it all
                self._process = None

    async def _reload(self) -> None:
        """Have the broker read the users again; when it is down, its next start does."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        self._reloaded.clear()
        try:
            async with asyncio.timeout(RELOAD_WITHIN_S):
                while not await self._heard_reload(process):
                    pass
        except TimeoutError as error:
            raise BrokerError("Mosquitto did not read its users again") from error

    async def _heard_reload(self, process: asyncio.subprocess.Process) -> bool:
        """Ask once. A signal that comes while Mosquitto still reads from the last one is lost.

        (src/loop.c clears the flag when it is done, not when it begins; seen with 2.0.11.)
        """
        if process.returncode is not None:
            return True  # its next start reads them
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGHUP)
        with suppress(TimeoutError):
            async with asyncio.timeout(ASK_AGAIN_S):
                await self._reloaded.wait()
        return self._reloaded.is_set()

    async def _log_end(self) -> None:
        """Until everything a dead broker said has been read."""
        reading, self._process_log = self._process_log, None
        if reading is not None:
            await reading

    async def _read_log(self, process: asyncio.subprocess.Process) -> None:
        stream = process.stderr
        if stream is None:
            raise BrokerError("the broker's log is not a pipe")
        while raw := await stream.readline():
            line = raw.decode("utf-8", "replace").rstrip()
            self._last_lines[:] = [*self._last_lines[-4:], line]
            if "Reloading config" in line:
                self._reloaded.set()
            if line.startswith(("Error", "Warning")):
                log.warning("broker_says", line=line)

    def _said(self) -> str:
        return " / ".join(self._last_lines) or "it said nothing"

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(STOP_WITHIN_S):
                    await process.wait()
            except TimeoutError:
                log.warning("broker_killed", after_s=STOP_WITHIN_S)
                process.kill()
                await process.wait()
        await self._log_end()
        self.health = BrokerHealth("down", self._now(), self.health.restarts, "stopped")
