"""Sentences of the device page's script."""

from types import MappingProxyType
from typing import Final

from queue_server.web.pages_words import COMMON, N_

DEVICES_WORDS: Final = MappingProxyType(
    {
        **COMMON,
        "summary.well": N_("All {total} are well"),
        "summary.well_one": N_("The one device is well"),
        "summary.hand": N_("{hand} of {total} need a hand"),
        "summary.hand_one": N_("1 of {total} needs a hand"),
        "summary.soon": N_("{soon} will need one soon"),
        "summary.soon_one": N_("1 will need one soon"),
        "summary.only_soon": N_("{soon} of {total} will need a hand soon"),
        "summary.only_soon_one": N_("1 of {total} will need a hand soon"),
        "summary.unknown": N_("Not known how the devices are"),
        "broker": N_(
            "The message broker has been away since {time}. Until it is back nobody knows how the "
            "devices are; numbers are given all the same."
        ),
        "checked": N_("as of {time}"),
        "role.kiosk": N_("Kiosk"),
        "role.hall-screen": N_("Hall screen"),
        "role.window-display": N_("Window display"),
        "role.window": N_("Window {window}"),
        "role.display": N_("Display"),
        "link.online": N_("Connected"),
        "link.offline": N_("Not connected"),
        "link.silent": N_("No sign of life"),
        "link.never": N_("Never heard"),
        "link.awaited": N_("Waiting for its code"),
        "link.unknown": N_("Not known"),
        "do.offline": N_(
            "Its program does not run, or the network is down. Check that the machine is switched "
            "on and that its network cable is plugged in."
        ),
        "do.silent": N_(
            "It stopped talking without a goodbye. See whether its screen still moves; if not, "
            "switch it off and on."
        ),
        "do.never": N_(
            "It has not been heard since the server started. Switch it on, and check the broker's "
            "address in its settings."
        ),
        "do.awaited": N_(
            "Its enrolment code was not used yet. Enter the code at the machine; when it is too "
            "old, make a new one."
        ),
        "do.unreadable": N_(
            "It sends something this server cannot read; shown is what it said before. Update its "
            "program. If that does not help, take its access away and find out who uses its login."
        ),
        "do.twin": N_(
            "Two programs use this device's login. Stop one of them, or enrol it as a device of "
            "its own."
        ),
        "do.clock_ahead": N_(
            "Its clock is {minutes} min ahead, so its tickets show a wrong time. Set the clock of "
            "the machine."
        ),
        "do.clock_behind": N_(
            "Its clock is {minutes} min behind, so its tickets show a wrong time. Set the clock of "
            "the machine."
        ),
        "since": N_("since {time}"),
        "heard.seconds": N_("last heard {seconds} s ago"),
        "heard.minutes": N_("last heard {minutes} min ago"),
        "restarted": N_("started again at {time}"),
        "version": N_("version {version}"),
        "version_other": N_("version {version}, the server has {server}"),
        "no_devices": N_("No devices are fitted to it."),
        "kind.printer": N_("Ticket printer"),
        "kind.id-reader": N_("ID-card reader"),
        "kind.scanner": N_("Code scanner"),
        "kind.camera": N_("Camera"),
        "kind.call-display": N_("Window panel"),
        "kind.call-pad": N_("Call pad"),
        "kind.rater": N_("Rating pad"),
        "kind.keypad": N_("Keypad with private audio"),
        "kind.announcer": N_("Loudspeaker"),
        "kind.other": N_("Device"),
        "device.well": N_("works"),
        "device.soon": N_("needs a hand soon"),
        "device.ill": N_("needs a hand"),
        "device.away": N_("not reachable"),
        "paper.ok": N_("Paper loaded"),
        "paper.low": N_("Paper nearly used up"),
        "paper.out": N_("Paper used up"),
        "cover.closed": N_("Cover closed"),
        "cover.open": N_("Cover open"),
        "detail.module_id": N_("Module"),
        "detail.maker": N_("Maker"),
        "detail.device": N_("Sound device"),
        "print_test": N_("Print a test ticket"),
        "new_code": N_("New code"),
        "remove": N_("Remove"),
        "errand.asked": N_("Asked to print a test ticket…"),
        "errand.unanswered": N_("It was asked for a test ticket and did not answer."),
        "offer.done": N_("The code is good until {time}, for one device."),
        "remove.done": N_("{device} has no access any more."),
        "remove.what": N_(
            "{device} loses its access to this hall at once. To use it again it has to be enrolled "
            "anew."
        ),
    }
)
