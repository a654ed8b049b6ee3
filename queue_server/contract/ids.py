"""Names of things that cross a process boundary.

All ids are short ASCII strings. `TicketId`, `VisitId`, `CallId`, `GrantId`, `HelpId` and
`RequestKey` are UUIDs (version 7 where we make them); `WindowId` is the number people see on the
wall; `ServiceId` is the series letter and two digits in that series' order ("B01"), stored in the
catalogue and never recomputed; `GroupId` is the series letter; `AppointmentId` is a
hash of the code that its holder keeps (`contract/appointment_code.py`).
"""

from typing import NewType

HallId = NewType("HallId", str)
TicketId = NewType("TicketId", str)
VisitId = NewType("VisitId", str)
CallId = NewType("CallId", str)
RequestKey = NewType("RequestKey", str)
GrantId = NewType("GrantId", str)
HelpId = NewType("HelpId", str)
AppointmentId = NewType("AppointmentId", str)
WindowId = NewType("WindowId", str)
ServiceId = NewType("ServiceId", str)
GroupId = NewType("GroupId", str)
ClerkId = NewType("ClerkId", str)
DeviceId = NewType("DeviceId", str)
ClassId = NewType("ClassId", str)

HALL_PATTERN = r"^[a-z0-9-]{1,32}$"
WINDOW_PATTERN = r"^[0-9A-Za-z]{1,8}$"
SERVICE_PATTERN = r"^[A-Z]{1,2}[0-9]{2,3}$"
GROUP_PATTERN = r"^[A-Z]{1,2}$"
UUID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
DEVICE_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
