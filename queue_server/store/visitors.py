"""What is kept of visitors apart from the journal: little, erasable, and not for long."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, select

from queue_server.ports import VisitorRow
from queue_server.store.engine import Database
from queue_server.store.schema import visitor

_CHUNK = 500


class Visitors:
    """Reads and erases; rows are written by the journal, in the ticket's own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, ticket_ids: Iterable[str]) -> dict[str, VisitorRow]:
        """What is kept, by ticket id; a ticket of which nothing is kept is missing."""
        wanted = list(ticket_ids)
        found: dict[str, VisitorRow] = {}
        with self._database.readers.reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                part = wanted[start : start + _CHUNK]
                rows = connection.execute(select(visitor).where(visitor.c.ticket_id.in_(part)))
                for ticket_id, day, kind, name, agent in rows:
                    row = VisitorRow(ticket_id, date.fromisoformat(day), kind, name, bool(agent))
                    found[ticket_id] = row
        return found

    def erase(self, ticket_id: str) -> bool:
        """Forget a visitor at their wish; False when nothing was kept."""
        with self._database.writing() as connection:
            gone = connection.execute(delete(visitor).where(visitor.c.ticket_id == ticket_id))
            return gone.rowcount > 0
