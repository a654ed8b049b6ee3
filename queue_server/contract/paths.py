"""HTTP paths that other programs rely on."""

API = "/api/v1"
TICKETS = f"{API}/tickets"
SESSION = f"{API}/session"
WINDOWS = f"{API}/windows"
GRANTS = f"{API}/grants"
UPLOAD = f"{TICKETS}/upload"
TICKET_LOOK_UP = f"{TICKETS}/look-up"
HELP = f"{API}/help"
APPOINTMENTS = f"{API}/appointments"
SLOTS = f"{APPOINTMENTS}/slots"
APPOINTMENT_LOOK_UP = f"{APPOINTMENTS}/look-up"
APPOINTMENT_MOVE = f"{APPOINTMENTS}/move"
APPOINTMENT_CANCEL = f"{APPOINTMENTS}/cancel"
BOARD = f"{API}/board"
BOARD_STREAM = f"{API}/board/stream"
CATALOGUE = f"{API}/catalogue"
STATISTICS = f"{API}/statistics"
SETTINGS = f"{API}/settings"
DEVICES = f"{API}/devices"
DEVICES_STATUS = f"{DEVICES}/status"
ENROL = f"{DEVICES}/enrol"
DEMO_CLOCK = f"{API}/demo/clock"
HEALTHZ = "/healthz"
READYZ = "/readyz"
METRICS = "/metrics"

IDEMPOTENCY_KEY = "Idempotency-Key"


def ticket(ticket_id: str) -> str:
    """One ticket, by its unguessable id."""
    return f"{TICKETS}/{ticket_id}"


def help_call(help_id: str) -> str:
    """One call for a guide."""
    return f"{HELP}/{help_id}"


def window(window_id: str) -> str:
    """All a clerk page shows of a window; `/stream` below it is the same, live."""
    return f"{WINDOWS}/{window_id}"


def window_action(window_id: str, action: str) -> str:
    """One action of the clerk at a window."""
    return f"{WINDOWS}/{window_id}/{action}"
