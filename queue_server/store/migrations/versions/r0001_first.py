"""The first schema of a hall, frozen: what `schema.py` says later comes in later revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "event",
        sa.Column("hall", sa.String(32), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("business_date", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("label", sa.String(8)),
        sa.Column("ticket_id", sa.String(36)),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("boot_id", sa.String(36), nullable=False),
        sa.Column("mono_ms", sa.BigInteger, nullable=False),
        sa.Column("clock", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("hall", "epoch", "seq", name="event_pk"),
        sa.CheckConstraint("seq > 0", name="event_seq_positive"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "event_label_once",
        "event",
        ["hall", "business_date", "label"],
        unique=True,
        sqlite_where=sa.text("label IS NOT NULL"),
        postgresql_where=sa.text("label IS NOT NULL"),
    )
    op.create_index(
        "event_day_opened",
        "event",
        ["hall", "epoch", "seq"],
        sqlite_where=sa.text("kind = 'DayOpened'"),
        postgresql_where=sa.text("kind = 'DayOpened'"),
    )

    op.create_table(
        "lineage",
        sa.Column("hall", sa.String(32), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("parent_epoch", sa.Integer, nullable=False),
        sa.Column("parent_seq", sa.BigInteger, nullable=False),
        sa.Column("begun_ms", sa.BigInteger, nullable=False),
        sa.Column("why", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("hall", "epoch", name="lineage_pk"),
    )

    op.create_table(
        "ticket_leg",
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.Column("leg", sa.Integer, nullable=False),
        sa.Column("business_date", sa.String(10), nullable=False),
        sa.Column("visit_id", sa.String(36), nullable=False),
        sa.Column("label", sa.String(8), nullable=False),
        sa.Column("service_id", sa.String(8), nullable=False),
        sa.Column("group_id", sa.String(4), nullable=False),
        sa.Column("class_id", sa.String(32)),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("window_id", sa.String(8)),
        sa.Column("clerk_id", sa.String(64)),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(64)),
        sa.Column("issued_ms", sa.BigInteger, nullable=False),
        sa.Column("start_ms", sa.BigInteger, nullable=False),
        sa.Column("first_call_ms", sa.BigInteger),
        sa.Column("started_ms", sa.BigInteger),
        sa.Column("ended_ms", sa.BigInteger),
        sa.Column("wait_ms", sa.BigInteger),
        sa.Column("walk_ms", sa.BigInteger),
        sa.Column("service_ms", sa.BigInteger),
        sa.Column("hold_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "leg", name="ticket_leg_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("ticket_leg_by_date", "ticket_leg", ["business_date"])

    op.create_table(
        "answer",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("body_hash", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("business_date", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="answer_pk"),
    )
    op.create_index("answer_by_date", "answer", ["business_date"])

    op.create_table(
        "visitor",
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.Column("business_date", sa.String(10), nullable=False),
        sa.Column("document_kind", sa.String(32)),
        sa.Column("masked_name", sa.String(64)),
        sa.Column("agent", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name="visitor_pk"),
    )
    op.create_index("visitor_by_date", "visitor", ["business_date"])
    op.create_table(
        "remark",
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("ticket_id", sa.String(36), nullable=False),
        sa.Column("business_date", sa.String(10), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", "ticket_id", name="remark_pk"),
    )
    op.create_index("remark_by_date", "remark", ["business_date"])

    op.create_table(
        "account",
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("active", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("username", name="account_pk"),
    )

    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column(
            "username",
            sa.String(64),
            sa.ForeignKey("account.username", name="session_account", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("window_id", sa.String(8)),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="session_pk"),
    )

    op.create_table(
        "device",
        sa.Column("device_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("mqtt_hash", sa.String(200)),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_expires_ms", sa.BigInteger),
        sa.Column("revoked", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("device_id", name="device_pk"),
    )
    op.create_index("device_token_once", "device", ["token_hash"], unique=True)
    op.create_index("device_code_once", "device", ["code_hash"], unique=True)

    op.create_table(
        "hall",
        sa.Column("hall_id", sa.String(32), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("demo", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name="hall_pk"),
    )

    op.create_table(
        "catalogue",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="catalogue_pk"),
    )
