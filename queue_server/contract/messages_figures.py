"""Statistics."""

from datetime import date

from queue_server.contract.messages_base import Answer, Utc


class Figures(Answer):
    """A distribution in seconds; every figure is null when `count` is 0 ("no data", not 0)."""

    count: int
    mean_s: float | None
    median_s: float | None
    p80_s: float | None
    p90_s: float | None
    p95_s: float | None
    max_s: float | None


class StatisticsRow(Answer):
    """The figures of one window, service, clerk, hour, priority class, or of the hall."""

    key: str
    issued: int
    called: int
    finished: int
    no_show: int
    abandoned: int
    cancelled: int
    expired: int
    transferred: int
    live: int
    wait: Figures
    walk: Figures
    service: Figures
    hold: Figures
    within_target: float | None
    no_show_rate: float | None
    abandon_rate: float | None


class Statistics(Answer):
    """`GET /api/v1/statistics`."""

    from_date: date
    to_date: date
    by: str
    total: StatisticsRow
    rows: list[StatisticsRow]
    computed_at: Utc
