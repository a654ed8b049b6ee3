"""Sentences of the staff's list of appointments."""

from types import MappingProxyType
from typing import Final

from queue_server.web.pages_words import N_

APPOINTMENT_WORDS: Final = MappingProxyType(
    {
        "offline": N_("The server cannot be reached. Trying again…"),
        "unexpected": N_("The server gave an answer this page does not understand ({status})."),
        "appointment.booked": N_("Booked"),
        "appointment.arrived": N_("Has come"),
        "appointment.cancelled": N_("Cancelled"),
        "appointment.missed": N_("Did not come"),
        "cancel": N_("Cancel"),
        "cancel_label": N_("Cancel {start} {item}"),
        "cancel_what": N_("{start}, {item}. The place is free at once; the citizen sees it."),
        "none": N_("No appointments on this day."),
        "counts": N_(
            "{booked} to come · {arrived} came · {missed} did not come · {cancelled} cancelled"
        ),
    }
)
