"""The slot of a ticket that was given to an appointment, beside its legs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; tickets from before have no slot."""
    op.add_column("ticket_leg", sa.Column("slot_ms", sa.BigInteger))
