"""The English sentence of every device error: what happened and what to do.

Looked up by code at the very edge and translated there: every value of `SENTENCES` is a gettext
msgid of the one catalogue.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def N_(msgid: str) -> str:  # noqa: N802 - the mark script/messages looks for
    """Mark a string as a msgid for the catalogue without translating it here."""
    return msgid


SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hardware-error": N_(
            "The device does not work. Switch it off and on; if that does not help, call support."
        ),
        "bad-device-url": N_(
            "The device address is wrong. Use serial:///dev/ttyUSB0?baud=115200, tcp://host:9100 "
            "or usb://04b8:0e15."
        ),
        "unsupported-transport": N_(
            "This kind of device cannot be reached by usb://. "
            "Use its serial port or network address instead."
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
        "usb-access-denied": N_(
            "This user may not open the USB device. Install the udev rule of "
            "docs/devices/escpos-printer.md, then unplug the device and plug it in again."
        ),
        "usb-ambiguous": N_(
            "Several equal USB devices are plugged in. Add ?serial=… or ?port=… to the address, "
            "or unplug the others."
        ),
        "usb-unsuitable": N_(
            "This USB device cannot be spoken to. Check its address, "
            "and that the device is set to printer mode."
        ),
        "no-usb-library": N_(
            "USB devices cannot be opened because libusb is missing. "
            "Install the package libusb-1.0-0."
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
        "line-damaged": N_(
            "What is sent to this device arrives damaged. "
            "Use a shorter, shielded cable, away from motors and power cables."
        ),
        "unreadable-card": N_(
            "What was read from the card is wrong. Lift the card, then lay it flat again; "
            "if it fails again, take it to a window."
        ),
        "bad-voice-bank": N_(
            "The sounds for this language cannot be used. "
            "Check the folder of the sounds as docs/voice.md describes it."
        ),
        "no-voice": N_(
            "The computer's voice cannot speak. Install the package espeak-ng, then try again."
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
        "reader-self-test-failed": N_(
            "The card reader failed its own test. Unplug it, wait ten seconds and plug it in "
            "again; if that does not help, have it repaired."
        ),
        "reader-no-random-number": N_(
            "The card reader could not draw a random number. "
            "Switch it off and on, and use its own power supply."
        ),
        "reader-command-unknown": N_(
            "The card reader does not know a command it was given. Check that it is an ID-card "
            "reader with a SAM_V module, and ask its supplier for newer firmware."
        ),
        "reader-not-accepted": N_(
            "The card does not accept this reader. Lay the card flat again; "
            "if other cards fail too, contact the reader's supplier."
        ),
        "card-read-failed": N_("The card could not be read. Lift it, then lay it flat again."),
        "wrong-card": N_(
            "This is not a card that can be read here. Use your resident ID card, "
            "residence permit or permanent resident's card."
        ),
        "card-gone": N_(
            "The card was lifted too early. Lay it down and leave it until it has been read."
        ),
        "card-not-selected": N_(
            "The card could not be picked out. Lay down one card alone, without its wallet, "
            "and keep phones and keys away."
        ),
        "card-not-accepted": N_(
            "The reader does not accept this card. Lay it flat again; "
            "if it fails again, take it to a window."
        ),
        "card-not-verified": N_(
            "What is stored on the card could not be verified. Take the card to a window."
        ),
        "card-empty": N_("The chip of this card is empty. Take the card to a window."),
        "card-unknown-error": N_(
            "The reader reports an error without a name. Lift the card, then lay it flat again; "
            "if it stays, switch the reader off and on."
        ),
        "no-font": N_("No Chinese font was found. Install the package fonts-noto-cjk."),
        "no-encoder": N_(
            "Tickets cannot be prepared for this printer. Check that the disk is not full; "
            "if that does not help, install the program again."
        ),
        "no-sound-device": N_(
            "The sound device is not there. Check that it is plugged in, "
            "and that its name in the address is right (aplay -L lists the names)."
        ),
        "no-sound-player": N_(
            "The program that plays sound is missing. Install the package alsa-utils."
        ),
        "sound-access-denied": N_(
            "This user may not play sound. Add the user to the group audio, "
            "then start the program again."
        ),
        "sound-fault": N_(
            "The sound device does not play. Unplug it and plug it in again; "
            "if that does not help, use plughw: instead of hw: in its address."
        ),
        "announcement-expired": N_(
            "An announcement was not spoken because its time was over. "
            "Recall the number; if this happens often, choose fewer languages."
        ),
        "announcer-full": N_(
            "Too many announcements wait to be spoken. Look at the screen for the numbers."
        ),
        "input-access-denied": N_(
            "This user may not read the keyboard device. "
            "Add the user to the group input and sign in again."
        ),
        "scanner-refused": N_(
            "The scanner does not take the command to read. "
            'Scan the setup code "serial trigger" (command mode) in its booklet.'
        ),
        "camera-fault": N_("The camera gives no picture. Unplug it and plug it in again."),
        "camera-setting-refused": N_(
            "The camera does not know exposure_ms or gain. Take them out of its address."
        ),
    }
)
"""English msgid of every code: what happened and what to do."""


def sentence(code: str) -> str:
    """The English msgid for a code; an unknown code reads as a general hardware error."""
    return SENTENCES.get(code, SENTENCES["hardware-error"])
