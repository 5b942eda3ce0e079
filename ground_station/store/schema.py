"""The tables, for SQLite today and PostgreSQL later: only types that both have.

`messages`, `alert_events` and `actions` are append-only. `alerts`, `incidents` and `traffic_events`
hold the present state, written in the same transaction as the record that changed it; `mailbox`,
`handovers` and `turns` what aircraft have for each other and whose turn it is to answer, until it
has arrived or is of no use. The columns beside `body` are those that are asked for; `body` is the
whole value as JSON.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

VERSION = 1

metadata = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """A time with its zone; SQLite has none, so it is stored there as naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; naive where the engine keeps no zone."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, in UTC."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


schema_version = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", UtcTime, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("drone_id", String(64), nullable=False),
    Column("boot_id", String(64), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("body", JSON, nullable=False),
    Index("messages_newest", "kind", "received_at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("captured_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("south_deg", Float, nullable=False),
    Column("west_deg", Float, nullable=False),
    Column("north_deg", Float, nullable=False),
    Column("east_deg", Float, nullable=False),
    Column("picture_sha256", String(64), index=True),
    Column("incident_id", String(64), index=True),
    Column("body", JSON, nullable=False),
    Index("alerts_open", "state", "kind", "captured_at"),
    Index("alerts_newest", "created_at"),
)

alert_events = Table(
    "alert_events",
    metadata,
    # An event belongs to one alert, whatever happens: the key says so, not the code.
    Column("message_id", String(200), ForeignKey("messages.id"), primary_key=True),
    Column("alert_id", String(64), ForeignKey("alerts.id"), nullable=False, index=True),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("state", String(32), nullable=False),
    Column("year", Integer, nullable=False, index=True),
    Column("opened_at", UtcTime, nullable=False),
    Column("body", JSON, nullable=False),
)

traffic_events = Table(
    "traffic_events",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("alert_id", String(64), ForeignKey("alerts.id"), nullable=False, unique=True),
    Column("state", String(32), nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("body", JSON, nullable=False),
)

pictures = Table(
    "pictures",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String(32), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)

mailbox = Table(
    "mailbox",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("drone_id", String(64), nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("handover_id", String(200), nullable=False, index=True),
    Column("expires_at", UtcTime, nullable=False),
    Column("body", JSON, nullable=False),
    UniqueConstraint("drone_id", "message_id"),
)

handovers = Table(
    "handovers",
    metadata,
    Column("handover_id", String(200), primary_key=True),
    Column("giver", String(64), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("refused", JSON, nullable=False),
    Column("taken_by", String(64)),
)

turns = Table(
    "turns",
    metadata,
    Column("handover_id", String(200), primary_key=True),
    Column("message_id", String(200), nullable=False),
    Column("latitude_deg", Float, nullable=False),
    Column("longitude_deg", Float, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("body", JSON, nullable=False),
)

actions = Table(
    "actions",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("who", String(100), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    # Unique, so that the chain cannot fork even with several writers.
    Column("prev_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
)
