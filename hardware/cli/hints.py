"""What a person does while a device is tried out, and what to do when nothing comes of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hardware.roles import DeviceKind
from hardware.sentences import N_

NOW: Final[Mapping[DeviceKind, str]] = MappingProxyType(
    {
        DeviceKind.PRINTER: N_("Printing the example ticket"),
        DeviceKind.ID_READER: N_("Lay a card flat on the reader now. Ctrl-C ends."),
        DeviceKind.SCANNER: N_("Hold a code before the scanner now. Ctrl-C ends."),
        DeviceKind.CAMERA: N_("Hold a code a hand's breadth before the camera now. Ctrl-C ends."),
        DeviceKind.CALL_DISPLAY: N_("Look at the panel: it shows what stands in each line here."),
        DeviceKind.CALL_PAD: N_("Press the keys of the pad now. Ctrl-C ends."),
        DeviceKind.RATER: N_("Press a key of the rater now. Ctrl-C ends."),
        DeviceKind.KEYPAD: N_("Press the keys of the keypad now. Ctrl-C ends."),
        DeviceKind.ANNOUNCER: N_("Listen to what is said now."),
    }
)
"""English msgid for each kind, told when the device is ready."""

NOTHING: Final[Mapping[DeviceKind, str]] = MappingProxyType(
    {
        DeviceKind.PRINTER: N_(
            "The printer has not finished in {seconds} seconds. Look whether its paper runs freely."
        ),
        DeviceKind.ID_READER: N_(
            "No card was read in {seconds} seconds. Lay one card flat on the marked place, without "
            "its wallet and away from phones; if no card is ever read, have the reader checked."
        ),
        DeviceKind.SCANNER: N_(
            "No code came in {seconds} seconds. If the scanner beeps, its end mark is another: try "
            "framing=idle in the address; if it stays dark, try trigger=gm65 or its manual."
        ),
        DeviceKind.CAMERA: N_(
            "No code was seen in {seconds} seconds. Hold a large code still a hand's breadth away, "
            "and give it light."
        ),
        DeviceKind.CALL_DISPLAY: N_(
            "The panel took nothing in {seconds} seconds. Check its power and both wires (A and B)."
        ),
        DeviceKind.CALL_PAD: N_(
            "No key came in {seconds} seconds. Check the pad's power, exchange the wires A and B, "
            "and compare its number with address= in the address."
        ),
        DeviceKind.RATER: N_(
            "No rating came in {seconds} seconds. Check the rater's power, exchange the wires A "
            "and B, and compare its number with address= in the address."
        ),
        DeviceKind.KEYPAD: N_(
            "No key came in {seconds} seconds. Look with bianmin-hardware list whether the address "
            "names the keypad and not another keyboard."
        ),
        DeviceKind.ANNOUNCER: N_(
            "Nothing was said in {seconds} seconds. Look with bianmin-hardware list for the sound "
            "card, and whether it is muted."
        ),
    }
)
"""English msgid for each kind, told when the time given with --within is over."""

AFTERWARDS: Final[Mapping[DeviceKind, str]] = MappingProxyType(
    {
        DeviceKind.PRINTER: N_(
            "Look at the ticket: Chinese in four sizes, a code your phone can read, a clean cut. "
            "If there are strange characters, choose another profile (see escpos-printer.md)."
        ),
        DeviceKind.CALL_DISPLAY: N_(
            "If the panel showed something else, compare id= and digits= with its settings."
        ),
        DeviceKind.ANNOUNCER: N_(
            "If you heard nothing: is the loudspeaker on, and is it the right sound card?"
        ),
    }
)
"""English msgid for the kinds where only a person can see whether it worked."""
