"""Logs and metrics.

Logs are key=value lines (or JSON), one when something goes away and one when it is back, never
personal data. Metrics are read from the objects that do the work; nothing is counted twice.
"""

import logging
import sys
from collections.abc import Iterable

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from queue_server.bus.health import PublisherCounters
from queue_server.bus.hub import HubCounters
from queue_server.core.model import TicketState
from queue_server.service import HallService


def configure_logging(level: str, form: str) -> None:
    """Send structlog and the standard library's warnings to standard error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(message)s")
    # The publisher says itself when the broker goes and when it is back.
    logging.getLogger("mqtt").setLevel(logging.CRITICAL)


class HallCollector(Collector):
    """Figures of a running hall, read at scrape time."""

    def __init__(
        self, service: HallService, hub: HubCounters, publisher: PublisherCounters
    ) -> None:
        self._service = service
        self._hub = hub
        self._publisher = publisher

    def collect(self) -> Iterable[Metric]:
        """One scrape."""
        floor = self._service.floor
        yield GaugeMetricFamily("bianmin_journal_seq", "Last committed event", floor.seq)
        yield CounterMetricFamily("bianmin_commits", "Transactions", self._service.commits)
        yield CounterMetricFamily(
            "bianmin_commit_failures", "Failed transactions", self._service.commit_failures
        )
        tickets = GaugeMetricFamily("bianmin_tickets", "Live tickets", labels=["state"])
        counts = dict.fromkeys(TicketState, 0)
        for ticket in floor.tickets.values():
            counts[ticket.state] += 1
        for state, count in counts.items():
            if count:
                tickets.add_metric([state], count)
        yield tickets
        windows = sum(1 for w in floor.windows.values() if w.attended)
        yield GaugeMetricFamily("bianmin_windows_attended", "Attended windows", windows)
        for name, source in (("hub", self._hub), ("publisher", self._publisher)):
            for field in source.__dataclass_fields__:
                yield GaugeMetricFamily(
                    f"bianmin_{name}_{field}", f"{name} {field}", getattr(source, field)
                )


class Metrics:
    """The text of `/metrics`."""

    def __init__(self, collector: Collector) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(collector)

    def text(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self._registry)
