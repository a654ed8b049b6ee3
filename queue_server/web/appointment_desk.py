"""Appointments for the API and the pages alike: slots, booking, moving, giving back, keeping."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from queue_server.contract import appointment_code
from queue_server.contract import messages_appointments as msg
from queue_server.contract.ids import AppointmentId, ServiceId
from queue_server.contract.problems import Code
from queue_server.core import appointments as core
from queue_server.core import commands as cmd
from queue_server.core import events as ev
from queue_server.core.decide_appointments import BY_CITIZEN, appointment_of
from queue_server.core.errors import NoAppointments, UnknownService
from queue_server.core.hours import is_working
from queue_server.core.model import Appointment, AppointmentState, Floor
from queue_server.core.settings import HallSettings
from queue_server.views import ticket_answer, utc
from queue_server.web.deps import Hall
from queue_server.web.problems import Refused

PUBLIC = "public:page"
"""Who asks, for the journal: a page that anybody may open."""
_MS = 1000


def minute_of(start: str) -> int:
    """The minute of the day that "09:30" is."""
    hours, _, minutes = start.partition(":")
    return int(hours) * 60 + int(minutes)


def code_of(text: str) -> str:
    """A code that somebody typed.

    Raises:
        Refused: "unknown-appointment", it cannot be one.
    """
    try:
        return appointment_code.normal(text)
    except appointment_code.BadAppointmentCodeError:
        raise Refused(Code.UNKNOWN_APPOINTMENT) from None


class AppointmentDesk:
    """See the module. What the domain refuses is raised as QueueError."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def now_ms(self) -> int:
        """UTC milliseconds."""
        return self._hall.clock.now().at_ms

    def _settings(self) -> HallSettings:
        settings = self._hall.service.floor.settings
        if settings is None:
            raise NoAppointments
        return settings

    def slot_ms(self, day: date, start_min: int) -> int:
        """The moment at which a minute of a local day is, UTC milliseconds."""
        local = datetime.combine(day, time()) + timedelta(minutes=start_min)
        return int(local.replace(tzinfo=ZoneInfo(self._hall.time_zone)).timestamp() * _MS)

    def _local(self, at_ms: int) -> str:
        """A moment on the hall's clock, as "09:40"."""
        return utc(at_ms).astimezone(ZoneInfo(self._hall.time_zone)).strftime("%H:%M")

    def items(self) -> tuple[ServiceId, ...]:
        """The items that take appointments, in the hall's order."""
        return core.bookable_services(self._hall.service.floor)

    def days(self) -> tuple[date, ...]:
        """Today and the days that may be booked, closed ones included."""
        return core.bookable_days(self._hall.service.floor)

    def slots(self, service_id: str, day: date, without: str | None = None) -> msg.DaySlots:
        """The slots of a day for an item; `without` is the code of one that would move.

        Raises:
            UnknownService: there is no such item.
            NoAppointments: it takes none.
        """
        floor, settings = self._hall.service.floor, self._settings()
        item = ServiceId(service_id)
        if floor.skills is None or item not in floor.skills.services:
            raise UnknownService(service_id=service_id)
        if not core.quotas_of(floor, item):
            raise NoAppointments(service_id=service_id)
        moving = floor.appointments.get(appointment_code.id_of(without)) if without else None
        starts = core.slot_starts(day, settings) if day in core.bookable_days(floor) else ()
        left = core.places_left(floor, item, day, starts, moving)
        now_ms = self.now_ms()
        return msg.DaySlots(
            service_id=service_id,
            date=day,
            open=is_working(day, settings),
            slots=[
                msg.SlotView(
                    start=core.clock_text(start),
                    at=utc(slot_ms),
                    left=left[start] if bookable else 0,
                    bookable=bookable,
                )
                for start in starts
                for slot_ms in (self.slot_ms(day, start),)
                for bookable in (core.is_bookable(slot_ms, now_ms, settings),)
            ],
        )

    def new_request(self) -> str:
        """A request to book, to be sent back with it: sent twice, it books once."""
        return self._hall.new_id()

    async def book(
        self, request: str, service_id: str, day: date, start: str, language: str | None
    ) -> msg.AppointmentAnswer:
        """Take a place. The same request gives the same appointment."""
        code = appointment_code.made_from(self._hall.appointment_secret, request)
        start_min = minute_of(start)
        command = cmd.BookAppointment(
            appointment_id=appointment_code.id_of(code),
            service_id=ServiceId(service_id),
            day=day,
            start_min=start_min,
            slot_ms=self.slot_ms(day, start_min),
            language=language,
        )
        await self._do(command)
        return self.view(code)

    async def move(self, code: str, day: date, start: str) -> msg.AppointmentAnswer:
        """Another slot, under the same code."""
        found = self.found(code)
        start_min = minute_of(start)
        await self._do(
            cmd.MoveAppointment(
                found.appointment_id,
                found.service_id,
                day,
                start_min,
                self.slot_ms(day, start_min),
            )
        )
        return self.view(code)

    async def cancel(self, code: str) -> msg.AppointmentAnswer:
        """Give the place back."""
        await self._do(cmd.CancelAppointment(appointment_code.id_of(code), BY_CITIZEN))
        return self.view(code)

    async def cancel_by_staff(self, appointment_id: str, reason: str, actor: str) -> None:
        """Give the place back, with a reason."""
        await self._do(cmd.CancelAppointment(AppointmentId(appointment_id), reason), actor)

    async def _do(self, command: cmd.Command, actor: str = PUBLIC) -> None:
        await self._hall.service.handle(command, actor=actor, render=_nothing)

    def found(self, code: str) -> Appointment:
        """The appointment of a code.

        Raises:
            UnknownAppointment: none of today or later.
        """
        return appointment_of(self._hall.service.floor, appointment_code.id_of(code))

    def view(self, code: str) -> msg.AppointmentAnswer:
        """An appointment as its holder may see it.

        Raises:
            UnknownAppointment: none of today or later.
        """
        found, floor, now_ms = self.found(code), self._hall.service.floor, self.now_ms()
        rules = self._settings().appointments
        opens_ms = found.slot_ms - rules.early_min * core.MINUTE_MS
        closes_ms = found.slot_ms + rules.late_min * core.MINUTE_MS
        ticket = floor.tickets.get(found.ticket_id) if found.ticket_id else None
        return msg.AppointmentAnswer(
            code=code,
            hall_id=self._hall.hall_id,
            service_id=found.service_id,
            date=found.day,
            start=core.clock_text(found.start_min),
            at=utc(found.slot_ms),
            opens=utc(opens_ms),
            closes=utc(closes_ms),
            opens_local=self._local(opens_ms),
            closes_local=self._local(closes_ms),
            due=now_ms >= found.slot_ms,
            state=msg.AppointmentState(found.state),
            verdict=_verdict(found, floor, now_ms, opens_ms, closes_ms),
            ticket_id=found.ticket_id,
            ticket=ticket_answer(floor, ticket, now_ms) if ticket else None,
        )

    def day(self, day: date) -> msg.AppointmentDay:
        """A day's appointments for staff, in the order of their slots."""
        floor = self._hall.service.floor
        found = [a for a in floor.appointments.values() if a.day == day]
        rows = [
            msg.AppointmentRow(
                appointment_id=each.appointment_id,
                service_id=each.service_id,
                group_id=each.group_id,
                start=core.clock_text(each.start_min),
                at=utc(each.slot_ms),
                state=msg.AppointmentState(each.state),
                number=_label(floor, each),
            )
            for each in sorted(found, key=lambda a: (a.slot_ms, a.booked_ms, a.appointment_id))
        ]
        return msg.AppointmentDay(date=day, rows=rows)


def _label(floor: Floor, appointment: Appointment) -> str | None:
    ticket = floor.tickets.get(appointment.ticket_id) if appointment.ticket_id else None
    return ticket.label if ticket else None


def _verdict(
    found: Appointment, floor: Floor, now_ms: int, opens_ms: int, closes_ms: int
) -> msg.CheckInVerdict:
    if found.state is AppointmentState.CANCELLED:
        return msg.CheckInVerdict.CANCELLED
    if found.state is AppointmentState.ARRIVED:
        return msg.CheckInVerdict.USED
    if found.day != floor.business_date:
        return msg.CheckInVerdict.OTHER_DAY
    if found.state is AppointmentState.MISSED or now_ms > closes_ms:
        return msg.CheckInVerdict.LATE
    return msg.CheckInVerdict.EARLY if now_ms < opens_ms else msg.CheckInVerdict.NOW


def _nothing(_before: Floor, _after: Floor, _events: tuple[ev.Event, ...]) -> tuple[int, bytes]:
    return 200, b""
