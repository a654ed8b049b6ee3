"""Sentences of calls for help, and of the guide's page."""

from types import MappingProxyType
from typing import Final

from queue_server.web.pages_words import COMMON, N_

HELP_WORDS: Final = {
    "help.open": N_("nobody is on the way yet"),
    "help.late": N_("still nobody is on the way"),
    "help.coming": N_("{name} is on the way"),
    "help.go": N_("I am going"),
    "help.done": N_("Helped"),
    "help.nobody": N_("Nobody is there"),
}
"""For every page that has `help_calls.html`."""

GUIDE_WORDS: Final = MappingProxyType(
    {
        **COMMON,
        **HELP_WORDS,
        "list_comma": N_(", "),
        "saving_again": N_("Not confirmed yet. Sending the same again until the server answers."),
        "nothing_found": N_("No item fits what was typed."),
        "given.place": N_("{ahead} ahead, window {windows}"),
        "given.visit": N_("This visit: {numbers}"),
    }
)
