"""Every JSON message that crosses a process, over HTTP or MQTT.

Times are ISO 8601 UTC with milliseconds and "Z"; durations are whole or fractional seconds with
`_s` in the name; dates are the hall's business dates. Requests refuse unknown fields; answers may
grow, so a reader ignores what it does not know. Import them from here; each group has a module of
its own beside this one.
"""

from queue_server.contract.messages_base import Answer, Request, Utc
from queue_server.contract.messages_board import (
    BoardSnapshot,
    CallAnnouncement,
    HallHours,
    OpenStretch,
    RecentCall,
    ServerBeat,
    ServerState,
    ServingRow,
    WaitingRow,
    WindowSnapshot,
)
from queue_server.contract.messages_catalogue import (
    Catalogue,
    CatalogueGroup,
    CatalogueItem,
    CataloguePriority,
    CatalogueTopic,
)
from queue_server.contract.messages_devices import (
    DeviceAck,
    DeviceBeat,
    DeviceCommand,
    DeviceState,
    EnrolAnswer,
    EnrolRequest,
    FaultSaid,
    FittedDevice,
    ProblemAnswer,
)
from queue_server.contract.messages_figures import Figures, Statistics, StatisticsRow
from queue_server.contract.messages_staff import (
    CallInfo,
    NextReason,
    QueuedTicket,
    SessionAnswer,
    SessionRequest,
    WindowAction,
    WindowActionAnswer,
    WindowActionRequest,
    WindowState,
    WindowView,
)
from queue_server.contract.messages_status import (
    DevicesStatus,
    DeviceView,
    ErrandAnswer,
    ErrandState,
    ErrandView,
    Link,
    Said,
    StationView,
    Urgency,
)
from queue_server.contract.messages_tickets import (
    TicketAnswer,
    TicketRequest,
    TicketState,
    Visitor,
    Wait,
)

__all__ = [
    "Answer",
    "BoardSnapshot",
    "CallAnnouncement",
    "CallInfo",
    "Catalogue",
    "CatalogueGroup",
    "CatalogueItem",
    "CataloguePriority",
    "CatalogueTopic",
    "DeviceAck",
    "DeviceBeat",
    "DeviceCommand",
    "DeviceState",
    "DeviceView",
    "DevicesStatus",
    "EnrolAnswer",
    "EnrolRequest",
    "ErrandAnswer",
    "ErrandState",
    "ErrandView",
    "FaultSaid",
    "Figures",
    "FittedDevice",
    "HallHours",
    "Link",
    "NextReason",
    "OpenStretch",
    "ProblemAnswer",
    "QueuedTicket",
    "RecentCall",
    "Request",
    "Said",
    "ServerBeat",
    "ServerState",
    "ServingRow",
    "SessionAnswer",
    "SessionRequest",
    "StationView",
    "Statistics",
    "StatisticsRow",
    "TicketAnswer",
    "TicketRequest",
    "TicketState",
    "Urgency",
    "Utc",
    "Visitor",
    "Wait",
    "WaitingRow",
    "WindowAction",
    "WindowActionAnswer",
    "WindowActionRequest",
    "WindowSnapshot",
    "WindowState",
    "WindowView",
]
