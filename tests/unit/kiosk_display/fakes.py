"""Boards and windows for the tests and pictures of the displays."""

from datetime import UTC, date, datetime, timedelta

from kiosk.display_state import DisplayState
from kiosk.feed_events import BoardChanged, FeedEvent, StaleChanged, WindowChanged
from queue_server.contract.messages import (
    BoardSnapshot,
    CallAnnouncement,
    RecentCall,
    ServingRow,
    Wait,
    WaitingRow,
    WindowSnapshot,
    WindowState,
)
from queue_server.packs import load_pack, shipped_pack

AT = datetime(2026, 3, 2, 1, 41, tzinfo=UTC)
CALLING, SERVING = WindowState.CALLING, WindowState.SERVING
OPEN, PAUSED, CLOSED = WindowState.OPEN, WindowState.PAUSED, WindowState.CLOSED

BUSY: tuple[tuple[WindowState, str | None], ...] = (
    (CALLING, "A018"),
    (CALLING, "B012"),
    (SERVING, "C007"),
    (PAUSED, None),
    (SERVING, "E003"),
    (OPEN, None),
    (CLOSED, None),
)
COUNTS = {"A": 4, "B": 12, "C": 0, "D": 3, "E": 1, "F": 0, "G": 2}
LIKELY_S = {"A": 540, "B": 1_500, "D": 780, "E": 240, "F": 60}


def wait(likely_s: int, spread: float = 0.5) -> Wait:
    return Wait(
        low_s=int(likely_s * (1 - spread)),
        likely_s=likely_s,
        high_s=int(likely_s * (1 + spread)),
        computed_at=AT,
    )


def row(
    window_id: str,
    state: WindowState = OPEN,
    number: str | None = None,
    *,
    name: str = "",
    attempt: int = 1,
) -> ServingRow:
    return ServingRow(
        window_id=window_id,
        name=name or window_id,
        state=state,
        number=number,
        call_id=f"call-{number}" if number else None,
        attempt=attempt if number else 0,
        called_at=AT if number else None,
    )


def board(
    pack: str = "cn-township",
    states: tuple[tuple[WindowState, str | None], ...] = BUSY,
    *,
    rev: int = 40,
    is_open: bool = True,
    rows: list[ServingRow] | None = None,
    recents: int = 5,
    counts: dict[str, int] | None = None,
    at: datetime = AT,
) -> BoardSnapshot:
    """The demo hall of a pack; windows past the pack's own are called like the last."""
    shipped = load_pack(shipped_pack(pack))
    counts = COUNTS if counts is None else counts
    windows = shipped.demo.windows
    names = [w.names[shipped.default_language] for w in windows]
    notices = shipped.demo.notices
    return BoardSnapshot(
        v=1,
        epoch=1,
        rev=rev,
        hall_id="demo",
        hall_name=dict(shipped.demo.names),
        business_date=date(2026, 3, 2),
        open=is_open,
        serving=rows
        if rows is not None
        else [
            row(str(n + 1), state, number, name=names[min(n, len(names) - 1)])
            for n, (state, number) in enumerate(states)
        ],
        waiting={
            g.id: WaitingRow(
                group_id=g.id,
                name=dict(g.names),
                count=counts.get(g.id, 0),
                wait=wait(LIKELY_S[g.id]) if g.id in LIKELY_S and counts else None,
            )
            for g in shipped.groups
        },
        recent=[
            RecentCall(number=number, window_id=window, at=AT - timedelta(minutes=3 * ago))
            for ago, (number, window) in enumerate(
                [("A018", "1"), ("B012", "2"), ("E003", "5"), ("C007", "3"), ("B011", "2")]
            )
        ][:recents],
        notice=dict(notices[0]) if notices else {},
        at=at,
    )


def window(
    state: WindowState = CALLING,
    number: str | None = "B012",
    *,
    rev: int = 40,
    attempt: int = 1,
    text: dict[str, str] | None = None,
) -> WindowSnapshot:
    texts = {
        CALLING: {"zh_CN": f"请{number}号到2号窗口", "en": f"{number}, please go to window 2"},
        SERVING: {"zh_CN": f"正在办理{number}", "en": f"Serving {number}"},
        OPEN: {"zh_CN": "窗口空闲", "en": "Window free"},
        PAUSED: {"zh_CN": "请稍候，马上回来", "en": "Back in a moment"},
        CLOSED: {"zh_CN": "窗口未开放", "en": "Window closed"},
    }
    return WindowSnapshot(
        v=1,
        epoch=1,
        rev=rev,
        window_id="2",
        name="社保医保窗口",
        number=number,
        call_id=f"call-{number}" if number else None,
        attempt=attempt if number else 0,
        state=state,
        text=texts[state] if text is None else text,
        at=AT,
    )


def call(number: str, window_id: str, attempt: int = 1) -> CallAnnouncement:
    return CallAnnouncement(
        call_id=f"call-{number}",
        attempt=attempt,
        epoch=1,
        rev=40,
        number=number,
        window_id=window_id,
        language=None,
        phrases=[],
        text={},
        at=AT,
    )


def quiet(snapshot: BoardSnapshot) -> BoardSnapshot:
    """The same hall before anybody was called."""
    rows = [r.model_copy(update={"number": None, "call_id": None}) for r in snapshot.serving]
    return snapshot.model_copy(update={"serving": rows, "rev": 1})


def busy_hall(snapshot: BoardSnapshot) -> list[FeedEvent]:
    """Its first window's call is a moment old, the others are not."""
    first = snapshot.serving[0].model_copy(update={"number": None, "call_id": None})
    before = snapshot.model_copy(update={"serving": [first, *snapshot.serving[1:]], "rev": 1})
    return [BoardChanged(before), BoardChanged(snapshot)]


def calling_window() -> list[FeedEvent]:
    return [WindowChanged(window(OPEN, None, rev=39)), WindowChanged(window())]


STALE: list[FeedEvent] = [StaleChanged(stale=True)]
CHINESE_AND_ENGLISH = DisplayState(spoken=("zh_CN", "en"))
