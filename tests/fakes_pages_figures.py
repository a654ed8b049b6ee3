"""Figures for the manager's page: fixed ones, with the odd cases a page must show honestly."""

from collections.abc import Mapping
from datetime import date

from queue_server.contract import messages as msg
from tests.fakes_pages_hall import BUSINESS_DATE, GROUPS, ITEMS, WINDOW_NAMES, FakeHall, now

NOBODY = msg.Figures(
    count=0, mean_s=None, median_s=None, p80_s=None, p90_s=None, p95_s=None, max_s=None
)


def figures(scale_s: float, count: int) -> msg.Figures:
    if count == 0:
        return NOBODY
    return msg.Figures(
        count=count,
        mean_s=round(scale_s * 1.13, 1),
        median_s=scale_s,
        p80_s=round(scale_s * 1.9, 1),
        p90_s=round(scale_s * 2.4, 1),
        p95_s=round(scale_s * 2.9, 1),
        max_s=round(scale_s * 3.6, 1),
    )


def row(key: str, weight: int) -> msg.StatisticsRow:
    count = 0 if weight == 0 else 6 + 7 * weight
    return msg.StatisticsRow(
        key=key,
        issued=count + 3,
        called=count,
        finished=count,
        no_show=weight,
        abandoned=weight // 2,
        cancelled=0,
        expired=0,
        transferred=weight % 2,
        live=3,
        wait=figures(180.0 + 95.5 * weight, count),
        walk=figures(14.0 + 3 * weight, count),
        service=figures(240.0 + 61 * weight, count),
        hold=NOBODY,
        within_target=None if count == 0 else round(1 - 0.06 * weight, 3),
        no_show_rate=None if count == 0 else round(weight / (count + 3), 4),
        abandon_rate=None if count == 0 else 0.0,
    )


def statistics(hall: FakeHall, query: Mapping[str, str]) -> msg.Statistics:
    by = query["by"]
    keys = {
        "window": [*WINDOW_NAMES, ""],
        "service": [item["service_id"] for item in ITEMS][:18],
        "group": list(GROUPS),
        "hour": [str(hour) for hour in range(8, 18)],
        "clerk": ["clerk1", "clerk2"],
        "priority": ["", "elderly", "disabled"],
    }[by]
    rows = [row(key, (3 * index + 2) % 6) for index, key in enumerate(keys)]
    if date.fromisoformat(query["from"]) > BUSINESS_DATE:
        rows = []
    total = row("", 3 if rows else 0)
    return msg.Statistics(
        from_date=date.fromisoformat(query["from"]),
        to_date=date.fromisoformat(query["to"]),
        by=by,
        total=total,
        rows=rows,
        computed_at=now(),
    )
