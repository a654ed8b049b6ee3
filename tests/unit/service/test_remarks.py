"""What people type beside a reason is kept, but not in the journal."""

from pathlib import Path

from sqlalchemy import select

from queue_server.clock import DrivenClock
from queue_server.contract.ids import ServiceId, TicketId, VisitId
from queue_server.core import commands as cmd
from queue_server.service import HallService
from queue_server.store.schema import event, remark
from queue_server.store.store import open_store
from tests.unit.core.desk import DAY, settings

TEXT = "asked for it at the desk"


async def test_a_remark_is_kept_beside_the_journal_and_not_in_it(tmp_path: Path) -> None:
    store = open_store(tmp_path, None, "hall", create=True)
    clock = DrivenClock()
    service = HallService(store.journal, clock)
    try:
        await service.start()
        for command in (
            cmd.ChangeSettings(settings(), "none"),
            cmd.RollDay(DAY),
            cmd.IssueTicket(TicketId("t1"), VisitId("v1"), ServiceId("A01")),
        ):
            await service.handle(command, actor="test", render=lambda *_: (200, b""))
        await service.handle(
            cmd.CancelTicket(TicketId("t1"), "other"),
            actor="test",
            render=lambda *_: (200, b""),
            remark=TEXT,
        )
        with store.database.readers.reading() as connection:
            kept = connection.execute(select(remark.c.ticket_id, remark.c.text)).all()
            bodies = connection.scalars(select(event.c.body)).all()
        assert [tuple(row) for row in kept] == [("t1", TEXT)]
        assert not [body for body in bodies if TEXT in body]
    finally:
        await service.stop()
        store.close()
