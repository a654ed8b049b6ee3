"""`bianmin-hardware list`: what is plugged in, and what each may be used for."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from hardware.cli.advice import group_of
from hardware.cli.words import _, table
from hardware.errors import BadDeviceUrl, UsbAccessDenied
from hardware.ports import Node, Plugged, SerialPort, SoundCard, UsbDevice, UsbName, plugged
from hardware.registry import REGISTRY, DeviceType, Settings
from hardware.roles import DeviceKind
from hardware.sentences import sentence
from hardware.transport import parse_url

_PROGRAM = "bianmin-hardware"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is plugged in.

    Attributes:
        device: Its name here.
        what: What it is, in words.
        note: What hinders its use; empty where nothing does.
        url: Device URL; empty where no driver takes it.
        commands: What to type next.
    """

    device: str
    what: str
    note: str = ""
    url: str = ""
    commands: tuple[str, ...] = ()


def list_devices(
    *,
    as_json: Annotated[bool, typer.Option("--json", help=_("One JSON object"))] = False,
    root: Annotated[Path, typer.Option(hidden=True)] = Path("/"),
) -> None:
    """Entry of the command; its help stands in `app`."""
    here = plugged(root)
    sections = {
        "serial": [_serial(port) for port in here.serial],
        "usb": [_usb(device) for device in here.usb],
        "video": [_camera(node) for node in here.video],
        "keyboards": [_keyboard(node) for node in here.keyboards],
        "sound": [_sound(card) for card in here.sound],
    }
    if as_json:
        typer.echo(json.dumps(_record(sections, here), ensure_ascii=False))
    else:
        typer.echo("\n".join(_for_people(sections)))


def _for_people(sections: dict[str, list[Row]]) -> Iterator[str]:
    titles = {
        "serial": _("Serial ports"),
        "usb": _("USB printers and card readers"),
        "video": _("Cameras"),
        "keyboards": _("Keyboards, and what types like one (scanners, keypads)"),
        "sound": _("Sound cards"),
    }
    nothing = {
        "serial": _("This machine has no serial port."),
        "usb": _("None is plugged in."),
        "video": _("None is plugged in."),
        "keyboards": _("None is plugged in."),
        "sound": _("This machine has none."),
    }
    for name, rows in sections.items():
        yield titles[name]
        if not rows:
            yield "  " + nothing[name]
        yield from _lines(rows)
        yield ""
    if len(sections["serial"]) > 0:
        yield _("Which device is at which serial port: {command}").format(
            command=f"{_PROGRAM} probe"
        )
        yield ""
    yield _("Types of device this version knows")
    types = [(entry.type_id, _(entry.title), entry.url_example) for entry in REGISTRY.values()]
    yield from table(types, "  ")


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    cells = [(row.device, row.what) for row in rows]
    for head, row in zip(table(cells, "  ") if cells else [], rows, strict=True):
        yield head
        if row.note:
            yield f"      {row.note}"
        if row.url:
            yield f"      {row.url}"
        yield from (f"      {command}" for command in row.commands)


def _record(sections: dict[str, list[Row]], here: Plugged) -> dict[str, object]:
    details: dict[str, Iterable[dict[str, object]]] = {
        "serial": ({**_usb_facts(port.usb), "stable": port.stable} for port in here.serial),
        "usb": (_usb_facts(device.usb) for device in here.usb),
        "video": ({"stable": node.stable} for node in here.video),
        "keyboards": ({"stable": node.stable} for node in here.keyboards),
        "sound": ({"number": card.number, "card_id": card.card_id} for card in here.sound),
    }
    record: dict[str, object] = {
        name: [
            {
                "device": row.device,
                "what": row.what,
                "note": row.note,
                "url": row.url,
                "commands": list(row.commands),
                **facts,
            }
            for row, facts in zip(rows, details[name], strict=True)
        ]
        for name, rows in sections.items()
    }
    record["types"] = [
        {
            "type": entry.type_id,
            "kind": entry.kind.value,
            "title": _(entry.title),
            "url_example": entry.url_example,
        }
        for entry in REGISTRY.values()
    ]
    return record


def _usb_facts(usb: UsbName | None) -> dict[str, object]:
    if usb is None:
        return {"usb": "", "maker": "", "product": "", "serial": ""}
    return {
        "usb": ":".join(usb.ids),
        "maker": usb.maker,
        "product": usb.product,
        "serial": usb.serial,
    }


def _named(usb: UsbName) -> str:
    words = usb.product if usb.product.startswith(usb.maker) else f"{usb.maker} {usb.product}"
    return f"{words.strip()} ({':'.join(usb.ids)})".strip()


def _serial(port: SerialPort) -> Row:
    if port.usb is None:
        what = _("built-in serial port")
    else:
        what = _named(port.usb)
        if port.chip:
            what += " · " + _("USB serial adapter, chip {chip}").format(chip=port.chip)
    note = ""
    if port.console:
        note = _("The system writes its messages here: take another port for a device.")
    elif not port.allowed:
        note = _not_allowed(port.device)
    command = f"{_PROGRAM} probe --port {port.best}"
    commands = () if port.console else (command,)
    return Row(port.device, what, note, f"serial://{port.best}", commands)


def _usb(device: UsbDevice) -> Row:
    kind = DeviceKind.PRINTER if device.printer else DeviceKind.ID_READER
    url = f"usb://{':'.join(device.usb.ids)}"
    if device.usb.serial:
        url += f"?serial={device.usb.serial}"
    note = "" if device.allowed else _(sentence(UsbAccessDenied.code))
    return _usable(Row(":".join(device.usb.ids), _named(device.usb), note), url, kind)


def _camera(node: Node) -> Row:
    return _usable(_node_row(node), f"video://{node.best}", DeviceKind.CAMERA)


def _keyboard(node: Node) -> Row:
    return _usable(_node_row(node), f"hid://{node.best}", DeviceKind.SCANNER, DeviceKind.KEYPAD)


def _sound(card: SoundCard) -> Row:
    row = Row(f"{card.number} [{card.card_id}]", card.name)
    return _usable(row, f"alsa://plughw:CARD={card.card_id}", DeviceKind.ANNOUNCER)


def _node_row(node: Node) -> Row:
    note = "" if node.allowed else _not_allowed(node.device)
    return Row(node.device, node.name, note)


def _not_allowed(device: str) -> str:
    return _("This user may not open it: add the user to the group {group}.").format(
        group=group_of(device)
    )


def _usable(row: Row, url: str, *kinds: DeviceKind) -> Row:
    """With address and commands, where a driver really takes that address."""
    commands = tuple(
        f"{_PROGRAM} probe {entry.kind.value} --url '{url}'"
        for entry in REGISTRY.values()
        if entry.kind in kinds and _takes(entry, url)
    )
    return replace(row, url=url, commands=commands) if commands else row


def _takes(entry: DeviceType, url: str) -> bool:
    try:
        parsed = parse_url(url)
        if parsed.scheme not in entry.schemes:
            return False
        entry.build(Settings("list", parsed))
    except BadDeviceUrl:
        return False
    return True
