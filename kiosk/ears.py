"""What a visitor shows to a kiosk's devices, each kind of news to its taker."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Protocol

from hardware.roles import Camera, CodeScanner, ScannedCode
from hardware.roles_cards import IdCard, IdReader


class Senses(Protocol):
    """The devices that read something."""

    @property
    def reader(self) -> IdReader | None:
        """Reads cards."""
        ...

    @property
    def scanner(self) -> CodeScanner | None:
        """Reads codes."""
        ...

    @property
    def camera(self) -> Camera | None:
        """Reads codes too; a kiosk may have both."""
        ...


def ears(
    devices: Senses,
    card: Callable[[IdCard], None],
    code: Callable[[ScannedCode], None],
    refused: Callable[[str], None],
) -> dict[str, Coroutine[Any, Any, None]]:
    """Work that listens to every device that is fitted, by name; it ends when it is cancelled."""
    found: dict[str, Coroutine[Any, Any, None]] = {}
    if devices.reader is not None:
        found["cards"] = _each(devices.reader.cards(), card)
        found["card-refusals"] = _each(devices.reader.refusals(), refused)
    for name, device in (("scanner", devices.scanner), ("camera", devices.camera)):
        if device is not None:
            found[f"{name}-codes"] = _each(device.codes(), code)
            found[f"{name}-refusals"] = _each(device.refusals(), refused)
    return found


async def _each(stream: AsyncIterator[Any], take: Callable[[Any], None]) -> None:
    async for event in stream:
        take(event)
