"""What is plugged in, from a tree that looks like /sys, /proc and /dev of a kiosk."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hardware.ports import plugged

USB = "sys/devices/pci0000:00/usb1/1-1"


def write(root: Path, facts: Mapping[str, str]) -> None:
    for name, text in facts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")


def link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def usb_device(root: Path, name: str, ids: str, **said: str) -> Path:
    place = root / "sys/devices/usb1" / name
    vendor, product = ids.split(":")
    facts = {"idVendor": vendor, "idProduct": product, "busnum": "1", "devnum": "7", **said}
    write(place, facts)
    link(root / "sys/bus/usb/devices" / name, place)
    return place


def tty(root: Path, name: str, device: Path, *, by_id: str = "", by_path: str = "") -> None:
    device.mkdir(parents=True, exist_ok=True)
    link(root / "sys/class/tty" / name / "device", device)
    write(root, {f"dev/{name}": ""})
    for folder, stable in (("by-id", by_id), ("by-path", by_path)):
        if stable:
            link(root / "dev/serial" / folder / stable, root / "dev" / name)


@pytest.fixture(name="kiosk")
def _kiosk(tmp_path: Path) -> Path:
    return make_kiosk(tmp_path)


def make_kiosk(root: Path) -> Path:
    """A kiosk with two adapters of one kind, a scanner, a printer, a camera and a keypad."""
    for number in (0, 1):
        adapter = usb_device(root, f"1-{number}", "1a86:7523", product="USB Serial")
        tty(root, f"ttyUSB{number}", adapter / "if0" / f"ttyUSB{number}",
            by_id="usb-1a86_USB_Serial-if00-port0" if number else "",
            by_path=f"pci-0000:00:14.0-usb-0:{number}:1.0-port0")  # fmt: skip
    scanner = usb_device(
        root, "1-5", "1eab:1a06", manufacturer="新大陆", product="二维码扫描器\x1b[2J", serial="S9"
    )
    tty(root, "ttyACM0", scanner / "if0", by_id="usb-scanner_S9-if00", by_path="pci-usb-0:5:1.0")
    write(root / "sys/class/tty/ttyS0", {"type": "4"})
    tty(root, "ttyS0", root / "sys/devices/pnp0/00:01")
    write(root / "sys/class/tty/ttyS1", {"type": "0"})
    tty(root, "ttyS1", root / "sys/devices/platform/serial8250")
    tty(root, "ttyAMA0", root / "sys/devices/platform/uart")
    (root / "sys/class/tty/tty1").mkdir()
    write(root, {"sys/class/tty/console/active": "tty0 ttyAMA0"})
    printer = usb_device(root, "1-6", "0483:5743", manufacturer="XPrinter", serial="A1")
    write(printer, {"1-6:1.0/bInterfaceClass": "07"})
    hub = usb_device(root, "1-7", "1d6b:0002", product="Hub")
    write(hub, {"1-7:1.0/bInterfaceClass": "09"})
    usb_device(root, "1-8", "0400:c35a", product="SAM reader")
    for number, name in ((0, "0"), (1, "1")):
        facts = {"index": name, "name": "USB Camera"}
        write(root / f"sys/class/video4linux/video{number}", facts)
        write(root, {f"dev/video{number}": ""})
    write(root, {"sys/class/input/event3/device/name": "Number Pad", "dev/input/event3": ""})
    link(root / "dev/input/by-id/usb-Pad-event-kbd", root / "dev/input/event3")
    cards = " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n" + " " * 22 + "HDA Intel PCH at 0xf7"
    write(root, {"proc/asound/cards": cards + "\n 1 [Headset        ]: USB-Audio - 耳机"})
    return root


def test_serial_ports_have_names_that_stay(kiosk: Path) -> None:
    ports = {port.device: port for port in plugged(kiosk).serial}
    assert list(ports) == ["/dev/ttyS0", "/dev/ttyACM0", "/dev/ttyAMA0", "/dev/ttyUSB0",
                           "/dev/ttyUSB1"]  # fmt: skip
    # Two adapters without a serial number: only the socket tells them apart.
    assert ports["/dev/ttyUSB1"].best == "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"
    assert ports["/dev/ttyACM0"].best == "/dev/serial/by-id/usb-scanner_S9-if00"
    assert ports["/dev/ttyS0"].best == "/dev/ttyS0"
    assert "CH340" in ports["/dev/ttyUSB0"].chip
    assert [port.device for port in ports.values() if port.console] == ["/dev/ttyAMA0"]


def test_what_a_device_calls_itself_cannot_steer_a_terminal(kiosk: Path) -> None:
    usb = next(port.usb for port in plugged(kiosk).serial if port.device == "/dev/ttyACM0")
    assert usb is not None
    assert (usb.maker, usb.product) == ("新大陆", "二维码扫描器[2J")


def test_printers_readers_cameras_keys_and_sound(kiosk: Path) -> None:
    here = plugged(kiosk)
    assert [(d.usb.ids, d.printer) for d in here.usb] == [
        (("0483", "5743"), True), (("0400", "c35a"), False),
    ]  # fmt: skip
    assert [node.device for node in here.video] == ["/dev/video0"]
    assert [(n.device, n.best, n.name) for n in here.keyboards] == [
        ("/dev/input/event3", "/dev/input/by-id/usb-Pad-event-kbd", "Number Pad")
    ]
    assert [(c.number, c.card_id, c.name) for c in here.sound] == [
        (0, "PCH", "HDA Intel PCH"), (1, "Headset", "耳机"),
    ]  # fmt: skip


def test_an_empty_machine_has_nothing_and_says_so_without_an_error(tmp_path: Path) -> None:
    here = plugged(tmp_path)
    assert not any((here.serial, here.usb, here.video, here.keyboards, here.sound))


def test_a_port_this_user_may_not_open_is_marked(kiosk: Path) -> None:
    (kiosk / "dev/ttyUSB0").unlink()
    ports = {port.device: port for port in plugged(kiosk).serial}
    assert not ports["/dev/ttyUSB0"].allowed
    assert ports["/dev/ttyUSB1"].allowed


def test_the_machine_this_runs_on_can_be_looked_at() -> None:
    assert json.dumps([port.device for port in plugged().serial])
