"""PostgreSQL itself keeps the audit, and people: no change without a line, no forged, skipped or altered line."""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import text

from portal_admin.domain.audit_chain import GENESIS

revision = "0004"
down_revision = "0003"

EVERY = "INSERT OR UPDATE OR DELETE"
# Table, the statements whose transaction must append an audit line, the trigger's name, and which rows of them.
# Left out is what the machinery does by itself: delivering mail, working through an import's rows, syncing.
AUDITED = (
    ("site", EVERY, "needs_audit", ""),
    ("site_private_label", EVERY, "needs_audit", ""),
    ("site_brand", EVERY, "needs_audit", ""),
    ("setting", EVERY, "needs_audit", ""),
    ("end_user", EVERY, "needs_audit", ""),
    ("account_link", EVERY, "needs_audit", ""),
    ("operator", EVERY, "needs_audit", ""),
    ("field_note", EVERY, "needs_audit", ""),
    ("caller_verification", EVERY, "needs_audit", ""),
    ("mail_outbox", "INSERT OR DELETE", "needs_audit", ""),
    # Delivery ends what is queued; to kill a link that went out, or to bring a dead one to life, is a person's doing.
    (
        "mail_outbox",
        "UPDATE",
        "revival_needs_audit",
        "WHEN (old.status <> 'queued' AND new.status <> old.status) ",
    ),
    ("import_batch", "INSERT OR DELETE", "needs_audit", ""),
    (
        "import_batch",
        "UPDATE",
        "undo_needs_audit",
        "WHEN (new.status = 'undone' AND old.status <> 'undone') ",
    ),
)

# Everything is qualified, here or by this path: a temporary table would otherwise stand in for the audit.
HARDENED = "SET search_path = pg_catalog, pg_temp"

# Inside a savepoint a row carries the savepoint's transaction id. A row that can be seen while its transaction
# is under way is one's own; an id of long ago may look like one that is still to come.
IS_OURS = """
CREATE FUNCTION {schema}.portal_is_ours(writer xid) RETURNS boolean LANGUAGE plpgsql {hardened} AS $body$
DECLARE
    own bigint := pg_current_xact_id()::text::bigint;
    full_id bigint := own + ((writer::text::bigint - own) & 4294967295);
BEGIN
    RETURN coalesce(pg_xact_status(full_id::text::xid8) = 'in progress', false);
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END $body$
"""

# It runs once for each row changed, when the transaction is committed, so it does without a path of its own.
NEEDS_LINE = """
CREATE FUNCTION {schema}.portal_needs_audit() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    writer pg_catalog.xid;
BEGIN
    SELECT xmin INTO writer FROM {schema}.audit_event ORDER BY id DESC LIMIT 1;
    IF writer OPERATOR(pg_catalog.=) pg_catalog.pg_current_xact_id()::pg_catalog.xid THEN
        RETURN NULL;
    END IF;
    IF {schema}.portal_is_ours(writer) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'A change needs an audit line in the same transaction.'
        USING ERRCODE = 'PA001', TABLE = tg_table_name;
END $body$
"""

SIGNED = """
CREATE FUNCTION {schema}.portal_signed() RETURNS trigger LANGUAGE plpgsql {hardened} AS $body$
BEGIN
    IF new.operator IS DISTINCT FROM session_user::text THEN
        RAISE EXCEPTION 'What an operator vouches for carries the name of the login.' USING ERRCODE = 'PA002';
    END IF;
    IF abs(extract(epoch FROM clock_timestamp() - new.at)) > 60 THEN
        RAISE EXCEPTION 'What an operator vouches for carries the time of this server.' USING ERRCODE = 'PA003';
    END IF;
    RETURN new;
END $body$
"""

NEXT_LINE = """
CREATE FUNCTION {schema}.portal_audit_chained() RETURNS trigger LANGUAGE plpgsql {hardened} AS $body$
DECLARE
    last_id bigint;
    last_hash text;
BEGIN
    SELECT id, hash INTO last_id, last_hash FROM {schema}.audit_event ORDER BY id DESC LIMIT 1;
    IF new.id IS DISTINCT FROM coalesce(last_id, 0) + 1
        OR new.previous_hash IS DISTINCT FROM coalesce(last_hash, '{genesis}') THEN
        RAISE EXCEPTION 'An audit line follows the last one, with its hash.' USING ERRCODE = 'PA004';
    END IF;
    RETURN new;
END $body$
"""

KEPT_LINE = """
CREATE FUNCTION {schema}.portal_audit_kept() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'Audit lines are never changed or removed.' USING ERRCODE = 'PA005';
END $body$
"""

# Taking back an import is the one way to remove somebody: the last that happened to the person is an import, and
# that import created them.
TAKEN_BACK = """
CREATE FUNCTION {schema}.portal_only_taken_back() RETURNS trigger LANGUAGE plpgsql {hardened} AS $body$
DECLARE
    own_site text := (SELECT key FROM {schema}.site WHERE id = old.site_id);
    last_operation text;
BEGIN
    SELECT operation_id INTO last_operation FROM {schema}.audit_event
        WHERE subject = old.email AND site_key = own_site ORDER BY id DESC LIMIT 1;
    IF NOT EXISTS (SELECT FROM {schema}.import_batch WHERE operation_id = last_operation) OR (
        SELECT before IS NOT NULL FROM {schema}.audit_event
        WHERE subject = old.email AND site_key = own_site AND operation_id = last_operation ORDER BY id LIMIT 1
    ) THEN
        RAISE EXCEPTION 'Only an import that is taken back removes end users.' USING ERRCODE = 'PA006';
    END IF;
    RETURN old;
END $body$
"""

NEVER_SENT = """
CREATE FUNCTION {schema}.portal_only_unsent() RETURNS trigger LANGUAGE plpgsql {hardened} AS $body$
BEGIN
    IF old.status <> 'queued' OR old.claimed_until IS NOT NULL OR old.attempts <> 0 THEN
        RAISE EXCEPTION 'A mail that may have left is never removed.' USING ERRCODE = 'PA006';
    END IF;
    RETURN old;
END $body$
"""

FUNCTIONS = (IS_OURS, NEEDS_LINE, SIGNED, NEXT_LINE, KEPT_LINE, TAKEN_BACK, NEVER_SENT)
TRUTH = (
    "CREATE TRIGGER end_user_only_taken_back BEFORE DELETE ON {schema}.end_user "
    "FOR EACH ROW EXECUTE FUNCTION {schema}.portal_only_taken_back()",
    "CREATE TRIGGER mail_outbox_only_unsent BEFORE DELETE ON {schema}.mail_outbox "
    "FOR EACH ROW EXECUTE FUNCTION {schema}.portal_only_unsent()",
    "CREATE TRIGGER caller_verification_signed BEFORE INSERT ON {schema}.caller_verification "
    "FOR EACH ROW EXECUTE FUNCTION {schema}.portal_signed()",
    "CREATE TRIGGER audit_event_signed BEFORE INSERT ON {schema}.audit_event "
    "FOR EACH ROW EXECUTE FUNCTION {schema}.portal_signed()",
    "CREATE TRIGGER audit_event_chained BEFORE INSERT ON {schema}.audit_event "
    "FOR EACH ROW EXECUTE FUNCTION {schema}.portal_audit_chained()",
    "CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.audit_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION {schema}.portal_audit_kept()",
)
ON_CHANGES = (
    "CREATE CONSTRAINT TRIGGER {table}_{suffix} AFTER {statements} ON {schema}.{table} "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {when}EXECUTE FUNCTION {schema}.portal_needs_audit()"
)


def upgrade() -> None:
    """Other databases enforce nothing of this; a later migration that must touch the audit disables its triggers."""
    if op.get_context().dialect.name != "postgresql":
        return
    names = {"schema": schema_name(), "hardened": HARDENED, "genesis": GENESIS}
    for statement in (*FUNCTIONS, *TRUTH):
        op.execute(statement.format(**names))
    for table, statements, suffix, when in AUDITED:
        op.execute(
            ON_CHANGES.format(
                table=table, statements=statements, suffix=suffix, when=when, schema=schema_name()
            )
        )


def schema_name() -> str:
    """The schema of the tables, quoted; a script is written for the usual one."""
    if context.is_offline_mode():
        return "public"
    found: str = op.get_bind().execute(text("select quote_ident(current_schema())")).scalar_one()
    return found
