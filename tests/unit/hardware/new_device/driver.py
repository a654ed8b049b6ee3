"""The push button on a serial line or the network."""

import random  # noqa: I001 - hardware.wire.push_button exists once this is copied into its place
from collections.abc import AsyncIterator, Mapping

from hardware.link import Link
from hardware.registry import Settings, Trial
from hardware.roles import DeviceHealth, DeviceKind
from hardware.supervise import Backoff, Fanout, Randomness, Supervisor
from hardware.transport import Opener, check_stream_url, open_link
from hardware.wire.push_button import PressDecoder


class PushButton:
    """Presses, as they come."""

    def __init__(
        self,
        device_id: str,
        opener: Opener,
        *,
        randomness: Randomness,
        backoff: Backoff | None = None,
    ) -> None:
        """Open nothing yet."""
        self._supervisor: Supervisor[Link] = Supervisor(
            device_id, DeviceKind.CALL_PAD, opener, randomness=randomness, backoff=backoff
        )
        self._presses: Fanout[int] = Fanout()

    def health(self) -> DeviceHealth:
        """The last known health: whether the line is open."""
        return self._supervisor.health.now

    def health_changes(self) -> AsyncIterator[DeviceHealth]:
        """The health now, then every change."""
        return self._supervisor.health.changes()

    def presses(self) -> AsyncIterator[int]:
        """One item a press while this is iterated."""
        return self._presses.listen()

    async def run(self) -> None:
        """Keep the button connected until cancelled."""
        await self._supervisor.run(self._serve)

    async def _serve(self, link: Link) -> None:
        self._supervisor.health.set(online=True)
        decoder = PressDecoder()
        while True:
            for _ in range(decoder.feed(await link.read())):
                self._presses.publish(1)


def build(settings: Settings) -> PushButton:
    """Make the driver; refuses a wrong address."""
    check_stream_url(settings.url)
    return PushButton(
        settings.device_id, lambda: open_link(settings.url), randomness=random.SystemRandom()
    )


async def trial(button: PushButton, trial: Trial) -> AsyncIterator[Mapping[str, object]]:
    """One record a press."""
    del trial
    async for _press in button.presses():
        yield {"pressed": True}
