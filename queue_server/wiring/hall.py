"""A running hall: every part made once, started in order, stopped in the reverse order."""

import asyncio
import json
import signal
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import uuid_utils
import uvicorn
from fastapi import APIRouter, Request

from queue_server.bus.address import BrokerAddress
from queue_server.bus.broker import ManagedBroker, find_mosquitto
from queue_server.bus.broker_files import DISPLAY_USER
from queue_server.bus.hub import Hub
from queue_server.bus.mqtt import Publisher
from queue_server.catalogue import PublishedCatalogue, published, settings_of, signage_of
from queue_server.clock import DrivenClock, SystemClock
from queue_server.config import ConfigError, ServerConfig, read_secret
from queue_server.contract.ids import DeviceId, HallId
from queue_server.contract.topics import Topics
from queue_server.core import commands as cmd
from queue_server.fingerprint import DayKeys
from queue_server.keeper import DayKeeper
from queue_server.languages import Languages
from queue_server.memory import collect_when_quiet, settle_heap
from queue_server.observe import HallCollector, Metrics
from queue_server.packs import Choice, Pack, load_pack, shipped_pack
from queue_server.paper.wording import mask_name
from queue_server.service import HallService
from queue_server.store.store import Store, open_store
from queue_server.tally import Tally
from queue_server.web.app import build
from queue_server.web.auth import ISSUES, SEES_FIGURES, Authenticator, hash_token
from queue_server.web.deps import Hall
from queue_server.web.live import Streams
from queue_server.web.pages import PageUser, Reasons, pages_router
from queue_server.wiring import demo
from queue_server.wiring.changes import ChangeFeed, Renderer
from queue_server.wiring.figures import ReportFigures
from queue_server.wiring.people import DirectoryPeople, Enroller, new_token

OPERATOR_FILE = "operator.json"
"""Where the command line finds the running server and a token for it."""
GRACE_S = 3
KEEP_ALIVE_S = 75
BACKLOG = 2048

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of this run."""

    data_dir: Path
    demo: bool = False
    driven_clock: bool = False


class _Server(uvicorn.Server):
    """uvicorn under our own signal handling."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`."""
        yield


@dataclass(frozen=True, slots=True)
class _Broker:
    """The broker as the rest sees it: ours, or the hall's own."""

    address: BrokerAddress
    admit: Callable[[DeviceId], Awaitable[str]]
    expel: Callable[[DeviceId], Awaitable[None]]
    health: Callable[[], Mapping[str, object]]


async def serve(config: ServerConfig, options: Options, announce: Callable[[str], None]) -> None:
    """Run a hall until SIGTERM or SIGINT.

    Args:
        config: the process's settings.
        options: of this run.
        announce: is given the "ready …" line.

    Raises:
        ConfigError, StoreError, BrokerError, PackError: it cannot start; one sentence each.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with _running(config, options) as (server, listening, line, streams, hub):
        serving = asyncio.create_task(server.serve([listening]), name="http")
        stopping = asyncio.create_task(stop.wait(), name="stop-signal")
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        announce(line)
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        streams.close()
        hub.close()
        server.should_exit = True
        await serving
        stopping.cancel()


def _bind(config: ServerConfig) -> socket.socket:
    """The listening socket.

    Raises:
        ConfigError: the port is taken or not ours to take.
    """
    host, port = config.http.host, config.http.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named so that asyncio recognizes TCP and sets TCP_NODELAY: an accepted socket
    # inherits it, and without it an answer's body waits 40 ms for the client's delayed ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"http: cannot listen on {host} port {port} ({error.strerror}); "
            "another program may use it: choose another with --port."
        ) from error
    listening.listen(BACKLOG)
    listening.setblocking(False)
    return listening


@asynccontextmanager
async def _running(
    config: ServerConfig, options: Options
) -> AsyncIterator[tuple[_Server, socket.socket, str, Streams, Hub]]:
    pack = load_pack(shipped_pack(config.hall.pack))
    async with AsyncExitStack() as stack:
        listening = _bind(config)
        stack.callback(listening.close)
        store = await asyncio.to_thread(
            open_store,
            options.data_dir,
            config.store_url,
            config.hall.id,
            create=True,
            demo=options.demo,
        )
        stack.callback(store.close)
        parts = await _Parts.make(config, options, pack, store, stack)
        app, streams = build(parts.hall, parts.pages)
        server = _Server(_uvicorn(config, app))
        _load(server)
        url = _url(config, listening)
        await parts.write_credentials(url)
        settle_heap()
        yield server, listening, f"ready {url} {parts.broker.address.url}", streams, parts.hub


def _load(server: _Server) -> None:
    """Read the certificate, if there is one.

    Raises:
        ConfigError: it cannot be read, or is none.
    """
    try:
        server.config.load()
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(f"http.tls_cert, http.tls_key: cannot be used ({error}).") from error


def _uvicorn(config: ServerConfig, app: Any) -> uvicorn.Config:  # noqa: ANN401 - any ASGI callable
    return uvicorn.Config(
        app,
        http="httptools",
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=config.http.tls_cert,
        ssl_keyfile=str(config.http.tls_key) if config.http.tls_key else None,
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
    )


def _url(config: ServerConfig, listening: socket.socket) -> str:
    scheme = "https" if config.http.tls_cert else "http"
    host = config.http.host
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{listening.getsockname()[1]}"


def _choices(choices: Sequence[Choice]) -> list[tuple[str, Mapping[str, str]]]:
    return [(choice.id, choice.names) for choice in choices]


class _Pages:
    """`web.pages.PageDeps` of this hall."""

    def __init__(self, hall: Hall, authenticator: Authenticator, pack: Pack) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._reasons = Reasons(
            pause=_choices(pack.pause_reasons),
            call=_choices(pack.out_of_order_reasons),
            cancel=_choices(pack.cancel_reasons),
        )

    async def page_user(self, request: Request) -> PageUser | None:
        """Who is looking."""
        principal = await self._authenticator.principal(request)
        if principal is None:
            return None
        return PageUser(
            role=principal.role,
            display_name=principal.display_name,
            window_id=principal.window_id,
            may_serve=principal.role in ISSUES,
            may_manage=principal.role in SEES_FIGURES,
        )

    def hall_name(self) -> Mapping[str, str]:
        """The hall's name by language."""
        return self._hall.signs().hall_name

    def languages(self) -> Sequence[str]:
        """Languages of the hall, the default first."""
        return self._hall.languages

    def reasons(self) -> Reasons:
        """What a clerk may give as a reason."""
        return self._reasons

    def timezone(self) -> str:
        """The hall's time zone."""
        return self._hall.time_zone

    def translate(self, language: str, text: str) -> str:
        """A sentence in a language."""
        return self._hall.say(language, text)


class _Parts:
    """What `_running` puts together."""

    def __init__(
        self,
        hall: Hall,
        hub: Hub,
        broker: _Broker,
        secrets: demo.DemoSecrets | None,
        pack: Pack,
        options: Options,
        operator: str,
    ) -> None:
        self._operator = operator
        self.hall = hall
        self.hub = hub
        self.broker = broker
        self._secrets = secrets
        self._pack = pack
        self._options = options

    def pages(self, authenticator: Authenticator) -> APIRouter:
        """The pages' routes."""
        return pages_router(_Pages(self.hall, authenticator, self._pack))

    async def write_credentials(self, url: str) -> None:
        """Tell the command line its token, and the demo's users theirs; for the owner's eyes only."""
        operator = json.dumps({"url": url, "token": self._operator})
        demo.write_private(self._options.data_dir / OPERATOR_FILE, operator)
        if self._secrets is None:
            return
        devices = {
            name: await self.broker.admit(DeviceId(name))
            for name in (demo.KIOSK_ID, *demo.DISPLAYS)
        }
        content = demo.credentials(
            self._secrets,
            self._pack,
            url=url,
            mqtt_url=self.broker.address.url,
            hall_id=self.hall.hall_id,
            display_user=DISPLAY_USER,
            devices=devices,
        )
        text = json.dumps(content, ensure_ascii=False, indent=1)
        demo.write_private(self._options.data_dir / demo.FILE, text)

    @classmethod
    async def make(
        cls,
        config: ServerConfig,
        options: Options,
        pack: Pack,
        store: Store,
        stack: AsyncExitStack,
    ) -> "_Parts":
        """Start everything below the web layer."""
        secrets = demo.seed(options.data_dir, store.directory, pack) if options.demo else None
        languages = Languages(pack.languages)
        signs = signage_of(pack, store.hall_id)
        clock: SystemClock | DrivenClock = DrivenClock() if options.driven_clock else SystemClock()
        tally = Tally()
        feed = ChangeFeed(lambda: signs, languages.say)
        service = HallService(store.journal, clock, (tally, feed))
        await service.start()
        stack.push_async_callback(service.stop)
        clock.not_before(service.last_at_ms)
        figures = ReportFigures(store.reports, service, clock, pack.time_zone)
        keeper = DayKeeper(service, clock, pack.time_zone)
        await _first_settings(service, pack, options)
        await keeper.roll_if_due()
        if service.floor.business_date is not None:
            tally.start_with(
                await asyncio.to_thread(figures.window_days, service.floor.business_date)
            )
        hub = Hub(service.epoch, service.floor.seq)
        feed.connect(hub, lambda: service.epoch)
        broker = await _broker(config, options, store.hall_id, secrets, stack)
        session_id = str(uuid_utils.uuid4())
        publisher = Publisher(
            broker.address,
            Topics(HallId(store.hall_id)),
            hub,
            Renderer(service, clock, lambda: signs, languages.say, keeper.is_open),
            session_id=session_id,
        )
        catalogue = PublishedCatalogue(published(pack, store.hall_id, config.hall.public_url))
        await asyncio.to_thread(
            store.directory.put_catalogue,
            pack.catalogue.hash,
            str(pack.catalogue.version),
            catalogue.json()[0].decode(),
        )
        for name, job in (
            ("mqtt-publisher", publisher.run()),
            ("day-keeper", keeper.run()),
            ("heap-keeper", collect_when_quiet(lambda: service.commits)),
        ):
            _background(stack, name, job)
        operator = new_token()
        metrics = Metrics(HallCollector(service, hub.counters, publisher.counters))
        hall = Hall(
            hall_id=store.hall_id,
            pack_id=pack.id,
            time_zone=pack.time_zone,
            languages=languages.codes,
            demo=options.demo,
            secure=config.http.tls_cert is not None,
            service=service,
            clock=clock,
            own_today=tally.own_today,
            people=DirectoryPeople(store.directory),
            enrolment=Enroller(
                store.directory,
                store.hall_id,
                lambda: broker.address.url,
                broker.admit,
                broker.expel,
            ),
            figures=figures,
            live=hub,
            keeper=keeper,
            tickets=store.journal,
            catalogue=catalogue,
            signs=lambda: signs,
            say=languages.say,
            fingerprint=DayKeys(options.data_dir / "keys").fingerprint,
            mask_name=mask_name,
            new_id=lambda: str(uuid_utils.uuid7()),
            new_token=new_token,
            operator_hash=hash_token(operator),
            wall_ms=lambda: time.time_ns() // 1_000_000,
            metrics=metrics.text,
            health=lambda: {
                "mqtt": publisher.health.state,
                "broker": broker.health(),
                "journal_seq": service.floor.seq,
            },
        )
        return cls(hall, hub, broker, secrets, pack, options, operator)


def _background(stack: AsyncExitStack, name: str, job: Any) -> None:  # noqa: ANN401 - a coroutine
    """Run a task for as long as the hall runs; its end is always logged."""

    async def watched() -> None:
        try:
            await job
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("task-died", task=name)
            raise

    task = asyncio.create_task(watched(), name=name)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)


async def _first_settings(service: HallService, pack: Pack, options: Options) -> None:
    """A new hall starts with its pack's settings; a hall that has some keeps them."""
    if service.floor.settings is not None:
        return
    always_open = options.demo and pack.demo.always_open
    await service.handle(
        cmd.ChangeSettings(settings_of(pack, always_open=always_open), pack.catalogue.hash),
        actor="server:setup",
        render=lambda before, after, events: (200, b""),
    )


async def _broker(
    config: ServerConfig,
    options: Options,
    hall_id: str,
    secrets: demo.DemoSecrets | None,
    stack: AsyncExitStack,
) -> _Broker:
    if config.mqtt.url is not None:
        return _own_broker(config)
    managed = await stack.enter_async_context(
        ManagedBroker(
            options.data_dir / "mqtt",
            HallId(hall_id),
            binary=find_mosquitto(),
            port=config.mqtt.port,
            display_password=secrets.display_password if secrets else None,
        ),
    )
    return _Broker(
        managed.address,
        managed.admit,
        managed.expel,
        lambda: {"state": managed.health.state, "restarts": managed.health.restarts},
    )


def _own_broker(config: ServerConfig) -> _Broker:
    """A broker the hall runs itself: its users are the administrator's business."""
    if config.mqtt.password_file is None:
        raise ConfigError("mqtt.password_file: a broker by URL needs it (docs/mqtt.md).")
    try:
        address = BrokerAddress.from_url(
            config.mqtt.url or "",
            config.mqtt.username,
            read_secret(config.mqtt.password_file),
            ca_file=config.mqtt.ca_file,
        )
    except ValueError as error:
        raise ConfigError(f"mqtt.url: {error}.") from error

    async def admit(device_id: DeviceId) -> str:
        log.info("add-device-to-own-broker", device=device_id)
        return ""

    async def expel(device_id: DeviceId) -> None:
        log.info("remove-device-from-own-broker", device=device_id)

    return _Broker(address, admit, expel, lambda: {"state": "external"})
