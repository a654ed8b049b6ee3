"""What can go wrong with a device, as exceptions with stable codes.

A device error travels as its `code` (on MQTT, in logs, in the kiosk's state); `hardware.sentences`
has the sentence a person reads for each.
"""

from typing import ClassVar, Final


class HardwareError(Exception):
    """Any failure of a device or of the way to it.

    Attributes:
        code: Stable machine-readable name; key of `hardware.sentences.SENTENCES`.
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
    """The URL is well formed, but this kind of device is not reached that way (usb://)."""

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


class UsbAccessDenied(AccessDenied):
    """The operating system does not let us open the USB device: a udev rule is missing."""

    code = "usb-access-denied"


class UsbAmbiguous(Unavailable):
    """Several USB devices fit the address."""

    code = "usb-ambiguous"


class UsbUnsuitable(Unavailable):
    """The USB device has no pair of bulk end points to speak through."""

    code = "usb-unsuitable"


class NoUsbLibrary(Unavailable):
    """libusb is not installed."""

    code = "no-usb-library"


class TimedOut(HardwareError):
    """The way is open but the device did not answer in time."""

    code = "timed-out"


class RemoteProtocolError(HardwareError):
    """The device sent bytes that no manual allows."""

    code = "remote-protocol-error"


class BadBarcode(RemoteProtocolError):
    """A scanned code holds control characters, is too long, or is in no known encoding."""

    code = "bad-barcode"


class LineDamaged(RemoteProtocolError):
    """The device says that what we sent it arrived damaged."""

    code = "line-damaged"


class UnreadableCard(RemoteProtocolError):
    """What was read from a card cannot be so: a number with a wrong check digit, a torn text."""

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


class ReaderSelfTestFailed(ReaderFault):
    """The security module failed its own test and takes no commands."""

    code = "reader-self-test-failed"


class ReaderNoRandomNumber(ReaderFault):
    """The security module could not draw a random number (often a weak power supply)."""

    code = "reader-no-random-number"


class ReaderCommandUnknown(DeviceFault):
    """The module is well and does not know a command: another type of device, old firmware."""

    code = "reader-command-unknown"


class CardReadFailed(DeviceFault):
    """A card lies on the reader but could not be read; lay it down again."""

    code = "card-read-failed"


class WrongCard(CardReadFailed):
    """A card of a kind that is no identity document we know."""

    code = "wrong-card"


class CardGone(CardReadFailed):
    """The card was lifted between finding and reading."""

    code = "card-gone"


class CardNotSelected(CardReadFailed):
    """The card was found and could not be picked out: two cards, metal, a phone."""

    code = "card-not-selected"


class CardNotAccepted(CardReadFailed):
    """The module does not take the card for genuine."""

    code = "card-not-accepted"


class ReaderNotAccepted(CardReadFailed):
    """The card does not take the module for genuine."""

    code = "reader-not-accepted"


class CardNotVerified(CardReadFailed):
    """The card was read, and the signature over its content is wrong."""

    code = "card-not-verified"


class CardEmpty(CardReadFailed):
    """The card holds nothing of what was asked for."""

    code = "card-empty"


class CardUnknownError(CardReadFailed):
    """The module reports an error that it cannot name."""

    code = "card-unknown-error"


class NoSoundDevice(Unavailable):
    """The sound device is not there: unplugged, no driver, or another name."""

    code = "no-sound-device"


class NoSoundPlayer(Unavailable):
    """The program that plays sound (aplay of alsa-utils) is not installed."""

    code = "no-sound-player"


class SoundAccessDenied(AccessDenied):
    """The operating system does not let this user play sound."""

    code = "sound-access-denied"


class SoundFault(DeviceFault):
    """The sound device opens and then does not play."""

    code = "sound-fault"


class AnnouncementExpired(HardwareError):
    """An announcement's time was over before its turn came."""

    code = "announcement-expired"


class AnnouncerFull(HardwareError):
    """More announcements wait than can be said."""

    code = "announcer-full"


class InputAccessDenied(AccessDenied):
    """The operating system does not let this user read a keyboard device."""

    code = "input-access-denied"


class ScannerRefused(DeviceFault):
    """The scanner answers, and will not be switched on by command."""

    code = "scanner-refused"


class CameraFault(DeviceFault):
    """The camera opens but gives no pictures."""

    code = "camera-fault"


class CameraSettingRefused(CameraFault):
    """The camera does not know a setting (exposure, gain) that its address asks for."""

    code = "camera-setting-refused"


PAPER_NEAR_END: Final = "paper-near-end"
"""A warning, not a fault: the printer still prints."""

WARNINGS: Final = frozenset({PAPER_NEAR_END})
"""Codes that ask for a hand soon, but stop nothing now."""
