"""The seven facts once more through the service and the real journal, with restarts."""

import asyncio
import atexit
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from queue_server.contract.ids import ServiceId, TicketId, VisitId
from queue_server.core import commands as cmd
from queue_server.core.events import Event
from queue_server.core.model import Floor
from queue_server.service import HallService, Key, Reply
from queue_server.store.store import open_store
from queue_server.store.verify import verify
from tests.fakes import FakeClock, Heard, bare
from tests.property.hall_rules import HallRules


@cache
def _empty_hall() -> Path:
    """A hall that was just made, to copy: making one takes longer than a whole example."""
    directory = tempfile.TemporaryDirectory(prefix="bianmin-empty-")
    atexit.register(directory.cleanup)
    open_store(Path(directory.name), None, "demo", create=True).close()
    return Path(directory.name)


class JournalHall(HallRules):
    """A hall on SQLite that is stopped and started again."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._directory = tempfile.TemporaryDirectory(prefix="bianmin-hall-")
        self._data = Path(self._directory.name)
        self._clock = FakeClock()
        self._answers: dict[str, bytes] = {}
        shutil.copytree(_empty_hall(), self._data, dirs_exist_ok=True)
        self._store = open_store(self._data, None, "demo", create=False)
        self._service: HallService
        self._start()

    def _start(self) -> None:
        self._heard = Heard()
        self._service = HallService(self._store.journal, self._clock, (self._heard,))
        self._runner.run(self._service.start())

    def floor(self) -> Floor:
        """See HallRules."""
        return self._service.floor

    def carry_out(self, command: cmd.Command) -> tuple[Event, ...]:
        """See HallRules."""
        heard = len(self._heard.commits)
        self._handle(command, lambda *_: (200, b""))
        return tuple(row.event for _, _, batch in self._heard.commits[heard:] for row in batch.rows)

    def _handle(
        self,
        command: cmd.Command,
        render: Callable[[Floor, Floor, tuple[Event, ...]], tuple[int, bytes]],
        key: Key | None = None,
    ) -> Reply:
        self._clock.at_ms = self.now_ms
        return self._runner.run(
            self._service.handle(command, actor="test", render=render, key=key),
        )

    @rule(name=st.integers(0, 5))
    def issue_by_key(self, name: int) -> None:
        """Fact 7: a key gives the same answer, once; it lives for this business day and the next.

        A key's name holds the day, so that it never outlives its time here.
        """
        key = Key("t", "/p", f"{self.shadow.day} {name}", b"{}")
        ticket_id = TicketId(self.new_id())
        command = cmd.IssueTicket(ticket_id, VisitId(self.new_id()), ServiceId("A01"))
        heard = len(self._heard.commits)
        own = json.dumps({"ticket_id": ticket_id}).encode()
        reply = self._handle(command, lambda *_: (201, own), key)
        earlier = self._answers.setdefault(key.key, reply.body)
        assert reply.body == earlier
        assert reply.repeated == (reply.body != own)
        for _, _, batch in self._heard.commits[heard:]:
            for row in batch.rows:
                self.shadow.take(row.event, self.now_ms)
        if not reply.repeated:
            self.known.append(ticket_id)

    @rule()
    def restart(self) -> None:
        """Facts 3 and 4: the journal gives back exactly what was answered."""
        before = self._service.floor
        self._runner.run(self._service.stop())
        self._start()
        assert bare(self._service.floor) == bare(before)

    def teardown(self) -> None:
        """`verify` finds nothing, then or afterwards."""
        try:
            found = [check for check in verify(self._data) if not check.ok]
            assert not found
        finally:
            self._runner.run(self._service.stop())
            self._store.close()
            self._runner.close()
            self._directory.cleanup()


TestTheFactsOfAJournal = JournalHall.TestCase
TestTheFactsOfAJournal.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)
