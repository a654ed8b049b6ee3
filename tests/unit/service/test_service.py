"""The only writer: group commit, keys, failures and recovery, on a journal that can misbehave."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from queue_server.contract.ids import ClerkId, ServiceId, TicketId, VisitId, WindowId
from queue_server.core import commands as cmd
from queue_server.core.errors import NothingToCall, UnknownService, WindowTaken
from queue_server.core.events import Event
from queue_server.core.model import Floor
from queue_server.ports import Journal, StoreError, VisitorRow
from queue_server.service import (
    HallService,
    Key,
    KeyReusedError,
    Reply,
    ServiceUnavailableError,
)
from tests.fakes import FakeClock, FakeJournal, Heard, bare, labels
from tests.unit.core.desk import DAY, settings

ONE = WindowId("1")


def told(before: Floor, after: Floor, events: tuple[Event, ...]) -> tuple[int, bytes]:
    """The answer: the last number that was given, or nothing."""
    given = [event.label for event in events if type(event).__name__ == "TicketIssued"]
    return 201, "".join(given[-1:]).encode()


class Hall:
    """A service on a fake journal."""

    def __init__(self) -> None:
        self.journal = FakeJournal()
        self.clock = FakeClock()
        self.heard = Heard()
        self.service = HallService(self._journal(), self.clock, (self.heard,))

    def _journal(self) -> Journal:
        return self.journal

    async def open(self) -> None:
        await self.service.start()
        for command in (cmd.ChangeSettings(settings(), "c"), cmd.RollDay(DAY)):
            await self.do(command)
        await self.do(cmd.SignIn(ONE, ClerkId("c1")))

    async def do(self, command: cmd.Command, key: Key | None = None) -> Reply:
        return await self.service.handle(command, actor="test", render=told, key=key)

    async def issue(self, key: Key | None = None) -> Reply:
        return await self.do(ticket(), key)

    def start_issue(self, key: Key | None = None) -> asyncio.Task[Reply]:
        return asyncio.create_task(self.issue(key))

    async def in_flight(self) -> None:
        """Until the journal is at work on a batch."""
        await asyncio.to_thread(self.journal.entered.wait, 10)
        assert self.journal.entered.is_set()


def ticket(service: str = "A01") -> cmd.IssueTicket:
    return cmd.IssueTicket(TicketId(str(uuid4())), VisitId(str(uuid4())), ServiceId(service))


def key(name: str = "k", body: bytes = b"{}", token: str = "t", path: str = "/p") -> Key:  # noqa: S107 - no secret
    return Key(token, path, name, body)


async def ready(service: HallService) -> None:
    async with asyncio.timeout(10):
        while not service.ready:  # noqa: ASYNC110 - the service tells nobody that it is back
            await asyncio.sleep(0.01)


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    found = Hall()
    await found.open()
    yield found
    found.journal.release()
    await found.service.stop()


async def test_an_answer_comes_after_the_commit_and_not_before(hall: Hall) -> None:
    hall.journal.hold()
    task = hall.start_issue()
    await hall.in_flight()
    await asyncio.sleep(0)
    assert not task.done()
    assert not hall.service.floor.tickets
    hall.journal.release()
    assert (await task).body == b"A001"
    assert [t.label for t in hall.service.floor.tickets.values()] == ["A001"]


async def test_commands_that_come_while_a_commit_is_in_flight_share_the_next_one(
    hall: Hall,
) -> None:
    before = len(hall.journal.batches)
    hall.journal.hold()
    first = hall.start_issue()
    await hall.in_flight()
    rest = [hall.start_issue() for _ in range(20)]
    await asyncio.sleep(0)
    hall.journal.release()
    replies = await asyncio.gather(first, *rest)
    assert [reply.body for reply in replies] == [f"A{n:03}".encode() for n in range(1, 22)]
    assert [len(batch.rows) for batch in hall.journal.batches[before:]] == [1, 20]


async def test_the_order_of_the_journal_is_the_order_of_decisions(hall: Hall) -> None:
    await asyncio.gather(*(hall.issue() for _ in range(30)))
    rows = hall.journal.rows
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert labels(rows) == [f"A{n:03}" for n in range(1, 31)]


async def test_a_refusal_waits_for_what_it_was_decided_on(hall: Hall) -> None:
    hall.journal.hold()
    window = WindowId("2")
    taking = asyncio.create_task(hall.do(cmd.SignIn(window, ClerkId("c2"))))
    await hall.in_flight()
    refused = asyncio.create_task(hall.do(cmd.SignIn(window, ClerkId("c3"))))
    await asyncio.sleep(0.02)
    assert not refused.done()
    hall.journal.release()
    await taking
    with pytest.raises(WindowTaken):
        await refused


async def test_a_refusal_decided_on_what_was_never_saved_is_no_refusal(hall: Hall) -> None:
    hall.journal.hold()
    hall.journal.fail()
    window = WindowId("2")
    taking = asyncio.create_task(hall.do(cmd.SignIn(window, ClerkId("c2"))))
    await hall.in_flight()
    refused = asyncio.create_task(hall.do(cmd.SignIn(window, ClerkId("c3"))))
    await asyncio.sleep(0)
    hall.journal.release()
    for task in (taking, refused):
        with pytest.raises(ServiceUnavailableError) as down:
            await task
        assert down.value.code == "store-unavailable"


async def test_a_refusal_changes_nothing_and_writes_nothing(hall: Hall) -> None:
    rows = len(hall.journal.rows)
    with pytest.raises(UnknownService):
        await hall.do(ticket("Z01"))
    with pytest.raises(NothingToCall):
        await hall.do(cmd.CallNext(ONE, ClerkId("c1"), "call"))  # type: ignore[arg-type]  # any id
    assert len(hall.journal.rows) == rows


async def test_the_same_key_gives_the_same_answer_once(hall: Hall) -> None:
    first = await hall.issue(key())
    again = await hall.issue(key())
    assert (first.body, first.repeated) == (b"A001", False)
    assert (again.body, again.repeated, again.status) == (b"A001", True, 201)
    assert labels(hall.journal.rows) == ["A001"]


async def test_a_key_that_comes_twice_at_once_is_one_ticket(hall: Hall) -> None:
    hall.journal.hold()
    tasks = [hall.start_issue(key()) for _ in range(5)]
    await hall.in_flight()
    tasks += [hall.start_issue(key()) for _ in range(5)]
    await asyncio.sleep(0)
    hall.journal.release()
    replies = await asyncio.gather(*tasks)
    assert {reply.body for reply in replies} == {b"A001"}
    assert sorted(reply.repeated for reply in replies) == [False] + [True] * 9


async def test_a_key_with_another_body_is_refused_in_flight_and_later(hall: Hall) -> None:
    hall.journal.hold()
    task = hall.start_issue(key(body=b"1"))
    await hall.in_flight()
    other = hall.start_issue(key(body=b"2"))
    await asyncio.sleep(0)
    hall.journal.release()
    await task
    with pytest.raises(KeyReusedError):
        await other
    with pytest.raises(KeyReusedError):
        await hall.issue(key(body=b"2"))
    assert labels(hall.journal.rows) == ["A001"]


@pytest.mark.parametrize("other", [key(token="u"), key(path="/q"), key("l")])
async def test_a_key_belongs_to_a_token_and_a_path(hall: Hall, other: Key) -> None:
    await hall.issue(key())
    assert (await hall.issue(other)).body == b"A002"


async def test_a_command_that_changes_nothing_is_answered_the_same_later_too(hall: Hall) -> None:
    opened = cmd.OpenWindow(ONE, ClerkId("c1"))
    heard = len(hall.heard.commits)
    await hall.do(opened, key())
    await hall.do(cmd.PauseWindow(ONE, ClerkId("c1"), "lunch"))
    assert (await hall.do(opened, key())).repeated
    assert hall.service.floor.windows[ONE].pause_reason == "lunch"
    assert len(hall.heard.commits) == heard + 1  # nobody is told of an answer that changed nothing


async def test_an_earlier_answer_is_given_whether_or_not_the_command_is_wanted_now(
    hall: Hall,
) -> None:
    def closed() -> None:
        raise NothingToCall

    await hall.issue(key())
    more = {"actor": "test", "render": told, "admit": closed}
    again = await hall.service.handle(ticket(), key=key(), **more)  # type: ignore[arg-type]  # see `more`
    assert again.body == b"A001"
    with pytest.raises(NothingToCall):
        await hall.service.handle(ticket(), key=key("new"), **more)  # type: ignore[arg-type]  # see `more`
    assert labels(hall.journal.rows) == ["A001"]


async def test_keys_live_for_the_business_day_and_the_next(hall: Hall) -> None:
    await hall.issue(key())
    await hall.do(cmd.RollDay(DAY.replace(day=3)))
    assert (await hall.issue(key())).repeated
    await hall.do(cmd.RollDay(DAY.replace(day=4)))
    hall.journal.answers.clear()  # as the store does
    tasks = [hall.start_issue(key()) for _ in range(3)]
    replies = await asyncio.gather(*tasks)
    assert {reply.body for reply in replies} == {b"A001"}
    assert labels(hall.journal.rows[-1:]) == ["A001"]


async def test_a_failed_commit_is_told_and_nothing_of_it_remains(hall: Hall) -> None:
    hall.journal.fail()
    with pytest.raises(ServiceUnavailableError) as down:
        await hall.issue(key())
    assert down.value.code == "store-unavailable"
    await ready(hall.service)
    assert (await hall.issue(key())).body == b"A001"
    assert hall.service.commit_failures == 1


async def test_nobody_can_say_and_the_same_key_gives_the_truth(hall: Hall) -> None:
    hall.journal.fail(unknown=True, saved=True)
    with pytest.raises(ServiceUnavailableError) as down:
        await hall.issue(key())
    assert down.value.code == "outcome-unknown"
    await ready(hall.service)
    again = await hall.issue(key())
    assert (again.body, again.repeated) == (b"A001", True)
    assert labels(hall.journal.rows) == ["A001"]


async def test_an_unknown_outcome_that_was_not_saved_is_done_by_the_next_try(hall: Hall) -> None:
    hall.journal.fail(unknown=True)
    with pytest.raises(ServiceUnavailableError):
        await hall.issue(key())
    await ready(hall.service)
    again = await hall.issue(key())
    assert (again.body, again.repeated) == (b"A001", False)


async def test_an_error_nobody_foresaw_counts_as_unknown(hall: Hall) -> None:
    hall.journal.failures.append((RuntimeError("a fault"), False))
    with pytest.raises(ServiceUnavailableError) as down:
        await hall.issue()
    assert down.value.code == "outcome-unknown"
    await ready(hall.service)


async def test_who_came_after_a_failed_commit_is_told_too_and_none_is_lost(hall: Hall) -> None:
    await hall.issue()
    hall.journal.hold()
    hall.journal.fail()
    first = hall.start_issue()
    await hall.in_flight()
    second = hall.start_issue()
    await asyncio.sleep(0)
    hall.journal.release()
    for task in (first, second):
        with pytest.raises(ServiceUnavailableError):
            await task
    await ready(hall.service)
    assert (await hall.issue()).body == b"A002"
    assert bare(hall.service.floor) == bare(hall.journal.replay().floor)


async def test_while_the_journal_is_away_everything_is_refused_and_then_goes_on(
    hall: Hall,
) -> None:
    await hall.issue(key("early"))
    hall.journal.replay_failures.append(StoreError("still away"))
    hall.journal.fail()
    with pytest.raises(ServiceUnavailableError):
        await hall.issue()
    with pytest.raises(ServiceUnavailableError):
        await hall.issue()
    assert (await hall.issue(key("early"))).repeated  # what is known is still told
    await ready(hall.service)
    assert (await hall.issue()).body == b"A002"
    before, after, batch = hall.heard.commits[-2]
    assert (before.seq, batch.rows) == (0, ())
    assert after.seq == hall.service.floor.seq - 1


async def test_an_answer_that_cannot_be_read_is_no_new_command(hall: Hall) -> None:
    await hall.issue(key())
    hall.journal.answer_failures.append(StoreError("away"))
    with pytest.raises(ServiceUnavailableError):
        await hall.issue(key())
    assert labels(hall.journal.rows) == ["A001"]


async def test_a_client_that_goes_away_does_not_undo_what_it_asked(hall: Hall) -> None:
    hall.journal.hold()
    task = hall.start_issue(key())
    await hall.in_flight()
    other = hall.start_issue()
    await asyncio.sleep(0)
    for gone in (task, other):
        gone.cancel()
    await asyncio.gather(task, other, return_exceptions=True)
    hall.journal.release()
    again = await hall.issue(key())
    assert (again.body, again.repeated) == (b"A001", True)
    assert (await hall.issue()).body == b"A003"


async def test_too_much_at_once_is_turned_away_at_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queue_server.service.MAX_PENDING", 3)
    hall.journal.hold()
    first = hall.start_issue()
    await hall.in_flight()
    taken = [hall.start_issue() for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(ServiceUnavailableError) as down:
        await hall.issue()
    assert down.value.code == "overloaded"
    hall.journal.release()
    assert len(await asyncio.gather(first, *taken)) == 4


async def test_an_answer_that_cannot_be_made_changes_nothing(hall: Hall) -> None:
    def broken(before: Floor, after: Floor, events: tuple[Event, ...]) -> tuple[int, bytes]:
        raise LookupError("a fault of the views")

    with pytest.raises(LookupError):
        await hall.service.handle(ticket(), actor="test", render=broken)
    assert (await hall.issue()).body == b"A001"


async def test_what_is_kept_of_a_visitor_is_in_the_same_batch(hall: Hall) -> None:
    command = ticket()
    row = VisitorRow(command.ticket_id, DAY, "id-card", "张*", agent=False)
    await hall.service.handle(command, actor="kiosk", render=told, visitor=row)
    batch = hall.journal.batches[-1]
    assert batch.visitors == (row,)
    assert (batch.rows[0].actor, batch.rows[0].business_date) == ("kiosk", DAY)


async def test_listeners_hear_each_commit_once_and_in_order(hall: Hall) -> None:
    await asyncio.gather(*(hall.issue() for _ in range(10)))
    await hall.issue()
    seqs = [row.seq for _, _, batch in hall.heard.commits for row in batch.rows]
    assert seqs == list(range(1, len(seqs) + 1))
    assert hall.heard.commits[-1][1] is hall.service.floor


async def test_stopping_finishes_what_was_accepted() -> None:
    hall = Hall()
    await hall.open()
    hall.journal.hold()
    task = hall.start_issue()
    await hall.in_flight()
    stopping = asyncio.create_task(hall.service.stop())
    await asyncio.sleep(0)
    with pytest.raises(ServiceUnavailableError):
        await hall.issue()
    hall.journal.release()
    assert (await task).body == b"A001"
    await stopping


async def test_stopping_ends_also_when_the_last_commit_fails() -> None:
    hall = Hall()
    await hall.open()
    hall.journal.hold()
    hall.journal.fail()
    hall.journal.replay_failures += [StoreError("away")] * 1000
    task = hall.start_issue()
    await hall.in_flight()
    stopping = asyncio.create_task(hall.service.stop())
    await asyncio.sleep(0)
    hall.journal.release()
    with pytest.raises(ServiceUnavailableError):
        await task
    async with asyncio.timeout(10):
        await stopping


async def test_a_restart_finds_the_same_floor_and_the_same_keys(hall: Hall) -> None:
    await asyncio.gather(*(hall.issue(key(str(n))) for n in range(5)))
    other = HallService(hall.journal, hall.clock)
    await other.start()
    assert bare(other.floor) == bare(hall.service.floor)
    reply = await other.handle(ticket(), actor="test", render=told, key=key("3"))
    assert reply.repeated
    await other.stop()
