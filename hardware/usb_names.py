"""USB ids worth knowing by name: serial adapters, and readers without a serial port.

Ids of adapters are those of the Linux kernel's own drivers (ch341, cp210x, ftdi_sio, pl2303,
cdc-acm with CH9102/CH9143); a device with an id that is not here works just as well.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hardware.sentences import N_

UsbId = tuple[str, str]
"""Vendor and product, four small hex digits each."""

ADAPTERS: Final[Mapping[UsbId, str]] = MappingProxyType(
    {
        ("1a86", "7523"): N_("USB serial adapter, chip CH340"),
        ("1a86", "7522"): N_("USB serial adapter, chip CH340"),
        ("1a86", "5523"): N_("USB serial adapter, chip CH341"),
        ("1a86", "55d2"): N_("USB serial adapter with two ports, chip CH342"),
        ("1a86", "55d3"): N_("USB serial adapter, chip CH343"),
        ("1a86", "55d4"): N_("USB serial adapter, chip CH9102"),
        ("1a86", "55d5"): N_("USB serial adapter with four ports, chip CH344"),
        ("10c4", "ea60"): N_("USB serial adapter, chip CP2102"),
        ("10c4", "ea70"): N_("USB serial adapter with two ports, chip CP2105"),
        ("10c4", "ea71"): N_("USB serial adapter with four ports, chip CP2108"),
        ("0403", "6001"): N_("USB serial adapter, chip FT232"),
        ("0403", "6010"): N_("USB serial adapter with two ports, chip FT2232"),
        ("0403", "6011"): N_("USB serial adapter with four ports, chip FT4232"),
        ("0403", "6014"): N_("USB serial adapter, chip FT232H"),
        ("0403", "6015"): N_("USB serial adapter, chip FT230X"),
        ("067b", "2303"): N_("USB serial adapter, chip PL2303"),
        ("067b", "23a3"): N_("USB serial adapter, chip PL2303"),
    }
)
"""English msgid of the chip."""

READERS: Final = frozenset({("0400", "c35a")})
"""ID-card readers with a SAM_V module behind USB bulk end points (as public drivers name them)."""

NO_SERIAL: Final = frozenset({"", "0", "0000", "0001", "00000000"})
"""What adapters say that have no serial number of their own (CP2102 leave the works with 0001)."""
