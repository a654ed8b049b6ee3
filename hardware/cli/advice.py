"""What to do when a device cannot be used: one sentence, as exact as the address allows."""

import grp
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from hardware.cli.words import _
from hardware.errors import AccessDenied, DeviceBusy, RemoteProtocolError, TimedOut, Unavailable
from hardware.ports import programs_using, serial_ports
from hardware.registry import DeviceType
from hardware.sentences import sentence
from hardware.transport import DeviceUrl

_PATHS = frozenset({"serial", "video", "hid"})
"""Schemes whose address is a device file."""


def advice(code: str, url: DeviceUrl) -> str:
    """The sentence for a fault of the device at an address."""
    exact = _EXACT.get(code)
    return (exact(url) if exact else "") or _(sentence(code))


def wrong_address(text: str, entries: Iterable[DeviceType]) -> str:
    """The sentence for an address that no driver of these types takes."""
    examples = " ".join(dict.fromkeys(entry.url_example for entry in entries))
    return _("The address {url} cannot be used. Write it like this: {examples}").format(
        url=text, examples=examples
    )


def _denied(url: DeviceUrl) -> str:
    if url.scheme not in _PATHS:
        return ""
    return _(
        "This user may not open {path}. "
        "Add the user to the group {group} (usermod -aG {group} NAME) and sign in again."
    ).format(path=url.path, group=group_of(url.path))


def group_of(path: str) -> str:
    """The group whose members may open a device file."""
    with suppress(OSError, KeyError):
        return grp.getgrgid(Path(path).stat().st_gid).gr_name
    return "dialout"


def _busy(url: DeviceUrl) -> str:
    programs = programs_using(url.path) if url.scheme in _PATHS else ()
    if not programs:
        return ""
    return _("{path} is in use by the program {programs}. Close it, then try again.").format(
        path=url.path, programs=", ".join(programs)
    )


def _unreachable(url: DeviceUrl) -> str:
    if url.scheme not in _PATHS or os.path.lexists(url.path):
        return ""
    if url.scheme != "serial":
        return _(
            "There is no {path}. Plug the device in, and look for it with bianmin-hardware list."
        ).format(path=url.path)
    ports = " ".join(port.device for port in serial_ports())
    if not ports:
        return _(
            "There is no {path}: this machine has no serial port. Plug the device in, "
            "and look for it with bianmin-hardware list."
        ).format(path=url.path)
    return _("There is no {path}. Serial ports of this machine: {ports}").format(
        path=url.path, ports=ports
    )


def _silent(url: DeviceUrl) -> str:
    if url.scheme != "serial":
        return ""
    return _(
        "The device does not answer at {baud} baud. Check that it is switched on and its cable is "
        "plugged in, then find its speed: bianmin-hardware probe --port {path}"
    ).format(baud=url.baud_bd, path=url.path)


def _garbled(url: DeviceUrl) -> str:
    if url.scheme != "serial":
        return ""
    return _(
        "What comes from the device is not understood. Find out what is plugged in there and at "
        "which speed it speaks: bianmin-hardware probe --port {path}"
    ).format(path=url.path)


_EXACT: dict[str, Callable[[DeviceUrl], str]] = {
    AccessDenied.code: _denied,
    DeviceBusy.code: _busy,
    TimedOut.code: _silent,
    RemoteProtocolError.code: _garbled,
    Unavailable.code: _unreachable,
}
