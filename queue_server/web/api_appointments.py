"""Appointments over HTTP (docs/appointments.md).

Booking is public and needs no account; who holds the code may move or give back. Codes travel in
bodies, never in the API's addresses. Guessing them is throttled: only misses count.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from queue_server.contract import messages_appointments as msg
from queue_server.contract import paths
from queue_server.contract.problems import Code
from queue_server.core.errors import UnknownAppointment
from queue_server.web.appointment_desk import AppointmentDesk, code_of
from queue_server.web.auth import ISSUES, SEES_FIGURES, Authenticator, Role
from queue_server.web.deps import Hall
from queue_server.web.problems import Refused
from queue_server.web.throttle import Throttle, address_of

BOOKINGS = 20
BOOKINGS_PER_S = 600.0
"""A family in the hall's network, or a clerk who books for a village, stays far below this."""
MISSES = 10
MISSES_PER_S = 300.0
SEES_APPOINTMENTS = ISSUES | SEES_FIGURES
MAY_CANCEL = ISSUES | {Role.MANAGER, Role.ADMINISTRATOR}


class Limits:
    """The throttles that the API and the pages share."""

    def __init__(self) -> None:
        self.bookings = Throttle(BOOKINGS, BOOKINGS_PER_S)
        self.misses = Throttle(MISSES, MISSES_PER_S)

    def known(self, request: Request, desk: AppointmentDesk, text: str) -> str:
        """A code that exists here, in its normal form; a miss counts against the address.

        Raises:
            Refused: unknown, or too many misses.
            UnknownAppointment: the same from the domain.
        """
        address = address_of(request)
        self.misses.check(address)
        try:
            code = code_of(text)
            desk.found(code)
        except (Refused, UnknownAppointment):
            self.misses.take(address)
            raise
        return code


def appointment_router(
    hall: Hall, authenticator: Authenticator, desk: AppointmentDesk, limits: Limits
) -> APIRouter:
    """The routes."""
    routes = _Appointments(hall, authenticator, desk, limits)
    router = APIRouter()
    add = router.add_api_route
    one = msg.AppointmentAnswer
    add(paths.SLOTS, routes.slots, methods=["GET"], response_model=msg.DaySlots)
    add(paths.APPOINTMENTS, routes.book, methods=["POST"], response_model=one, status_code=201)
    add(paths.APPOINTMENT_LOOK_UP, routes.look_up, methods=["POST"], response_model=one)
    add(paths.APPOINTMENT_MOVE, routes.move, methods=["POST"], response_model=one)
    add(paths.APPOINTMENT_CANCEL, routes.cancel, methods=["POST"], response_model=one)
    add(paths.APPOINTMENTS, routes.day, methods=["GET"], response_model=msg.AppointmentDay)
    add(
        f"{paths.APPOINTMENTS}/{{appointment_id}}/cancel",
        routes.cancel_by_staff,
        methods=["POST"],
        status_code=204,
    )
    return router


class _Appointments:
    def __init__(
        self, hall: Hall, authenticator: Authenticator, desk: AppointmentDesk, limits: Limits
    ) -> None:
        self._hall = hall
        self._authenticator = authenticator
        self._desk = desk
        self._limits = limits

    async def slots(
        self,
        request: Request,
        service_id: Annotated[str, Query(max_length=8)],
        day: Annotated[date, Query(alias="date")],
    ) -> msg.DaySlots:
        """The slots of a day for an item, with the places left. Public."""
        return self._desk.slots(service_id, day)

    async def book(
        self, request: Request, wanted: Annotated[msg.BookingRequest, Body()]
    ) -> msg.AppointmentAnswer:
        """Book a slot. Public; the same `Idempotency-Key` books once."""
        key = request.headers.get(paths.IDEMPOTENCY_KEY)
        try:
            asked = str(UUID(key)) if key is not None else self._desk.new_request()
        except ValueError:
            raise Refused(Code.KEY_INVALID) from None
        address = address_of(request)
        self._limits.bookings.check(address)
        found = await self._desk.book(
            asked, wanted.service_id, wanted.date, wanted.start, wanted.language
        )
        if await self._authenticator.principal(request) is None:  # staff may book for a village
            self._limits.bookings.take(address)
        return found

    async def look_up(
        self, request: Request, wanted: Annotated[msg.CodeRequest, Body()]
    ) -> msg.AppointmentAnswer:
        """An appointment by its code. Public: the code cannot be guessed."""
        principal = await self._authenticator.principal(request)
        if principal is not None:  # a kiosk's bad codes are many people's
            return self._desk.view(code_of(wanted.code))
        return self._desk.view(self._limits.known(request, self._desk, wanted.code))

    async def move(
        self, request: Request, wanted: Annotated[msg.MoveRequest, Body()]
    ) -> msg.AppointmentAnswer:
        """Another slot for the same item, by whoever holds the code."""
        code = self._limits.known(request, self._desk, wanted.code)
        self._limits.bookings.check(address_of(request))
        return await self._desk.move(code, wanted.date, wanted.start)

    async def cancel(
        self, request: Request, wanted: Annotated[msg.CodeRequest, Body()]
    ) -> msg.AppointmentAnswer:
        """Give the place back, by whoever holds the code."""
        code = self._limits.known(request, self._desk, wanted.code)
        return await self._desk.cancel(code)

    async def day(
        self,
        request: Request,
        day: Annotated[date | None, Query(alias="date")] = None,
    ) -> msg.AppointmentDay:
        """A day's appointments for staff, today's by default; without their codes."""
        await self._authenticator.require(request, SEES_APPOINTMENTS)
        today = self._hall.service.floor.business_date
        if today is None:
            raise Refused(Code.NOT_OPEN)
        return self._desk.day(day or today)

    async def cancel_by_staff(
        self,
        request: Request,
        appointment_id: str,
        wanted: Annotated[msg.StaffCancelRequest, Body()],
    ) -> Response:
        """Cancel an appointment, with a reason."""
        principal = await self._authenticator.require(request, MAY_CANCEL)
        await self._desk.cancel_by_staff(appointment_id, wanted.reason, principal.actor)
        return Response(status_code=204)
