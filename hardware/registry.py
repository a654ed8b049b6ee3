"""Every type of device this version knows.

One entry here, one file each in wire/, drivers/ and sim/, one page in docs/devices/ and one
golden file make a new one (docs/driver-checklist.md).

Drivers and simulators are named by "module:attribute" and loaded when they are asked for, so
that a kiosk without a camera never loads OpenCV, and no running kiosk loads a simulator.
"""

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from hardware.errors import BadDeviceUrl
from hardware.roles import Device, DeviceKind
from hardware.sentences import N_
from hardware.shared_line import SharedLines
from hardware.transport import OR_USB, SERIAL_OR_TCP, DeviceUrl


@dataclass(frozen=True, slots=True)
class Settings:
    """What a driver is built from.

    Attributes:
        device_id: Its name in logs and health.
        url: Where it is.
        options: Driver settings that are not part of the address.
        lines: RS-485 lines with several devices; whoever builds several gives all the same.
    """

    device_id: str
    url: DeviceUrl
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lines: SharedLines = field(default_factory=SharedLines)


@dataclass(frozen=True, slots=True)
class Trial:
    """What `bianmin-hardware test` was asked for.

    Attributes:
        name: Text to print on the example ticket.
        text: What a loudspeaker is to say; empty: an example call.
    """

    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class SimOptions:
    """What `bianmin-hardware sim` was asked for.

    Attributes:
        pty_link: Where the link to the pseudo terminal is made; None for TCP.
        tcp_port: 0 for any free port; used without `pty_link`.
        control: Path of the control socket.
        out: Where the simulator leaves what it made.
        options: Settings of one kind of simulator.
        plug: A way to it other than these two: a `hardware.sim.line.Plug`, for tests.
    """

    pty_link: Path | None
    tcp_port: int
    control: Path
    out: Path
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    plug: Any = None


Build = Callable[[Settings], Device]
Try = Callable[[Any, Trial], AsyncIterator[Mapping[str, object]]]
"""Each takes the very driver its own module built; only that module knows its class."""
Simulate = Callable[[SimOptions, Callable[[str], None]], Awaitable[None]]
"""Runs until cancelled; calls back with the device URL once it serves."""


@dataclass(frozen=True, slots=True)
class DeviceType:
    """One type of device.

    Attributes:
        type_id: Its name in configuration; also its page docs/devices/<type_id>.md.
        kind: What it is for.
        title: English msgid.
        url_example: For messages and `list`.
        module: Name of its files in drivers/.
        sim_module: Name of its file in sim/.
        wire: Name of its file in wire/; empty where no bytes are spoken (camera).
        schemes: Schemes of the addresses it takes.
    """

    type_id: str
    kind: DeviceKind
    title: str
    url_example: str
    module: str
    sim_module: str
    wire: str
    schemes: frozenset[str] = SERIAL_OR_TCP

    def build(self, settings: Settings) -> Device:
        """Make the driver; opens nothing.

        Raises:
            BadDeviceUrl: The settings cannot be used.
        """
        return cast("Build", _load(f"hardware.drivers.{self.module}", "build"))(settings)

    def trial(self, device: Device, trial: Trial) -> AsyncIterator[Mapping[str, object]]:
        """Try the device out; gives records for people and programs to read."""
        return cast("Try", _load(f"hardware.drivers.{self.module}", "trial"))(device, trial)

    async def simulate(self, options: SimOptions, ready: Callable[[str], None]) -> None:
        """Run a simulated device until cancelled."""
        await cast("Simulate", _load(f"hardware.sim.{self.sim_module}", "simulate"))(options, ready)


def sim_options(entry: DeviceType) -> Mapping[str, tuple[str, ...]]:
    """Names of the settings of a simulator, each with its values; none where any text will do."""
    known = _load(f"hardware.sim.{entry.sim_module}", "OPTIONS")
    return cast("Mapping[str, tuple[str, ...]]", known)


def _load(module: str, attribute: str) -> object:
    return getattr(importlib.import_module(module), attribute)


REGISTRY: Final[Mapping[str, DeviceType]] = MappingProxyType(
    {
        "escpos-printer": DeviceType(
            "escpos-printer",
            DeviceKind.PRINTER,
            N_("Receipt printer (ESC/POS)"),
            "serial:///dev/ttyUSB0?baud=115200",
            module="escpos_printer",
            sim_module="printer",
            wire="escpos_ticket",
            schemes=OR_USB,
        ),
        "sam-id-reader": DeviceType(
            "sam-id-reader",
            DeviceKind.ID_READER,
            N_("ID-card reader (SAM_V)"),
            "serial:///dev/ttyUSB1?baud=115200",
            module="sam_reader",
            sim_module="id_reader",
            wire="sam_card",
            schemes=OR_USB,
        ),
        "serial-scanner": DeviceType(
            "serial-scanner",
            DeviceKind.SCANNER,
            N_("Barcode and QR code scanner"),
            "serial:///dev/ttyACM0?baud=9600&framing=cr",
            module="serial_scanner",
            sim_module="scanner",
            wire="scanner",
        ),
        "hid-scanner": DeviceType(
            "hid-scanner",
            DeviceKind.SCANNER,
            N_("Barcode and QR code scanner that types like a keyboard"),
            "hid:///dev/input/by-id/usb-SCANNER-event-kbd",
            module="hid_scanner",
            sim_module="keyboard",
            wire="keyboard",
            schemes=frozenset({"hid"}),
        ),
        "hid-keypad": DeviceType(
            "hid-keypad",
            DeviceKind.KEYPAD,
            N_("Keypad for people who cannot see the screen"),
            "hid:///dev/input/by-id/usb-KEYPAD-event-kbd",
            module="hid_keypad",
            sim_module="keyboard",
            wire="keypad",
            schemes=frozenset({"hid"}),
        ),
        "camera": DeviceType(
            "camera",
            DeviceKind.CAMERA,
            N_("Camera that reads codes"),
            "video:///dev/video0",
            module="camera",
            sim_module="camera",
            wire="",
            schemes=frozenset({"video", "http"}),
        ),
        "led-number-board": DeviceType(
            "led-number-board",
            DeviceKind.CALL_DISPLAY,
            N_("LED number board (RS-485)"),
            "serial:///dev/ttyUSB2?baud=9600&id=1&digits=3",
            module="led_board",
            sim_module="led_board",
            wire="led_board",
        ),
        "call-pad": DeviceType(
            "call-pad",
            DeviceKind.CALL_PAD,
            N_("Call pad (RS-485)"),
            "serial:///dev/ttyUSB3?baud=9600&address=1",
            module="call_pad",
            sim_module="call_pad",
            wire="call_pad",
        ),
        "rater": DeviceType(
            "rater",
            DeviceKind.RATER,
            N_("Rater (RS-485)"),
            "serial:///dev/ttyUSB3?baud=9600&address=1",
            module="rater",
            sim_module="rater",
            wire="call_pad",
        ),
        "announcer": DeviceType(
            "announcer",
            DeviceKind.ANNOUNCER,
            N_("Loudspeaker or headphones"),
            "alsa://default",
            module="alsa_announcer",
            sim_module="sound_card",
            wire="",
            schemes=frozenset({"alsa"}),
        ),
    }
)


def default_for(kind: DeviceKind) -> DeviceType:
    """The first type of a kind."""
    return next(entry for entry in REGISTRY.values() if entry.kind is kind)


def type_for(kind: DeviceKind, url: DeviceUrl) -> DeviceType:
    """The first type of a kind that takes such an address.

    Raises:
        BadDeviceUrl: None does.
    """
    return first_taking((entry for entry in REGISTRY.values() if entry.kind is kind), url)


def types_named(name: str) -> tuple[DeviceType, ...]:
    """What a person may call a device: a type ("rater"), or a kind for all its types ("scanner").

    Raises:
        KeyError: It is neither.
    """
    if name in REGISTRY:
        return (REGISTRY[name],)
    of_kind = tuple(entry for entry in REGISTRY.values() if entry.kind == name)
    if not of_kind:
        raise KeyError(name)
    return of_kind


def first_taking(entries: Iterable[DeviceType], url: DeviceUrl) -> DeviceType:
    """The first of some types that takes such an address.

    Raises:
        BadDeviceUrl: None does.
    """
    for entry in entries:
        if url.scheme in entry.schemes:
            return entry
    raise BadDeviceUrl(repr(url.text))


def type_of(device: Device) -> DeviceType | None:
    """The type whose driver this is; None for a device that no entry made (a stand-in)."""
    kind, module = device.health().kind, type(device).__module__
    for entry in REGISTRY.values():
        if entry.kind is kind and module == f"hardware.drivers.{entry.module}":
            return entry
    return None
