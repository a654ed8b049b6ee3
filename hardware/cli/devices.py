"""From what a person typed to a device: its type, its address, its first sign of life."""

import asyncio
from collections.abc import Coroutine, Mapping
from types import MappingProxyType
from typing import Any, Final

import typer

from hardware.cli.advice import advice, wrong_address
from hardware.cli.words import USAGE, FailedError, _
from hardware.errors import WARNINGS, BadDeviceUrl, HardwareError
from hardware.registry import REGISTRY, DeviceType, Settings, first_taking, types_named
from hardware.roles import Device, DeviceHealth, DeviceKind
from hardware.sentences import sentence
from hardware.transport import DeviceUrl, parse_url

FIRST_ANSWER_S: Final = 8.0
"""Longer than one connection attempt and one question asked twice in vain."""
INTERRUPTED: Final = 130


class SickDeviceError(Exception):
    """The device is there or not there, and cannot be used; `code` says why."""

    def __init__(self, code: str) -> None:
        """Keep the code of `hardware.errors`."""
        super().__init__(code)
        self.code = code


def types_of(name: str) -> tuple[DeviceType, ...]:
    """The types a person means by a kind or a type.

    Raises:
        FailedError: There is no such kind.
    """
    try:
        return types_named(name)
    except KeyError:
        known = [
            kind.value for kind in DeviceKind if any(e.kind is kind for e in REGISTRY.values())
        ]
        raise FailedError(
            _("There is no device called {name}. Kinds: {kinds}. Types: {types}.").format(
                name=name, kinds=" ".join(known), types=" ".join(REGISTRY)
            ),
            USAGE,
        ) from None


def address(text: str, entries: tuple[DeviceType, ...]) -> tuple[DeviceType, DeviceUrl]:
    """The type and address that a person means.

    Raises:
        FailedError: No driver takes this address.
    """
    try:
        url = parse_url(text)
        return first_taking(entries, url), url
    except BadDeviceUrl:
        raise FailedError(wrong_address(text, entries)) from None


def device_at(
    entry: DeviceType, url: DeviceUrl, options: Mapping[str, str] = MappingProxyType({})
) -> Device:
    """The driver; nothing is opened.

    Raises:
        FailedError: The driver does not take this address.
    """
    try:
        return entry.build(Settings(entry.type_id, url, options))
    except BadDeviceUrl:
        raise FailedError(wrong_address(url.text, (entry,))) from None


def run(work: Coroutine[Any, Any, None], url: DeviceUrl | None = None) -> None:
    """Run to the end; a sick device becomes one sentence.

    Raises:
        FailedError: The device at `url` cannot be used.
        Exit: Ctrl-C.
    """
    try:
        asyncio.run(work)
    except (HardwareError, SickDeviceError) as error:
        text = advice(error.code, url) if url else _(sentence(error.code))
        raise FailedError(text) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


async def first_answer(device: Device) -> DeviceHealth:
    """The health as soon as the device has answered or failed once."""
    try:
        async with asyncio.timeout(FIRST_ANSWER_S):
            async for health in device.health_changes():
                if health.online or health.faults:
                    return health
    except TimeoutError:
        pass
    return device.health()


def refuse_sick(health: DeviceHealth) -> None:
    """Let only a device pass that can be used now.

    Raises:
        SickDeviceError: It cannot.
    """
    faults = [fault for fault in health.faults if fault not in WARNINGS]
    if faults or not health.online:
        raise SickDeviceError(faults[0] if faults else "timed-out")
