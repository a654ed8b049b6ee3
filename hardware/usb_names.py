"""USB ids worth knowing by name: serial adapters, and readers without a serial port.

Ids of adapters are those of the Linux kernel's own drivers (ch341, cp210x, ftdi_sio, pl2303,
cdc-acm with CH9102/CH9143); a device with an id that is not here works just as well.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

UsbId = tuple[str, str]
"""Vendor and product, four small hex digits each."""

ADAPTERS: Final[Mapping[UsbId, str]] = MappingProxyType(
    {
        ("1a86", "7523"): "CH340",
        ("1a86", "7522"): "CH340",
        ("1a86", "5523"): "CH341",
        ("1a86", "55d2"): "CH342",
        ("1a86", "55d3"): "CH343",
        ("1a86", "55d4"): "CH9102",
        ("1a86", "55d5"): "CH344",
        ("10c4", "ea60"): "CP2102",
        ("10c4", "ea70"): "CP2105",
        ("10c4", "ea71"): "CP2108",
        ("0403", "6001"): "FT232",
        ("0403", "6010"): "FT2232",
        ("0403", "6011"): "FT4232",
        ("0403", "6014"): "FT232H",
        ("0403", "6015"): "FT230X",
        ("067b", "2303"): "PL2303",
        ("067b", "23a3"): "PL2303",
    }
)
"""Name of the chip."""

READERS: Final = frozenset({("0400", "c35a")})
"""ID-card readers with a SAM_V module behind USB bulk end points (as public drivers name them)."""

NO_SERIAL: Final = frozenset({"", "0", "0000", "0001", "00000000"})
"""What adapters say that have no serial number of their own (CP2102 leave the works with 0001)."""
