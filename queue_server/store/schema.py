"""The tables of a hall, for SQLite and PostgreSQL alike. One database (or schema) holds one hall.

`event` is the truth and is only ever appended to. Everything else is either rebuilt from it
(`ticket_leg`), expires (`answer`, `session`), is erasable by law (`visitor`, `remark`), or is the
hall's own directory (`account`, `device`). Times are UTC milliseconds, dates ISO text, so that both
databases compare them alike. Retention of each table: `RETENTION`. The revisions in `migrations/`
create these tables; a test keeps the two equal.
"""

from types import MappingProxyType

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

event = Table(
    "event",
    metadata,
    Column("hall", String(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("business_date", String(10), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("label", String(8)),
    Column("ticket_id", String(36)),
    Column("actor", String(80), nullable=False),
    Column("boot_id", String(36), nullable=False),
    Column("mono_ms", BigInteger, nullable=False),
    Column("clock", String(10), nullable=False),
    PrimaryKeyConstraint("hall", "epoch", "seq", name="event_pk"),
    CheckConstraint("seq > 0", name="event_seq_positive"),
    # Rows are only appended, and read in the order of this key: one tree instead of two.
    sqlite_with_rowid=False,
)
"""`label` is set on the events that give a number (`core.events.GIVES_LABEL`): each once.
`ticket_id` wherever there is one.
"""
Index(
    "event_label_once",
    event.c.hall,
    event.c.business_date,
    event.c.label,
    unique=True,
    sqlite_where=text("label IS NOT NULL"),
    postgresql_where=text("label IS NOT NULL"),
)
Index(
    "event_day_opened",
    event.c.hall,
    event.c.epoch,
    event.c.seq,
    sqlite_where=text("kind = 'DayOpened'"),
    postgresql_where=text("kind = 'DayOpened'"),
)

lineage = Table(
    "lineage",
    metadata,
    Column("hall", String(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("parent_epoch", Integer, nullable=False),
    Column("parent_seq", BigInteger, nullable=False),
    Column("begun_ms", BigInteger, nullable=False),
    Column("why", String(80), nullable=False),
    PrimaryKeyConstraint("hall", "epoch", name="lineage_pk"),
)
"""Where each epoch branched off: its first seq is `parent_seq` + 1. Epoch 1 has parent (0, 0)."""

ticket_leg = Table(
    "ticket_leg",
    metadata,
    Column("ticket_id", String(36), nullable=False),
    Column("leg", Integer, nullable=False),
    Column("business_date", String(10), nullable=False),
    Column("visit_id", String(36), nullable=False),
    Column("label", String(8), nullable=False),
    Column("service_id", String(8), nullable=False),
    Column("group_id", String(4), nullable=False),
    Column("class_id", String(32)),
    Column("channel", String(16), nullable=False),
    Column("window_id", String(8)),
    Column("clerk_id", String(64)),
    Column("outcome", String(16), nullable=False),
    Column("detail", String(64)),
    Column("issued_ms", BigInteger, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("first_call_ms", BigInteger),
    Column("started_ms", BigInteger),
    Column("ended_ms", BigInteger),
    Column("wait_ms", BigInteger),
    Column("walk_ms", BigInteger),
    Column("service_ms", BigInteger),
    Column("hold_ms", BigInteger, nullable=False),
    Column("slot_ms", BigInteger),
    PrimaryKeyConstraint("ticket_id", "leg", name="ticket_leg_pk"),
    sqlite_with_rowid=False,
)
Index("ticket_leg_by_date", ticket_leg.c.business_date)

answer = Table(
    "answer",
    metadata,
    Column("digest", LargeBinary, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("business_date", String(10), nullable=False),
    PrimaryKeyConstraint("digest", name="answer_pk"),
)
Index("answer_by_date", answer.c.business_date)

visitor = Table(
    "visitor",
    metadata,
    Column("ticket_id", String(36), nullable=False),
    Column("business_date", String(10), nullable=False),
    Column("document_kind", String(32)),
    Column("masked_name", String(64)),
    Column("agent", Integer, nullable=False),
    PrimaryKeyConstraint("ticket_id", name="visitor_pk"),
)
Index("visitor_by_date", visitor.c.business_date)

remark = Table(
    "remark",
    metadata,
    Column("seq", BigInteger, nullable=False),
    Column("ticket_id", String(36), nullable=False),
    Column("business_date", String(10), nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("seq", "ticket_id", name="remark_pk"),
)
Index("remark_by_date", remark.c.business_date)

account = Table(
    "account",
    metadata,
    Column("username", String(64), nullable=False),
    Column("display_name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("active", Integer, nullable=False),
    PrimaryKeyConstraint("username", name="account_pk"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), nullable=False),
    Column(
        "username",
        String(64),
        ForeignKey("account.username", name="session_account", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("window_id", String(8)),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("token_hash", name="session_pk"),
)

device = Table(
    "device",
    metadata,
    Column("device_id", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("token_hash", String(64)),
    Column("mqtt_hash", String(200)),
    Column("code_hash", String(64)),
    Column("code_expires_ms", BigInteger),
    Column("revoked", Integer, nullable=False),
    PrimaryKeyConstraint("device_id", name="device_pk"),
)
Index("device_token_once", device.c.token_hash, unique=True)
Index("device_code_once", device.c.code_hash, unique=True)

hall = Table(
    "hall",
    metadata,
    Column("hall_id", String(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("demo", Integer, nullable=False),
    PrimaryKeyConstraint("hall_id", name="hall_pk"),
)
"""One row. `epoch` is the one that is written now: the highest of `lineage`."""

catalogue = Table(
    "catalogue",
    metadata,
    Column("hash", String(64), nullable=False),
    Column("version", String(40), nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("hash", name="catalogue_pk"),
)

VISITOR_DAYS = 30

RETENTION = MappingProxyType(
    {
        "event": "for ever: it names no person",
        "lineage": "for ever",
        "ticket_leg": "for ever: rebuilt from event",
        "answer": "the business day and the next",
        "visitor": f"{VISITOR_DAYS} days",
        "remark": f"{VISITOR_DAYS} days",
        "account": "until removed by the administrator",
        "session": "until it expires",
        "device": "until removed by the administrator",
        "hall": "for ever",
        "catalogue": "for ever: versions are public",
    },
)
