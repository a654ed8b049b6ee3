"""Booking an appointment in a browser: item, what to bring, day and time, confirmation.

Everything is plain links and one form; nothing personal is asked. The page of an appointment is
known by its code alone, which is also what its QR code says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import segno
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from queue_server.contract import appointment_code
from queue_server.contract.appointment_code import AppointmentText
from queue_server.contract.messages import CatalogueItem
from queue_server.contract.messages_appointments import (
    AppointmentAnswer,
    AppointmentState,
    CheckInVerdict,
    DaySlots,
    SlotView,
)
from queue_server.contract.problems import N_, Code
from queue_server.web.api_appointments import Limits
from queue_server.web.appointment_desk import AppointmentDesk
from queue_server.web.deps import Hall
from queue_server.web.pages_public import PublicPages, form, pick, see_other, spoken
from queue_server.web.problems import Refused
from queue_server.web.throttle import address_of

NOON: Final = "12:00"
EVENING: Final = "18:00"
QUIET_MODULES: Final = 4
"""Quiet zone around a QR code (ISO/IEC 18004, section 5.3.8)."""
FORMS: Final[Mapping[str, str]] = {
    "original": N_("original"),
    "copy": N_("copy"),
    "original_and_copy": N_("original and copy"),
    "original_or_copy": N_("original or copy"),
}
STATES: Final[Mapping[str, str]] = {
    "now": N_("You can check in now."),
    "early": N_("Your appointment is booked."),
    "other_day": N_("Your appointment is booked."),
    "late": N_("This appointment is over. You can still take a normal number."),
    "cancelled": N_("This appointment was cancelled."),
    "used": N_("You have checked in."),
}


@dataclass(frozen=True, slots=True)
class DayCard:
    """A day to choose: `left` places, `open` at all, and the name of a holiday."""

    day: date
    open: bool
    left: int
    holiday: str


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A paper to bring, and in what form."""

    name: str
    form: str


def booking_router(hall: Hall, desk: AppointmentDesk, limits: Limits) -> APIRouter:
    """The routes."""
    routes = _Booking(PublicPages(hall), desk, limits)
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    add = router.add_api_route
    add("/book", routes.items, methods=["GET"])
    add("/book", routes.book, methods=["POST"])
    add("/book/find", routes.find, methods=["POST"])
    add("/book/{service_id}", routes.days, methods=["GET"])
    add("/book/{service_id}/{day}", routes.days, methods=["GET"])
    add("/book/{service_id}/{day}/{start}", routes.confirm, methods=["GET"])
    add("/a/{code}", routes.appointment, methods=["GET"])
    add("/a/{code}/cancel", routes.ask_cancel, methods=["GET"])
    add("/a/{code}/cancel", routes.cancel, methods=["POST"])
    return router


class _Booking:
    """The handlers; they keep no state of their own."""

    def __init__(self, pages: PublicPages, desk: AppointmentDesk, limits: Limits) -> None:
        self.pages = pages
        self._desk = desk
        self._limits = limits

    @spoken("/book")
    async def items(self, request: Request) -> Response:
        """What can be booked, by group."""
        catalogue = self.pages.hall.catalogue.current()
        bookable = set(self._desk.items())
        groups = [
            (group, [i for i in catalogue.items if i.group_id == group.group_id])
            for group in catalogue.groups
        ]
        shown = [
            (group, [item for item in items if item.service_id in bookable])
            for group, items in groups
        ]
        context = {"groups": [(group, items) for group, items in shown if items]}
        return self.pages.page(request, "book_items.html", context)

    @spoken("/book")
    async def find(self, request: Request) -> Response:
        """To the page of an appointment whose code somebody typed."""
        fields = await form(request)
        code = self._limits.known(request, self._desk, fields.get("code", ""))
        return see_other(f"/a/{code}")

    @spoken("/book")
    async def days(self, request: Request) -> Response:
        """What to bring, the days, and the times of one of them."""
        item = self.pages.item(request.path_params["service_id"])
        moving = self._moving(request, item)
        given = request.path_params.get("day")
        slots = [self._desk.slots(item.service_id, day, moving) for day in self._desk.days()]
        chosen = _day(given) if given else next((s.date for s in slots if _left(s)), None)
        shown = next((s for s in slots if s.date == chosen), None)
        if given and shown is None:
            raise Refused(Code.SLOT_CLOSED, date=chosen, start="")
        language = self.pages.language(request)
        names = self.pages.hall.signs().closed_names
        cards = [
            DayCard(
                s.date,
                bool(s.slots),
                _left(s),
                _why_shut(s, names, language),
            )
            for s in slots
        ]
        context = {
            **self._about(request, item),
            "days": cards,
            "chosen": chosen,
            "parts": _parts(shown.slots) if shown else [],
            "moving": moving,
            "query": f"?move={moving}" if moving else "",
        }
        return self.pages.page(request, "book_days.html", context)

    def _moving(self, request: Request, item: CatalogueItem) -> str | None:
        """The code of the appointment that would move, if the address names one of this item."""
        text = request.query_params.get("move")
        if text is None:
            return None
        code = self._limits.known(request, self._desk, text)
        found = self._desk.found(code)
        return code if found.service_id == item.service_id else None

    @spoken("/book")
    async def confirm(self, request: Request) -> Response:
        """Everything once more, and the button."""
        item = self.pages.item(request.path_params["service_id"])
        day, start = _day(request.path_params["day"]), request.path_params["start"]
        moving = self._moving(request, item)
        slots = self._desk.slots(item.service_id, day, moving)
        slot = next((s for s in slots.slots if s.start == start), None)
        if slot is None:
            raise Refused(Code.SLOT_CLOSED, date=day, start=start)
        if slot.left == 0:
            raise Refused(Code.SLOT_FULL, date=day, start=start)
        context = {
            **self._about(request, item),
            "day": day,
            "start": start,
            "moving": moving,
            "query": f"?move={moving}" if moving else "",
            "request_id": self._desk.new_request(),
        }
        return self.pages.page(request, "book_confirm.html", context)

    @spoken("/book")
    async def book(self, request: Request) -> Response:
        """Book or move; sent twice, it is done once."""
        fields = await form(request)
        day, start = _day(fields.get("date", "")), fields.get("start", "")
        address = address_of(request)
        self._limits.bookings.check(address)
        if moving := fields.get("move"):
            code = self._limits.known(request, self._desk, moving)
            found = await self._desk.move(code, day, _start(start))
        else:
            asked, language = _request(fields.get("request", "")), self.pages.language(request)
            service_id = self.pages.item(fields.get("service_id", "")).service_id
            found = await self._desk.book(asked, service_id, day, _start(start), language)
            self._limits.bookings.take(address)
        return see_other(_address(found))

    @spoken("/book")
    async def appointment(self, request: Request) -> Response:
        """The appointment itself: when, where, its QR code, what to bring, what can be done."""
        code = self._limits.known(request, self._desk, request.path_params["code"])
        return self.pages.page(request, "appointment.html", self._shown(request, code))

    def _shown(self, request: Request, code: str) -> dict[str, Any]:
        found = self._desk.view(code)
        item = self.pages.item(found.service_id)
        said = AppointmentText(code, found.hall_id, found.service_id)
        public_url = self.pages.hall.catalogue.current().public_url
        language = self.pages.language(request)
        return {
            **self._about(request, item),
            "found": found,
            "code": appointment_code.spaced(code),
            "path": f"/a/{code}",
            "qr": _qr(appointment_code.qr_text(said, public_url)),
            "state": self.pages.hall.say(language, STATES[found.verdict]),
            "live": found.state is AppointmentState.BOOKED
            and found.verdict is not CheckInVerdict.LATE,
            "good": found.verdict
            in (CheckInVerdict.NOW, CheckInVerdict.EARLY, CheckInVerdict.OTHER_DAY),
        }

    @spoken("/book")
    async def ask_cancel(self, request: Request) -> Response:
        """Whether it is really to be given back."""
        code = self._limits.known(request, self._desk, request.path_params["code"])
        return self.pages.page(request, "appointment_cancel.html", self._shown(request, code))

    @spoken("/book")
    async def cancel(self, request: Request) -> Response:
        """Give it back."""
        code = self._limits.known(request, self._desk, request.path_params["code"])
        await self._desk.cancel(code)
        return see_other(f"/a/{code}")

    def _about(self, request: Request, item: CatalogueItem) -> dict[str, Any]:
        """An item's names, papers and what cannot be done here."""
        language = self.pages.language(request)
        mode = item.extra.get("handling_mode")
        hint = mode.get("hint", {}) if isinstance(mode, dict) else {}
        finished = isinstance(mode, dict) and mode.get("id") == "here"
        return {
            "item": item,
            "plain": pick(item.plain_name, language) or pick(item.name, language),
            "official": pick(item.name, language),
            "materials": self._materials(item, language),
            "hint": "" if finished else pick(hint, language),
        }

    def _materials(self, item: CatalogueItem, language: str) -> list[MaterialRow]:
        found = item.extra.get("materials")
        rows = found if isinstance(found, list) else []
        return [self._material(row, language) for row in rows if isinstance(row, dict)]

    def _material(self, row: Mapping[str, Any], language: str) -> MaterialRow:
        say = self.pages.hall.say
        said = say(language, FORMS.get(str(row.get("kind")), FORMS["original"]))
        copies = row.get("copies", 1)
        if isinstance(copies, int) and copies > 1:
            said = say(language, N_("{form}, {n} pieces")).format(form=said, n=copies)
        if row.get("necessity") == "if_applicable":
            said = say(language, N_("{form}, if it applies to you")).format(form=said)
        return MaterialRow(pick(row.get("name", {}), language), said)


def _why_shut(slots: DaySlots, names: Mapping[str, Mapping[str, str]], language: str) -> str:
    """The name of the holiday that a closed day is; empty for any other."""
    return "" if slots.slots else pick(names.get(slots.date.isoformat(), {}), language)


def _left(slots: DaySlots) -> int:
    return sum(slot.left for slot in slots.slots)


def _parts(slots: list[SlotView]) -> list[tuple[str, list[SlotView]]]:
    """The times of a day that may be booked, by its parts; parts without any are left out."""
    slots = [slot for slot in slots if slot.bookable]
    morning = [s for s in slots if s.start < NOON]
    afternoon = [s for s in slots if NOON <= s.start < EVENING]
    evening = [s for s in slots if s.start >= EVENING]
    named = [("morning", morning), ("afternoon", afternoon), ("evening", evening)]
    return [(name, found) for name, found in named if found]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(Code.NOT_FOUND) from None


def _start(text: str) -> str:
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and text.isascii()):
        raise Refused(Code.NOT_FOUND)
    return text


def _request(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused(Code.KEY_INVALID) from None


def _address(found: AppointmentAnswer) -> str:
    where = urlencode({"h": found.hall_id, "s": found.service_id})
    return f"/a/{found.code}?{where}"


def _qr(text: str) -> str:
    """A QR code as a picture within the page; whole modules, with its quiet zone."""
    made = segno.make(text, error="m", micro=False)
    return made.svg_inline(
        scale=1, border=QUIET_MODULES, omitsize=True, svgclass="qr", lineclass=None, light="#fff"
    )
