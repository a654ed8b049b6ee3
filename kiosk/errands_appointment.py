"""What the presenter runs for an appointment: asking the hall what it knows of one."""

from typing import Protocol

import structlog

from kiosk import errands_visit
from kiosk.effects import CallHelp, EndHelp, FollowHelp, GiveBack, LookUp, LookUpAppointment
from kiosk.server_link import RefusedError, SilentError
from kiosk.signals import AppointmentFound, Signal
from queue_server.contract.messages_appointments import AppointmentAnswer

log = structlog.get_logger(__name__)

Asked = LookUpAppointment | LookUp | GiveBack | CallHelp | FollowHelp | EndHelp


class Server(errands_visit.Server, Protocol):
    """What these errands ask (`kiosk.server_link.HallServer`)."""

    async def appointment(self, code: str) -> AppointmentAnswer:
        """An appointment; raises RefusedError or SilentError."""
        ...


async def run(server: Server, errand: Asked) -> Signal:
    """Whatever is asked of the hall; one report."""
    if isinstance(errand, LookUpAppointment):
        return await look_up(server, errand)
    return await errands_visit.run(server, errand)


async def look_up(server: Server, errand: LookUpAppointment) -> AppointmentFound:
    """One report, whatever breaks."""
    try:
        found = await server.appointment(errand.code)
    except RefusedError as error:
        log.info("appointment_refused", code=error.refusal.code.value)
        return AppointmentFound(errand.code, refusal=error.refusal)
    except SilentError as error:
        log.warning("server_silent", reason=str(error))
        return AppointmentFound(errand.code)
    log.info("appointment_found", verdict=found.verdict.value)
    return AppointmentFound(errand.code, found)
