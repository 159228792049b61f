"""Tables that hold what the portal last read from ASPIRE; sync alone writes them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, String, Table, Text

from portal_admin.models.base import Id, Instant, metadata

aspire_account = Table(
    "aspire_account",
    metadata,
    Column("oid", Id, primary_key=True, autoincrement=False),
    Column("account_id", String(64), nullable=False),
    Column("account_id_key", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_key", String(200), nullable=False),
    Column("email", String(1000)),
    Column("email_key", String(1000), nullable=False, server_default=""),  # see domain.addresses
    Column("sound_keys", Text, nullable=False, server_default=""),  # see domain.sound
    Column("status", String(64)),
    Column("changed_at", Instant),
    Column("fingerprint", BigInteger, nullable=False),
    Column("seen", Integer, nullable=False),
    Index("ix_aspire_account_account_id_key", "account_id_key"),
    Index("ix_aspire_account_name_key", "name_key", "oid"),
    Index("ix_aspire_account_email_key", "email_key", "oid"),
)

aspire_contact = Table(
    "aspire_contact",
    metadata,
    Column("oid", Id, primary_key=True, autoincrement=False),
    Column("account_oid", Id, nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_key", String(200), nullable=False, server_default=""),
    Column("email", String(1000)),
    Column("email_key", String(1000), nullable=False, server_default=""),
    Column("sound_keys", Text, nullable=False, server_default=""),
    Column("changed_at", Instant),
    Column("fingerprint", BigInteger, nullable=False),
    Column("seen", Integer, nullable=False),
    Index("ix_aspire_contact_account_oid", "account_oid"),
    Index("ix_aspire_contact_name_key", "name_key", "oid"),
    Index("ix_aspire_contact_email_key", "email_key", "oid"),
)

aspire_contract = Table(
    "aspire_contract",
    metadata,
    Column("oid", Id, primary_key=True, autoincrement=False),
    Column("contract_id", String(64), nullable=False),
    Column("contract_id_key", String(64), nullable=False),
    # Without dashes and leading zeros, of the whole and of each part: see domain.text.
    Column("contract_id_plain", String(64), nullable=False, server_default=""),
    Column("contract_id_short", String(64), nullable=False, server_default=""),
    Column("is_booked", Boolean, nullable=False),
    Column("booked_at", Instant),
    Column("is_terminated", Boolean, nullable=False),
    Column("termination_date", Date),
    Column("private_label", String(200)),
    Column("label_key", String(200), nullable=False),
    Column("contract_type", String(64)),
    Column("currency", String(3), nullable=False),
    Column("payment_amount_minor", BigInteger),
    Column("next_due_date", Date),
    Column("remaining_balance_minor", BigInteger),
    Column("bill_to", Text),
    Column("changed_at", Instant),
    Column("fingerprint", BigInteger, nullable=False),
    Column("seen", Integer, nullable=False),
    Index("ix_aspire_contract_contract_id_key", "contract_id_key"),
    Index("ix_aspire_contract_contract_id_plain", "contract_id_plain"),
    Index("ix_aspire_contract_contract_id_short", "contract_id_short"),
    Index("ix_aspire_contract_label_key", "label_key"),
)

aspire_contract_role = Table(
    "aspire_contract_role",
    metadata,
    Column("contract_oid", Id, primary_key=True, autoincrement=False),
    Column("account_oid", Id, primary_key=True, autoincrement=False),
    Column("role_type", String(64), primary_key=True),
    Index("ix_aspire_contract_role_account_oid", "account_oid", "contract_oid", "role_type"),
)

# The whole record of one data class, as ASPIRE's JSON with bank account numbers cut to the last four.
aspire_contract_detail = Table(
    "aspire_contract_detail",
    metadata,
    Column("contract_oid", Id, primary_key=True, autoincrement=False),
    Column("data_class", String(32), primary_key=True),
    Column("as_of", Instant, nullable=False),
    Column("record", Text, nullable=False),
    Index("ix_aspire_contract_detail_data_class", "data_class", "as_of"),
)

# One row for each list of ASPIRE: where the next sync starts, and the page a killed one stopped at.
sync_state = Table(
    "sync_state",
    metadata,
    Column("data_class", String(32), primary_key=True),
    Column("generation", Integer),
    Column("watermark", Instant),
    Column("confirmed_at", Instant),
    Column("full_at", Instant),
    Column("run_id", Id),
    Column("run_full", Boolean, nullable=False, default=False),
    Column("run_since", Instant),
    Column("run_started", Instant),
    Column("cursor", Text),
)

sync_run = Table(
    "sync_run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("full", Boolean, nullable=False),
    Column("read", Integer, nullable=False, default=0),
    Column("changed", Integer, nullable=False, default=0),
    Column("removed", Integer, nullable=False, default=0),
    Column("generation", Integer),
    Column("outcome", String(16), nullable=False),
    Column("message", Text),
    Column("operator", String(200), nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("expires_at", Instant, nullable=False),
)
