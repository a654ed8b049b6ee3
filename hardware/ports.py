"""What is plugged into this machine, as the kernel and udev tell it: no device is opened.

All is read from /sys, /proc and /dev, which needs no library and no rights. `root` is another
place to look for them (tests).
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.usb_names import ADAPTERS, NO_SERIAL, READERS, UsbId

PRINTER_CLASS: Final = "07"
"""bInterfaceClass of printers (USB Device Class Definition for Printing Devices 1.1)."""
_HIDDEN_DRIVER: Final = "serial8250"
"""PCs have four or more ports of this driver with nothing behind them."""
ROOT: Final = Path("/")


@dataclass(frozen=True, slots=True)
class UsbName:
    """What a USB device says of itself.

    Attributes:
        ids: Vendor and product, four hex digits each.
        maker: Empty where it does not say.
        product: Likewise.
        serial: Likewise.
    """

    ids: UsbId
    maker: str = ""
    product: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port.

    Attributes:
        device: Such as /dev/ttyUSB0; the number may be another after the next start.
        stable: A name that stays, from /dev/serial; empty where there is none.
        usb: What its adapter says, None for a built-in port.
        chip: Name of the adapter's chip; empty where unknown.
        console: The system writes its messages to it.
        allowed: This user may open it.
    """

    device: str
    stable: str = ""
    usb: UsbName | None = None
    chip: str = ""
    console: bool = False
    allowed: bool = True

    @property
    def best(self) -> str:
        """The name to put into a configuration."""
        return self.stable or self.device


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A USB device that is spoken to without a serial port.

    Attributes:
        usb: What it says.
        printer: It is of the printer class; else it is a known ID-card reader.
        allowed: This user may open it.
    """

    usb: UsbName
    printer: bool
    allowed: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A camera, or a keyboard-like device.

    Attributes:
        device: Such as /dev/video0.
        stable: A name that stays; empty where there is none.
        name: What it calls itself.
        allowed: This user may open it.
    """

    device: str
    stable: str
    name: str
    allowed: bool

    @property
    def best(self) -> str:
        """The name to put into a configuration."""
        return self.stable or self.device


@dataclass(frozen=True, slots=True)
class SoundCard:
    """A sound card: its number, short id and long name."""

    number: int
    card_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Plugged:
    """All that was found."""

    serial: tuple[SerialPort, ...]
    usb: tuple[UsbDevice, ...]
    video: tuple[Node, ...]
    keyboards: tuple[Node, ...]
    sound: tuple[SoundCard, ...]


def plugged(root: Path = ROOT) -> Plugged:
    """Look at everything."""
    return Plugged(
        tuple(serial_ports(root)),
        tuple(usb_devices(root)),
        tuple(video_devices(root)),
        tuple(keyboards(root)),
        tuple(sound_cards(root)),
    )


def serial_ports(root: Path = ROOT) -> Iterator[SerialPort]:
    """The serial ports that have something behind them."""
    consoles = _text(root / "sys/class/tty/console/active").split()
    for entry in _entries(root / "sys/class/tty"):
        if not (entry / "device").exists() or _is_hidden(entry):
            continue
        node = root / "dev" / entry.name
        usb = _usb_above((entry / "device").resolve())
        by_id, by_path = _links(root / "dev/serial/by-id"), _links(root / "dev/serial/by-path")
        # Two adapters without a serial number share one name in by-id: go by the socket then.
        unique = usb is not None and usb.serial not in NO_SERIAL
        stable = (by_id if unique else {}).get(entry.name) or by_path.get(entry.name, "")
        yield SerialPort(
            f"/dev/{entry.name}",
            stable and f"/{Path(stable).relative_to(root)}",
            usb,
            ADAPTERS.get(usb.ids, "") if usb else "",
            entry.name in consoles,
            os.access(node, os.R_OK | os.W_OK),
        )


def usb_devices(root: Path = ROOT) -> Iterator[UsbDevice]:
    """USB printers and known USB readers."""
    for entry in _entries(root / "sys/bus/usb/devices"):
        usb = _usb_name(entry)
        if usb is None:
            continue
        classes = {_text(path) for path in entry.glob("*:*/bInterfaceClass")}
        if PRINTER_CLASS in classes or usb.ids in READERS:
            number = [_text(entry / name).zfill(3) for name in ("busnum", "devnum")]
            node = root.joinpath("dev/bus/usb", *number)
            yield UsbDevice(usb, PRINTER_CLASS in classes, os.access(node, os.R_OK | os.W_OK))


def video_devices(root: Path = ROOT) -> Iterator[Node]:
    """Cameras; a camera's further nodes give no pictures."""
    links = _links(root / "dev/v4l/by-id")
    for entry in _entries(root / "sys/class/video4linux"):
        if _text(entry / "index") == "0":
            yield _node(root, entry.name, links, _text(entry / "name"))


def keyboards(root: Path = ROOT) -> Iterator[Node]:
    """What types like a keyboard on USB: scanners, keypads, and keyboards."""
    links = _links(root / "dev/input/by-id", "*-event-kbd")
    for name in sorted(links):
        title = _text(root / "sys/class/input" / name / "device/name")
        yield _node(root, f"input/{name}", {f"input/{name}": links[name]}, title)


def sound_cards(root: Path = ROOT) -> Iterator[SoundCard]:
    """Sound cards; one takes two lines, the first as ` 0 [PCH            ]: HDA-Intel - Name`."""
    for line in _text(root / "proc/asound/cards").splitlines():
        head, bracket, rest = line.partition("[")
        if bracket and head.strip().isdigit():
            card_id, _bracket, long = rest.partition("]:")
            name = long.partition(" - ")[2] or long
            yield SoundCard(int(head), card_id.strip(), name.strip())


def programs_using(path: str, proc: Path = Path("/proc")) -> tuple[str, ...]:
    """Names of the programs that hold a device open, as far as this user may see; us left out.

    A pseudo terminal is always held by whoever is at its other end, so it has no answer here.
    """
    real = os.path.realpath(path)
    names: set[str] = set()
    if real.startswith("/dev/pts/"):
        return ()
    for process in proc.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        with suppress(OSError):  # it has ended, or is another user's
            if any(os.path.realpath(fd) == real for fd in (process / "fd").iterdir()):
                names.add(_text(process / "comm") or process.name)
    return tuple(sorted(names))


def _is_hidden(entry: Path) -> bool:
    kind = _text(entry / "type")
    if kind:
        return kind == "0"  # PORT_UNKNOWN (linux/serial_core.h)
    return (entry / "device/driver").resolve().name == _HIDDEN_DRIVER


def _node(root: Path, name: str, links: dict[str, str], title: str) -> Node:
    stable = links.get(name, "")
    return Node(
        f"/dev/{name}",
        stable and f"/{Path(stable).relative_to(root)}",
        title,
        os.access(root / "dev" / name, os.R_OK),
    )


def _links(place: Path, pattern: str = "*") -> dict[str, str]:
    """Name of the device to the link that leads to it."""
    return {link.resolve().name: str(link) for link in sorted(place.glob(pattern))}


def _usb_above(device: Path) -> UsbName | None:
    for place in (device, *device.parents):
        usb = _usb_name(place)
        if usb is not None:
            return usb
    return None


def _usb_name(place: Path) -> UsbName | None:
    vendor, product = _text(place / "idVendor"), _text(place / "idProduct")
    if not (vendor and product):
        return None
    maker, title = _text(place / "manufacturer"), _text(place / "product")
    return UsbName((vendor.lower(), product.lower()), maker, title, _text(place / "serial"))


def _entries(place: Path) -> list[Path]:
    """By name, numbers as numbers: ttyUSB10 comes after ttyUSB9."""
    with suppress(OSError):
        return sorted(place.iterdir(), key=lambda path: (len(path.name), path.name))
    return []


def _text(path: Path) -> str:
    """One fact, without control characters: a device chooses its own name."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return ""
    return "".join(char for char in text if char.isprintable() or char == "\n").strip()
