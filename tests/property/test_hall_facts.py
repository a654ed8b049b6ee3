"""The seven facts of domain.md on the pure core, whatever is asked in whatever order."""

from hypothesis import settings

from queue_server.core import commands as cmd
from queue_server.core.decide import decide
from queue_server.core.events import Event
from queue_server.core.evolve import evolve
from queue_server.core.model import Floor
from tests.property.hall_rules import HallRules


class CoreHall(HallRules):
    """Decides and evolves, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self._floor = Floor()

    def floor(self) -> Floor:
        """See HallRules."""
        return self._floor

    def carry_out(self, command: cmd.Command) -> tuple[Event, ...]:
        """See HallRules."""
        events = decide(self._floor, command, self.now_ms)
        for event in events:
            self._floor = evolve(self._floor, event, self.now_ms)
        return events


TestTheFactsOfTheCore = CoreHall.TestCase
TestTheFactsOfTheCore.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
