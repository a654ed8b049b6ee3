"""The parts of a hall, each made once."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import uuid_utils
from fastapi import APIRouter

from queue_server.bus.broker_files import DISPLAY_USER
from queue_server.bus.hub import Hub
from queue_server.bus.mqtt import Publisher
from queue_server.catalogue import PublishedCatalogue, published, settings_of, signage_of
from queue_server.clock import DrivenClock, SystemClock
from queue_server.config import ServerConfig
from queue_server.contract.ids import DeviceId, HallId
from queue_server.contract.topics import Topics
from queue_server.core import commands as cmd
from queue_server.fingerprint import DayKeys, hall_secret
from queue_server.keeper import DayKeeper
from queue_server.languages import Languages
from queue_server.memory import collect_when_quiet
from queue_server.observe import HallCollector, Metrics
from queue_server.packs import Pack
from queue_server.paper.wording import mask_name
from queue_server.service import HallService
from queue_server.store.store import Store
from queue_server.tally import Tally
from queue_server.web.api_appointments import Limits
from queue_server.web.api_follow import FollowDesk
from queue_server.web.appointment_desk import AppointmentDesk
from queue_server.web.auth import Authenticator, hash_token
from queue_server.web.deps import Hall
from queue_server.web.pages import pages_router
from queue_server.web.pages_booking import booking_router
from queue_server.web.pages_follow import follow_pages
from queue_server.wiring import demo
from queue_server.wiring.brokers import Broker, open_broker
from queue_server.wiring.changes import ChangeFeed, Renderer
from queue_server.wiring.devices import HallDevices
from queue_server.wiring.figures import ReportFigures
from queue_server.wiring.page_deps import HallPages
from queue_server.wiring.people import DirectoryPeople, Enroller, new_token

OPERATOR_FILE = "operator.json"
"""Where the command line finds the running server and a token for it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of this run."""

    data_dir: Path
    demo: bool = False
    driven_clock: bool = False


class Parts:
    """A hall below its HTTP server."""

    def __init__(
        self,
        hall: Hall,
        hub: Hub,
        broker: Broker,
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
        router = pages_router(HallPages(self.hall, authenticator, self._pack))
        router.include_router(booking_router(self.hall, AppointmentDesk(self.hall), Limits()))
        router.include_router(follow_pages(self.hall, FollowDesk(self.hall)))
        return router

    async def write_credentials(self, url: str) -> None:
        """Tell the command line its token and the demo its logins, for the owner's eyes only."""
        operator = json.dumps({"url": url, "token": self._operator})
        demo.write_private(self._options.data_dir / OPERATOR_FILE, operator)
        if self._secrets is None:
            return
        devices = {
            name: await self._device_password(self._secrets, name)
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

    async def _device_password(self, secrets: demo.DemoSecrets, name: str) -> str:
        """The one of an earlier start, so that a running display comes back by itself."""
        kept = secrets.device_passwords.get(name)
        if kept and self.broker.knows(DeviceId(name)):
            return kept
        return await self.broker.admit(DeviceId(name))

    @classmethod
    async def make(
        cls,
        config: ServerConfig,
        options: Options,
        pack: Pack,
        store: Store,
        stack: AsyncExitStack,
    ) -> "Parts":
        """Start everything below the web layer."""
        secrets = demo.seed(options.data_dir, store.directory, pack) if options.demo else None
        languages = Languages(pack.languages, demo=options.demo)
        signs = signage_of(pack, store.hall_id)
        clock: SystemClock | DrivenClock = DrivenClock() if options.driven_clock else SystemClock()
        tally = Tally()
        feed = ChangeFeed(lambda: signs, languages.say)
        service = HallService(store.journal, clock, (tally, feed))
        await service.start()
        stack.push_async_callback(service.stop)
        clock.not_before(service.last_at_ms)
        figures = ReportFigures(store.reports, service, clock, pack.time_zone)
        keys = DayKeys(options.data_dir / "keys")
        keeper = DayKeeper(service, clock, pack.time_zone, keys.purge)
        await _first_settings(service, pack, options)
        await keeper.roll_if_due()
        if service.floor.business_date is not None:
            day = service.floor.business_date
            tally.start_with(await asyncio.to_thread(lambda: list(store.reports.rows(day, day))))
        hub = Hub(service.epoch, service.floor.seq)
        feed.connect(hub, lambda: service.epoch)
        broker = await open_broker(
            config.mqtt,
            options.data_dir / "mqtt",
            store.hall_id,
            secrets.display_password if secrets else None,
            stack,
        )
        session_id = str(uuid_utils.uuid4())
        publisher = Publisher(
            broker.address,
            Topics(HallId(store.hall_id)),
            hub,
            Renderer(service, clock, lambda: signs, languages.say, keeper.is_open),
            session_id=session_id,
        )
        people = DirectoryPeople(store.directory)
        devices = HallDevices(broker.address, store.hall_id, people.devices, languages.say)
        await devices.refresh()
        catalogue = PublishedCatalogue(published(pack, store.hall_id, config.hall.public_url))
        await asyncio.to_thread(
            store.directory.put_catalogue,
            pack.catalogue.hash,
            str(pack.catalogue.version),
            catalogue.json()[0].decode(),
        )
        for name, job in (
            ("mqtt-publisher", publisher.run),
            ("device-line", devices.line.run),
            ("device-presence", devices.presence.run),
            ("day-keeper", keeper.run),
            ("heap-keeper", partial(collect_when_quiet, lambda: service.commits)),
        ):
            _background(stack, name, job)
        operator = new_token()
        metrics = Metrics(HallCollector(service, hub.counters, publisher.counters))
        hall = Hall(
            hall_id=store.hall_id,
            time_zone=pack.time_zone,
            languages=languages.codes,
            secure=config.http.tls_cert is not None,
            service=service,
            clock=clock,
            own_today=tally.own_today,
            people=people,
            enrolment=Enroller(
                store.directory,
                store.hall_id,
                lambda: broker.address.url,
                broker.admit,
                broker.expel,
            ),
            figures=figures,
            live=hub,
            devices=devices,
            keeper=keeper,
            tickets=store.journal,
            catalogue=catalogue,
            signs=lambda: signs,
            say=languages.say,
            fingerprint=keys.fingerprint,
            appointment_secret=hall_secret(options.data_dir / "keys", "appointments"),
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


def _background(
    stack: AsyncExitStack, name: str, job: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Run a task for as long as the hall runs; its end is always logged."""

    async def watched() -> None:
        try:
            await job()
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
