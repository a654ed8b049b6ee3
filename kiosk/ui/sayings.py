"""Short sentences made of figures and codes, in the language of a scene. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hardware.sentences import sentence
from kiosk.guide import Fee, Guide, Limit, Material
from kiosk.lang import Speech
from kiosk.visit import Refusal
from queue_server.contract.messages import TicketState, Wait, WaitingRow
from queue_server.contract.problems import N_, PROBLEMS, Code
from queue_server.paper.wording import WaitRange, rounded_outward

SHORT_WAIT_S: Final = 300
CENTS: Final = ".00"

MATERIAL_KINDS: Final[Mapping[str, str]] = {
    "original": N_("original"),
    "copy": N_("copy"),
    "original_and_copy": N_("original and copy"),
    "original_or_copy": N_("original or copy"),
}

TICKET_STATES: Final[Mapping[TicketState, str]] = {
    TicketState.WAITING: N_("You are in the queue."),
    TicketState.UNCONFIRMED: N_("You are in the queue."),
    TicketState.CALLED: N_("Your number is being called: please go to window {window}."),
    TicketState.SERVING: N_("You are being served at window {window}."),
    TicketState.HELD: N_("Your matter is on hold; the clerk will call you back."),
    TicketState.NO_SHOW: N_("Your number was called and nobody came. Please ask at the desk."),
    TicketState.FINISHED: N_("This matter is finished."),
    TicketState.CANCELLED: N_("This number was cancelled."),
    TicketState.ABANDONED: N_("This number was given up."),
    TicketState.EXPIRED: N_("This number was valid on another day only."),
}

HERE_FAULTS: Final[Mapping[str, str]] = {
    "bad-barcode": N_("This code is no document. Show a code that says who you are."),
    "unavailable": N_("It does not answer."),
    "timed-out": N_("It does not answer."),
    "paper-out": N_("It has run out of paper."),
    "cover-open": N_("Its cover is open."),
}
"""What a citizen can do something with; the full sentences speak to staff."""


TORN_PAPER: Final = N_(
    "The paper ran out in the middle of your ticket. Your number counts; it is printed again as "
    "soon as there is new paper."
)
TORN_OTHERWISE: Final = N_(
    "The printer stopped in the middle of your ticket. {why} Your number counts; it is printed "
    "again as soon as the printer is ready."
)


def torn(code: str, speech: Speech) -> str:
    """Why a ticket broke off, and what comes of it."""
    if code in {"", "paper-out"}:
        return speech.gettext(TORN_PAPER)
    return speech.gettext(TORN_OTHERWISE).format(why=fault(code, speech))


def fault(code: str, speech: Speech) -> str:
    """A device fault for the person in front of the kiosk."""
    return speech.gettext(HERE_FAULTS.get(code) or sentence(code))


FOR_CITIZENS: Final = frozenset(
    {
        Code.NOT_OPEN,
        Code.UNKNOWN_TICKET,
        Code.PAPER_NOT_IN,
        Code.PAPER_REFUSED,
        Code.DUPLICATE_TICKET,
        Code.NUMBERS_EXHAUSTED,
        Code.OVERLOADED,
        Code.STARTING,
        Code.STORE_UNAVAILABLE,
        Code.TOO_MANY_REQUESTS,
        Code.UNKNOWN_APPOINTMENT,
        Code.APPOINTMENT_CANCELLED,
        Code.APPOINTMENT_USED,
        Code.APPOINTMENT_OTHER_DAY,
        Code.APPOINTMENT_EARLY,
        Code.APPOINTMENT_LATE,
    }
)
"""Codes whose sentence means something to the person who reads it here; the rest are for staff."""


def refusal(why: Refusal, speech: Speech) -> str:
    """Why the server said no; a parameter it did not send stays blank."""
    if why.code not in FOR_CITIZENS:
        return speech.gettext(N_("The number system refused this request. Please ask at the desk."))
    said = speech.gettext(PROBLEMS[why.code].sentence)
    return said.format_map(defaultdict(str, why.params)).strip()


def ticket_state(state: TicketState, window_id: str | None, speech: Speech) -> str:
    """Where a ticket is in its life."""
    return speech.gettext(TICKET_STATES[state]).format(window=window_id or "?")


def short_wait(wait: Wait | None, speech: Speech) -> str:
    """The likely wait in two words; empty where none can be told."""
    if wait is None:
        return ""
    if wait.likely_s < SHORT_WAIT_S:
        return speech.gettext(N_("under 5 min"))
    span = WaitRange(wait.low_s, wait.likely_s, wait.high_s, wait.computed_at)
    _low, likely, _high = rounded_outward(span)
    return speech.gettext(N_("about {likely} min")).format(likely=likely)


def waiting(row: WaitingRow, speech: Speech) -> str:
    """How many people wait in a group."""
    if row.count == 0:
        return speech.gettext(N_("no queue"))
    return speech.ngettext("{n} waiting", "{n} waiting", row.count)


def limit(value: Limit, speech: Speech) -> str:
    """A time limit."""
    if value.unit == "instant" or value.value == 0:
        said = speech.gettext(N_("While you wait"))
    elif value.unit == "working_day":
        said = speech.ngettext("{n} working day", "{n} working days", value.value)
    else:
        said = speech.ngettext("{n} day", "{n} days", value.value)
    note = speech.pick(value.note) if value.note else ""
    if not note:
        return said
    return speech.gettext(N_("{limit} ({note})")).format(limit=said, note=note)


def fees(guide: Guide, speech: Speech) -> str:
    """What the matter costs; empty where the catalogue does not say."""
    if guide.fee is None:
        return ""
    if not guide.fee.charged:
        return speech.gettext(N_("Free of charge"))
    return "\n".join(_fee(one, speech) for one in guide.fee.fees)


def _fee(one: Fee, speech: Speech) -> str:
    amount = one.amount.removesuffix(CENTS)
    unit = speech.pick(one.unit) if one.unit else one.currency
    return speech.gettext(N_("{amount} {unit} ({name})")).format(
        amount=amount, unit=unit, name=speech.pick(one.name)
    )


def material(one: Material, speech: Speech) -> str:
    """In what form, how many, and whether always: "original, 2 pieces, if it applies to you"."""
    form = speech.gettext(MATERIAL_KINDS[one.kind])
    if one.copies > 1:
        form = speech.gettext(N_("{form}, {n} pieces")).format(form=form, n=one.copies)
    if one.necessity == "if_applicable":
        form = speech.gettext(N_("{form}, if it applies to you")).format(form=form)
    return form


WEEKDAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def day(moment: datetime, speech: Speech) -> str:
    """The date with its weekday, as people of the language write it."""
    return speech.gettext(N_("{weekday}, {year}-{month:02}-{day:02}")).format(
        weekday=speech.gettext(WEEKDAYS[moment.weekday()]),
        year=moment.year,
        month=moment.month,
        day=moment.day,
    )
