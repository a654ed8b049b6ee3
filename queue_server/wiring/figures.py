"""The store's reports as the web layer and the clerk page need them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from queue_server.contract import messages as msg
from queue_server.core.statistics import Distribution
from queue_server.ports import Clock, LegRow
from queue_server.service import HallService
from queue_server.store.figures import By, Figures
from queue_server.store.reports import Reports
from queue_server.views import utc

_S = 1000
CSV_HEADER = (
    "business_date",
    "number",
    "leg",
    "ticket_id",
    "visit_id",
    "service_id",
    "group_id",
    "priority_class",
    "channel",
    "window_id",
    "clerk",
    "outcome",
    "detail",
    "issued_at",
    "leg_started_at",
    "first_called_at",
    "service_started_at",
    "ended_at",
    "wait_s",
    "walk_s",
    "service_s",
    "hold_s",
    "slot_at",
)


class ReportFigures:
    """`web.deps.Figures` over the store's reports."""

    def __init__(
        self, reports: Reports, service: HallService, clock: Clock, time_zone: str
    ) -> None:
        self._reports = reports
        self._service = service
        self._clock = clock
        self._time_zone = time_zone

    def _targets(self) -> dict[str, int | None]:
        settings = self._service.floor.settings
        services = settings.services if settings else ()
        return {s.service_id: s.target_s for s in services}

    def statistics(self, first: date, last: date, by: str) -> msg.Statistics:
        """Figures of the business days from first to last, both included."""
        total, rows = self._reports.statistics(
            first, last, By(by), self._time_zone, self._targets()
        )
        return msg.Statistics(
            from_date=first,
            to_date=last,
            by=by,
            total=_row(total),
            rows=[_row(row) for row in rows],
            computed_at=utc(self._clock.now().at_ms),
        )

    def csv_rows(self, first: date, last: date) -> Iterator[Sequence[object]]:
        """A header, then a row per leg."""
        zone = ZoneInfo(self._time_zone)
        yield CSV_HEADER
        for row in self._reports.rows(first, last):
            yield _csv_row(row, zone)


def _csv_row(row: LegRow, zone: ZoneInfo) -> tuple[object, ...]:
    """A leg in the hall's local time, in the order of `CSV_HEADER`."""

    def local(at_ms: int | None) -> str | None:
        if at_ms is None:
            return None
        return datetime.fromtimestamp(at_ms / _S, zone).isoformat(timespec="milliseconds")

    leg = row.leg
    return (
        row.business_date.isoformat(),
        leg.label,
        leg.leg,
        leg.ticket_id,
        leg.visit_id,
        leg.service_id,
        leg.group_id,
        leg.class_id,
        leg.channel,
        leg.window_id,
        leg.clerk_id,
        leg.outcome,
        leg.detail,
        local(leg.issued_ms),
        local(leg.start_ms),
        local(leg.first_call_ms),
        local(leg.started_ms),
        local(leg.ended_ms),
        _seconds(leg.wait_ms),
        _seconds(leg.walk_ms),
        _seconds(leg.service_ms),
        _seconds(leg.hold_ms),
        local(leg.slot_ms),
    )


def _seconds(value_ms: float | None) -> float | None:
    return None if value_ms is None else value_ms / _S


def _figures(d: Distribution) -> msg.Figures:
    return msg.Figures(
        count=d.count,
        mean_s=_seconds(d.mean),
        median_s=_seconds(d.median),
        p80_s=_seconds(d.p80),
        p90_s=_seconds(d.p90),
        p95_s=_seconds(d.p95),
        max_s=_seconds(d.maximum),
    )


def _row(row: Figures) -> msg.StatisticsRow:
    return msg.StatisticsRow(
        key=row.key or "",
        issued=row.issued,
        called=row.called,
        finished=row.finished,
        no_show=row.no_show,
        abandoned=row.abandoned,
        cancelled=row.cancelled,
        expired=row.expired,
        transferred=row.transferred,
        live=row.live,
        wait=_figures(row.wait),
        walk=_figures(row.walk),
        service=_figures(row.service),
        hold=_figures(row.hold),
        within_target=row.within_target_rate,
        no_show_rate=row.no_show_rate,
        abandon_rate=row.abandon_rate,
    )
