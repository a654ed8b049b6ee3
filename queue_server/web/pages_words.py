"""Sentences of the pages' scripts, by the name the scripts know them by.

Values are English msgids; `{name}` parts are filled by the script after translation.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def N_(text: str) -> str:  # noqa: N802 - the conventional name of gettext's no-op marker
    """Mark a sentence for extraction; it is translated when a page is rendered."""
    return text


OUTCOMES: Final = MappingProxyType(
    {
        "done": N_("Done on the spot"),
        "accepted": N_("Accepted, the answer comes later"),
        "returned": N_("Returned, papers missing"),
        "advice": N_("Advice only"),
        "out_of_scope": N_("Not handled in this hall"),
    }
)
"""How a matter ended, by `WindowActionRequest.outcome`."""


def _coded(prefix: str, table: Mapping[str, str]) -> dict[str, str]:
    return {f"{prefix}.{code}": text for code, text in table.items()}


COMMON: Final = {
    "offline": N_("The server cannot be reached. Trying again…"),
    "reconnecting": N_("Reconnecting…"),
    "unexpected": N_("The server gave an answer this page does not understand ({status})."),
    "window_free": N_("free"),
    "window_in_use": N_("in use"),
    "minutes": N_("{minutes} min"),
    "under_a_minute": N_("just now"),
    "state.closed": N_("Closed"),
    "state.open": N_("Open"),
    "state.calling": N_("Calling"),
    "state.serving": N_("Serving"),
    "state.paused": N_("Paused"),
}

SIGN_IN_WORDS: Final = MappingProxyType(
    {
        **COMMON,
        "signing_in": N_("Signing in…"),
        "no_windows": N_("The list of windows comes as soon as the server answers."),
    }
)

LATE_WORDS: Final = {
    "list_comma": N_(", "),
    "doubt.late": N_("came in late"),
    "doubt.unprinted": N_("perhaps not printed"),
    "fate.waiting": N_("Here now: it waits"),
    "fate.served": N_("Served already"),
    "fate.no_show": N_("Not here"),
    "fate_then.waiting": N_("at the place of its time"),
    "fate_then.served": N_("cannot be taken back"),
    "fate_then.no_show": N_("can be put back"),
    "fate_short.waiting": N_("Here"),
    "fate_short.served": N_("Served"),
    "fate_short.no_show": N_("Not here"),
    "fate_label.waiting": N_("{number} is here and waits"),
    "fate_label.served": N_("{number} was served already"),
    "fate_label.no_show": N_("{number} is not here"),
    "late.waiting": N_("{number} waits at the place of the time it was given."),
    "late.served": N_("{number} is noted as served."),
    "late.no_show": N_("{number} is noted as not here; it can be put back into the queue."),
    "late.settled_already": N_("{number} was settled already, by somebody else or by time."),
    "paper_code.none": N_("That is not the code of a paper that a kiosk gave while cut off."),
    "paper_code.again": N_("The last press is not saved yet. Scan the paper again in a moment."),
    "paper_code.too_old": N_(
        "The paper with number {number} is more than a week old or of another hall. "
        "Please issue a new number."
    ),
    "paper_code.waiting": N_("{number} waits for window {windows}; {ahead} ahead."),
    "paper_code.called": N_("{number} is called to window {window} just now."),
    "paper_code.serving": N_("{number} is being served at window {window}."),
    "paper_code.held": N_("{number} is on hold."),
    "paper_code.no_show": N_("{number} was noted as not here; put it back into the queue."),
    "paper_code.left": N_(
        "{number} has already left the hall. Issue a new number if it is needed."
    ),
}
"""Numbers that a kiosk gave while it was cut off."""

CLERK_WORDS: Final = MappingProxyType(
    {
        "appointment": N_("Appointment {start}"),
        **COMMON,
        **_coded("outcome", OUTCOMES),
        "main.open": N_("Open the window"),
        "main.resume_work": N_("Back to work"),
        "main.call_next": N_("Call next"),
        "main.start": N_("The visitor is here: start"),
        "main.finish": N_("Finish"),
        "main.nobody": N_("Nobody is waiting"),
        "main.next_is": N_("next: {number}"),
        "saving": N_("Saving…"),
        "saving_again": N_("Not confirmed yet. Sending the same again until the server answers."),
        "pause": N_("Pause"),
        "no_ticket": N_("No ticket at this window"),
        "no_ticket_closed": N_("The window is closed."),
        "no_ticket_paused": N_("Paused: {reason}"),
        "no_ticket_open": N_("{count} waiting for this window."),
        "called_times": N_("called {count}×"),
        "called_for": N_("called {time} ago"),
        "serving_for": N_("serving for {time}"),
        "why_next": N_("Why this ticket: {sentence}"),
        "priority": N_("Priority: {name}"),
        "materials": N_("Papers to check: {checked} of {total}"),
        "no_materials": N_("The catalogue lists no papers for this item."),
        "paper.if_applicable": N_("if it applies"),
        "paper.original": N_("original"),
        "paper.copy": N_("copy"),
        "paper.original_and_copy": N_("original and copy"),
        "paper.original_or_copy": N_("original or copy"),
        "call_this": N_("Call"),
        "call_this_label": N_("Call {number} out of order"),
        "resume_this": N_("Resume"),
        "resume_this_label": N_("Resume {number}"),
        "requeue_this": N_("Requeue"),
        "requeue_this_label": N_("Put {number} back into the queue"),
        "nobody_in_list": N_("Nobody"),
        "own.finished": N_("served"),
        "own.called": N_("called"),
        "own.no_show": N_("no-shows"),
        "own.transferred": N_("transferred"),
        "own.mean_service_s": N_("mean service"),
        "own.mean_wait_s": N_("mean wait"),
        "own.median_service_s": N_("median service"),
        "no_data": N_("no data"),
        "done.issued": N_("Number {number} is issued; {ahead} ahead."),
        "done.finished": N_("{number} is finished."),
        "done.no_show": N_("{number} did not come; it can be put back into the queue."),
        "done.held": N_("{number} is on hold."),
        "done.transferred": N_("{number} is transferred."),
        "done.undone": N_("The call of {number} is undone; it is back at its place."),
        "done.requeued": N_("{number} is back in the queue."),
        "done.cancelled": N_("{number} is cancelled."),
        "done.recalled": N_("{number} is called again ({count}×)."),
        "done.closed": N_("The window is closed."),
        "nothing_found": N_("No item fits what was typed."),
        **LATE_WORDS,
    }
)

MANAGER_WORDS: Final = MappingProxyType(
    {
        **COMMON,
        "no_data": N_("no data"),
        "wait": N_("Wait"),
        "walk": N_("Walk to the window"),
        "service": N_("Service time"),
        "median": N_("Median"),
        "p90": N_("90 % within"),
        "max": N_("Longest"),
        "minutes_axis": N_("minutes"),
        "by.window": N_("Window"),
        "by.service": N_("Item"),
        "by.group": N_("Service group"),
        "by.clerk": N_("Clerk"),
        "by.hour": N_("Hour"),
        "by.priority": N_("Priority class"),
        "normal_class": N_("Normal"),
        "no_window_yet": N_("Not called yet"),
        "whole_hall": N_("Whole hall"),
        "issued": N_("Issued"),
        "called": N_("Called"),
        "finished": N_("Finished"),
        "no_show": N_("No-shows"),
        "abandoned": N_("Gave up"),
        "cancelled": N_("Cancelled"),
        "expired": N_("Expired"),
        "transferred": N_("Transferred"),
        "live": N_("Still live"),
        "within_target": N_("Within target"),
        "no_show_rate": N_("No-show rate"),
        "abandon_rate": N_("Gave-up rate"),
        "median_wait": N_("Median wait"),
        "p90_wait": N_("90 % waited at most"),
        "median_service": N_("Median service time"),
        "chart_alt": N_(
            "{measure} by {key}: median, 90 % and longest. The table below has it all."
        ),
        "computed": N_("Computed {time}"),
        "free": N_("free"),
        "likely_wait": N_("about {likely} min ({low}–{high})"),
        "wait_unknown": N_("not known yet"),
        "waiting_total": N_("Waiting"),
        "serving_total": N_("At windows"),
        "windows_open": N_("Windows attended"),
        "longest_wait": N_("Longest expected wait"),
        "recalled": N_("called {count}×"),
        "hall_open": N_("The hall is open"),
        "hall_closed": N_("The hall is closed"),
        "no_rows": N_("No tickets in these days."),
        "range": N_("{from} to {to}"),
    }
)

BOARD_WORDS: Final = MappingProxyType(
    {
        "stale": N_("May be out of date"),
        "window": N_("Window"),
        "free": N_("Free"),
        "paused": N_("Paused"),
        "closed": N_("Closed"),
        "please_come": N_("Please come"),
        "waiting": N_("waiting"),
        "wait_about": N_("about {likely} min"),
        "wait_under": N_("under 1 min"),
        "hall_closed": N_("The hall is not open now"),
        "no_calls": N_("No calls yet"),
        "last_calls": N_("Last calls"),
    }
)
