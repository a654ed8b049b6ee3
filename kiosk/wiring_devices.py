"""Picks the drivers of a program's devices; with `kiosk.wiring` the only place that knows them."""

from collections.abc import Iterable
from typing import cast

from hardware.registry import Settings, type_for, type_of
from hardware.roles import CodeScanner, Device, DeviceKind, TicketPrinter
from hardware.roles_cards import IdReader
from hardware.roles_window import CallDisplay, CallPad, Rater
from hardware.shared_line import SharedLines
from hardware.transport import parse_url
from kiosk.config import KioskConfig
from kiosk.fittings import Fitting
from kiosk.presenter import Devices
from kiosk.window_devices import WindowDevices


def build_device(
    device_id: str, kind: DeviceKind, url: str, lines: SharedLines | None = None, **options: str
) -> Device:
    """The driver of a device; opens nothing. Devices on one RS-485 line are given the same lines.

    Raises:
        BadDeviceUrl: The address cannot be used.
    """
    address = parse_url(url)
    settings = Settings(device_id, address, options, lines or SharedLines())
    return type_for(kind, address).build(settings)


def fittings_of(devices: Iterable[Device | None]) -> list[Fitting]:
    """What a program tells the hall of its devices; those that are not fitted are left out."""
    found = []
    for device in devices:
        if device is not None:
            entry = type_of(device)
            found.append(Fitting(device, entry.type_id, entry.title) if entry else Fitting(device))
    return found


def build_devices(config: KioskConfig) -> Devices:
    """The drivers of everything that is configured.

    Raises:
        BadDeviceUrl: An address cannot be used.
    """
    printer = config.printer and build_device(
        "printer", DeviceKind.PRINTER, config.printer.url, width_mm=str(config.printer.width_mm)
    )
    reader = config.id_reader and build_device(
        "id-reader", DeviceKind.ID_READER, config.id_reader.url
    )
    scanner = config.scanner and build_device("scanner", DeviceKind.SCANNER, config.scanner.url)
    return Devices(
        cast("TicketPrinter | None", printer),
        cast("IdReader | None", reader),
        cast("CodeScanner | None", scanner),
    )


def build_window_devices(config: KioskConfig) -> WindowDevices:
    """The drivers of everything that stands at a window; pad and rater may share a line.

    Raises:
        BadDeviceUrl: An address cannot be used.
    """
    lines = SharedLines()
    panel = config.panel and build_device("panel", DeviceKind.CALL_DISPLAY, config.panel.url, lines)
    pad = config.pad and build_device("pad", DeviceKind.CALL_PAD, config.pad.url, lines)
    rater = config.rater and build_device("rater", DeviceKind.RATER, config.rater.url, lines)
    return WindowDevices(
        cast("CallDisplay | None", panel),
        cast("CallPad | None", pad),
        cast("Rater | None", rater),
        beep=config.pad is not None and config.pad.beep,
    )
