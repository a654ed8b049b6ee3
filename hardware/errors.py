"""What can go wrong with a device, as stable codes, and the English sentence of each code.

A device error travels as its `code` (on MQTT, in logs, in the kiosk's state). The sentence a
person reads is looked up at the very edge by `sentence` and translated there: every value of
`SENTENCES` is a gettext msgid of the one catalogue.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final


class HardwareError(Exception):
    """Any failure of a device or of the way to it.

    Attributes:
        code: Stable machine-readable name; key of `SENTENCES`.
        detail: Technical note for a log (an errno, a byte): never personal data, never a sentence.
    """

    code: ClassVar[str] = "hardware-error"

    def __init__(self, detail: str = "") -> None:
        """Keep the technical note; the message of the exception is the code and that note."""
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class BadDeviceUrl(HardwareError):
    """The device URL cannot be understood, or names a transport this version does not have."""

    code = "bad-device-url"


class UnsupportedTransport(BadDeviceUrl):
    """The URL is well formed but this version cannot open it (usb:// for now)."""

    code = "unsupported-transport"


class Unavailable(HardwareError):
    """The device cannot be reached: unplugged, switched off, refused, or taken by a program."""

    code = "unavailable"


class DeviceBusy(Unavailable):
    """Another program holds the serial port."""

    code = "device-busy"


class AccessDenied(Unavailable):
    """The operating system does not let us open the port."""

    code = "access-denied"


class TimedOut(HardwareError):
    """The way is open but the device did not answer in time."""

    code = "timed-out"


class RemoteProtocolError(HardwareError):
    """The device sent bytes that no manual allows."""

    code = "remote-protocol-error"


class BadBarcode(RemoteProtocolError):
    """A scanned code holds control characters, is too long, or is in no known encoding."""

    code = "bad-barcode"


class UnreadableCard(RemoteProtocolError):
    """A card answered, but what it holds is no identity document we know."""

    code = "unreadable-card"


class DeviceFault(HardwareError):
    """The device answered, and says it cannot work now."""

    code = "device-fault"


class PrinterFault(DeviceFault):
    """Any fault a printer reports about itself."""

    code = "printer-error"


class PaperOut(PrinterFault):
    """The printer has no paper."""

    code = "paper-out"


class CoverOpen(PrinterFault):
    """The printer's cover is open."""

    code = "cover-open"


class CutterJam(PrinterFault):
    """The cutter did not come home."""

    code = "cutter-jam"


class PrinterError(PrinterFault):
    """The printer reports an error that it does not name, or that needs a restart."""

    code = "printer-error"


class PrinterOffline(PrinterFault):
    """The printer says it is off line without saying why (often the feed button is held)."""

    code = "printer-offline"


class ReaderFault(DeviceFault):
    """The card reader reports that its security module cannot work."""

    code = "reader-fault"


class ReaderUnauthorised(ReaderFault):
    """The security module of the reader is not authorised."""

    code = "reader-unauthorised"


class CardReadFailed(DeviceFault):
    """A card lies on the reader but could not be read; lay it down again."""

    code = "card-read-failed"


class CameraFault(DeviceFault):
    """The camera opens but gives no pictures."""

    code = "camera-fault"


PAPER_NEAR_END: Final = "paper-near-end"
"""A warning, not a fault: the printer still prints."""


def N_(msgid: str) -> str:  # noqa: N802 - the mark script/messages looks for
    """Mark a string as a msgid for the catalogue without translating it here."""
    return msgid


SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hardware-error": N_(
            "The device does not work. Switch it off and on; if that does not help, call support."
        ),
        "bad-device-url": N_(
            "The device address is wrong. Use serial:///dev/ttyUSB0?baud=115200 or tcp://host:9100."
        ),
        "unsupported-transport": N_(
            "Devices cannot be opened by usb:// yet. "
            "Use the device's serial port or network address instead."
        ),
        "unavailable": N_(
            "The device cannot be reached. "
            "Check that it is switched on and that its cable is plugged in at both ends."
        ),
        "device-busy": N_(
            "Another program is using this device. Close that program, then try again."
        ),
        "access-denied": N_(
            "This user may not open the device. "
            "Add the user to the group dialout (camera: video) and sign in again."
        ),
        "timed-out": N_(
            "The device does not answer. Check its power and its cable, "
            "and that the speed (baud) set on the device is the one in its address."
        ),
        "remote-protocol-error": N_(
            "The device sends something that is not understood. "
            "Check that the right type of device and the right speed (baud) are set."
        ),
        "bad-barcode": N_(
            "This code cannot be used here. Scan the code on your ticket or your phone."
        ),
        "unreadable-card": N_(
            "This card cannot be read here. Use an ID card or a residence permit."
        ),
        "device-fault": N_("The device reports a fault. Switch it off and on."),
        "paper-out": N_("The printer is out of paper. Put in a new roll and close the cover."),
        "cover-open": N_("The printer's cover is open. Close it until it clicks."),
        "cutter-jam": N_(
            "The paper cutter is stuck. "
            "Switch the printer off, remove the jammed paper, and switch it on again."
        ),
        "printer-error": N_("The printer reports an error. Switch it off and on."),
        "printer-offline": N_(
            "The printer is off line. Press its feed button once, or switch it off and on."
        ),
        "paper-near-end": N_("The paper roll is nearly used up. Have a new roll ready."),
        "reader-fault": N_(
            "The card reader's security module has failed. Have the reader repaired."
        ),
        "reader-unauthorised": N_(
            "The card reader's security module is not authorised. Contact the reader's supplier."
        ),
        "card-read-failed": N_("The card could not be read. Lift it, then lay it flat again."),
        "no-font": N_("No Chinese font was found. Install the package fonts-noto-cjk."),
        "no-encoder": N_(
            "Tickets cannot be prepared for this printer. Check that the disk is not full; "
            "if that does not help, install the program again."
        ),
        "camera-fault": N_("The camera gives no picture. Unplug it and plug it in again."),
    }
)
"""English msgid of every code: what happened and what to do."""


def sentence(code: str) -> str:
    """The English msgid for a code; an unknown code reads as a general hardware error."""
    return SENTENCES.get(code, SENTENCES["hardware-error"])
