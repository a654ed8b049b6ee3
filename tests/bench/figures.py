"""Figures of samples, and rows of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


def rank(samples: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(samples)
    return ordered[max(1, ceil(len(ordered) * percent / 100)) - 1]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: is measured.
        value: measured, with its unit in `unit`.
        rival: what it is compared with, in the same run.
        limit: the most (or with `at_least` the least) that is allowed.
        compared: the figure that must keep the limit: `value`, or a ratio.
    """

    what: str
    value: float
    unit: str
    rival: str
    compared: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.compared >= self.limit if self.at_least else self.compared <= self.limit

    def line(self) -> tuple[str, str, str, str, str]:
        """Cells of the printed table."""
        sign = "≥" if self.at_least else "≤"
        return (
            self.what,
            f"{self.value:,.3g} {self.unit}".strip()
            if self.value < 1000
            else f"{self.value:,.0f} {self.unit}".strip(),
            self.rival,
            f"{self.compared:,.3g} {sign} {self.limit:,g}"
            if self.compared < 1000
            else f"{self.compared:,.0f} {sign} {self.limit:,g}",
            "met" if self.met else "MISSED",
        )
