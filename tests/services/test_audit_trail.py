"""The audit is proved whole, and seven ways of tampering with it are noticed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert, make_url, select, text, update

from portal_admin.domain.audit_chain import GENESIS, link_hash
from portal_admin.domain.permissions import Role
from portal_admin.errors import CouldNotLook, InvalidInput, NotAllowed, Refused
from portal_admin.models import audit_event
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.services import audit, audit_heads, audit_trail, pulse
from portal_admin.services.audit_heads import Seen
from portal_admin.services.change import changing
from portal_admin.services.database import copy_file
from portal_admin.services.desk import Desk
from tests.fixtures.desk import NOW
from tests.fixtures.operators import appoint
from tests.fixtures.postgres import SUPERUSER
from tests.services.filled import audit_rows

EDITED = "It was edited after it was written: its hash does not fit what it says."
Tamper = Callable[..., None]


def append(desk: Desk, count: int, word: str = "line") -> None:
    """Lines of changes, one transaction each."""
    for number in range(count):
        with changing(desk) as connection:
            audit.record(connection, desk, action="a.b", subject=f"{word} {number}", after={"n": number})


@pytest.fixture
def watched(offline_desk: Desk, tmp_path: Path) -> Desk:
    """A desk that remembers heads, on an audit of eight lines of which it saw the last."""
    desk = replace(offline_desk, heads=tmp_path / "heads" / "audit-heads.json")
    append(desk, 8)
    audit_heads.remember(desk)
    return desk


@pytest.fixture
def tampering(engine: Engine) -> Tamper:
    """Statements that go past this program, and past what the database itself forbids."""

    def run(*statements: Any) -> None:
        if engine.dialect.name == "sqlite":
            with writing(engine) as connection:
                for one in statements:
                    connection.execute(text(one) if isinstance(one, str) else one)
            return
        powerful = create_engine(make_url(engine.url).set(username=SUPERUSER))
        with powerful.begin() as connection:
            connection.execute(text("set session_replication_role = replica"))
            for one in statements:
                connection.execute(text(one) if isinstance(one, str) else one)
        powerful.dispose()

    return run


def broken(desk: Desk, **how: Any) -> tuple[int, str]:
    found = audit_trail.verify(desk, **how)
    assert found is not None
    assert found.broken is not None, "nothing was noticed"
    assert not found.sound
    return found.broken.id, found.broken.problem


def is_sound(desk: Desk, **how: Any) -> bool:
    found = audit_trail.verify(desk, **how)
    return found is not None and found.sound


def test_that_an_untouched_audit_is_sound(watched: Desk) -> None:
    found = audit_trail.verify(watched)
    assert found is not None
    last = audit_rows(watched.engine)[-1]
    assert (found.lines, found.head, found.broken) == (8, audit.Head(8, last.hash), None)


def test_that_an_empty_audit_is_sound(offline_desk: Desk) -> None:
    assert audit_trail.verify(offline_desk) == audit_trail.Verified(0, audit.Head(0, GENESIS), None)


def test_that_an_edited_line_is_noticed(watched: Desk, tampering: Tamper) -> None:
    tampering("update audit_event set operator = 'somebody' where id = 3")
    assert broken(watched) == (3, EDITED)


def test_that_a_deleted_line_is_noticed(watched: Desk, tampering: Tamper) -> None:
    tampering("delete from audit_event where id = 3")
    assert broken(watched) == (4, "Line 3, which came before it, is missing.")


def test_that_an_inserted_line_is_noticed(watched: Desk, tampering: Tamper) -> None:
    third = dict(audit_rows(watched.engine)[2]._mapping)
    third["subject"] = "made up"
    third["hash"] = link_hash(third["previous_hash"], third)
    tampering(
        "update audit_event set id = -id - 1 where id >= 3",
        "update audit_event set id = -id where id < 0",
        insert(audit_event).values(**third),
    )
    assert broken(watched) == (4, EDITED)


def test_that_swapped_lines_are_noticed(watched: Desk, tampering: Tamper) -> None:
    tampering(
        "update audit_event set id = -3 where id = 3",
        "update audit_event set id = 3 where id = 5",
        "update audit_event set id = 5 where id = -3",
    )
    assert broken(watched) == (3, EDITED)


def test_that_a_cut_tail_is_noticed(watched: Desk, tampering: Tamper) -> None:
    tampering("delete from audit_event where id > 6")
    found, problem = broken(watched)
    assert found == 7
    assert problem.startswith("Lines 7 to 8 are missing: this desk had line 8 as the last one on 21 Nov 2026")


def test_that_a_rewritten_audit_is_noticed(watched: Desk, tampering: Tamper) -> None:
    statements, previous = [], GENESIS
    for row in audit_rows(watched.engine):
        line = {**row._mapping, "operator": "somebody", "previous_hash": previous}
        line["hash"] = previous = link_hash(previous, line)
        statements.append(update(audit_event).where(audit_event.c.id == row.id).values(line))
    tampering(*statements)
    found, problem = broken(watched)
    assert found == 8
    assert problem.startswith("It is not the line that this desk had on 21 Nov 2026")


def test_that_an_older_copy_is_noticed_even_after_work_went_on(watched: Desk, tampering: Tamper) -> None:
    tampering("delete from audit_event where id > 4")
    append(watched, 9, "after")
    audit_heads.remember(watched)
    assert broken(watched)[0] == 8
    assert audit_heads.last_seen(watched) == Seen(8, audit_heads.last_seen(watched).hash, NOW)  # type: ignore[union-attr]


@pytest.mark.databases("sqlite")
def test_that_a_file_put_back_is_noticed(watched: Desk, tmp_path: Path) -> None:
    """Past this program: somebody copies an old file over the database."""
    path, copy = Path(str(watched.engine.url.database)), tmp_path / "monday.db"
    copy_file(path, copy)
    append(watched, 3, "tuesday")
    audit_heads.remember(watched)
    watched.engine.dispose()
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)
    shutil.copy(copy, path)
    engine = open_engine(f"sqlite:///{path}")
    assert broken(replace(watched, engine=engine))[0] == 9
    engine.dispose()


def test_that_a_kept_head_notices_what_this_machine_never_saw(watched: Desk, tampering: Tamper) -> None:
    kept = audit_heads.now_seen(watched)
    elsewhere = replace(watched, heads=None)
    assert is_sound(elsewhere, head=kept)
    tampering("delete from audit_event where id > 6")
    assert is_sound(elsewhere)
    found, problem = broken(elsewhere, head=kept)
    assert (found, problem.split(":")[1]) == (
        7,
        " the head that was kept had line 8 as the last one on 21 Nov 2026 20",
    )


def test_that_a_head_travels_through_a_file(watched: Desk) -> None:
    kept = audit_heads.now_seen(watched)
    assert audit_heads.parse_head(json.dumps(audit_heads.as_record(kept))) == kept
    for wrong in ("", "{}", "[]", '{"id": "8"}', json.dumps({**audit_heads.as_record(kept), "id": -1})):
        with pytest.raises(InvalidInput, match="holds no audit head"):
            audit_heads.parse_head(wrong)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "damage",
    [
        "update audit_event set before = '{no json' where id = 3",
        "update audit_event set at = 'yesterday' where id = 3",
        "update audit_event set subject = x'ff00' where id = 3",
        "update audit_event set subject = cast(x'ff00' as text) where id = 3",
    ],
)
def test_that_a_line_that_cannot_be_read_is_named(watched: Desk, tampering: Tamper, damage: str) -> None:
    tampering(damage)
    assert broken(watched) == (
        3,
        "It was edited after it was written: it holds what this program never writes.",
    )


def test_that_the_walk_crosses_pages(
    watched: Desk, tampering: Tamper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "PAGE", 3)
    told: list[tuple[int, int]] = []
    assert is_sound(watched, progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 8), (6, 8), (8, 8)]
    tampering("update audit_event set reason = 'none' where id = 7")
    assert broken(watched) == (7, EDITED)


def test_that_a_walk_can_be_cancelled(watched: Desk) -> None:
    assert audit_trail.verify(watched, cancelled=lambda: True) is None


def test_that_a_change_is_remembered_without_asking(offline_desk: Desk, tmp_path: Path) -> None:
    desk = replace(offline_desk, heads=tmp_path / "audit-heads.json")
    append(desk, 1)
    assert audit_heads.last_seen(desk) == Seen(1, audit_rows(desk.engine)[0].hash, NOW)


def test_that_the_pulse_remembers_what_others_wrote(watched: Desk, offline_desk: Desk) -> None:
    append(offline_desk, 2, "elsewhere")
    assert pulse.take(watched).doubt is None
    assert audit_heads.last_seen(watched).id == 10  # type: ignore[union-attr]


def test_that_the_pulse_tells_when_what_was_seen_is_gone(watched: Desk, tampering: Tamper) -> None:
    tampering("delete from audit_event where id = 8")
    assert (
        pulse.take(watched).doubt == "Line 8, which this desk saw, is missing or different. Verify the audit."
    )
    assert watched.heads is not None
    watched.heads.write_text("{", encoding="utf-8")
    assert "cannot be read" in str(pulse.take(watched).doubt)


def test_that_databases_are_remembered_apart_and_without_passwords(watched: Desk) -> None:
    assert watched.heads is not None
    other = replace(watched, engine=create_engine("postgresql+psycopg://casey:secret@server:5432/portal"))
    assert audit_heads.last_seen(other) is None
    assert audit_heads.database_name(other.engine) == "postgresql://server:5432/portal"
    names = list(json.loads(watched.heads.read_text(encoding="utf-8")))
    assert names == [audit_heads.database_name(watched.engine)]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"x": {"id": 1}}'])
def test_that_a_damaged_memory_is_reported_and_kept(watched: Desk, damage: str) -> None:
    assert watched.heads is not None
    watched.heads.write_text(damage, encoding="utf-8")
    append(watched, 1)
    audit_heads.remember(watched)
    with pytest.raises(CouldNotLook, match=r"audit-heads.json.*cannot be read"):
        audit_trail.verify(watched)
    assert watched.heads.read_text(encoding="utf-8") == damage


def test_that_a_broken_chain_is_told_before_a_damaged_memory(watched: Desk, tampering: Tamper) -> None:
    assert watched.heads is not None
    watched.heads.write_text("{", encoding="utf-8")
    tampering("delete from audit_event where id = 3")
    assert broken(watched)[0] == 4


def test_that_a_memory_that_cannot_be_written_stops_no_change(
    offline_desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    append(replace(offline_desk, heads=tmp_path / "file" / "audit-heads.json"), 1)
    assert len(audit_rows(offline_desk.engine)) == 1
    assert "could not be remembered" in caplog.text


def test_that_a_restore_of_this_program_is_named_and_can_be_accepted(
    watched: Desk, tampering: Tamper
) -> None:
    tampering("delete from audit_event where id > 4")
    later = replace(watched, clock=lambda: NOW.replace(hour=21))
    with changing(later) as connection:
        audit.record(connection, later, action="database.restore", subject="database")
    found, problem = broken(watched)
    assert found == 6
    if watched.engine.dialect.name == "sqlite":
        assert "Line 5 says that tester restored a backup on 21 Nov 2026 21:00 UTC." in problem
    assert "audit accept-restore" in problem
    accepted = audit_trail.accept_restore(watched, reason="agreed with the auditor")
    assert accepted.id == 6
    assert is_sound(watched)
    row = audit_rows(watched.engine)[-1]
    assert (row.action, row.before["id"], row.reason) == (
        "audit.accept_restore",
        8,
        "agreed with the auditor",
    )


def test_that_only_administrators_accept_and_only_what_is_gone(watched: Desk) -> None:
    with pytest.raises(Refused, match="nothing to accept"):
        audit_trail.accept_restore(watched, reason="x")
    appoint(watched.engine, "casey", Role.CSR)
    with pytest.raises(NotAllowed):
        audit_trail.accept_restore(replace(watched, operator="casey"), reason="x")
    with reading(watched.engine) as connection:
        assert connection.execute(select(audit_event.c.id).order_by(audit_event.c.id.desc())).first() == (8,)


def test_that_a_restore_before_the_line_was_seen_explains_nothing(watched: Desk, tampering: Tamper) -> None:
    with changing(watched) as connection:
        audit.record(connection, watched, action="database.restore", subject="database")
    later = replace(watched, clock=lambda: NOW.replace(year=2036))
    append(later, 3, "since")
    audit_heads.remember(later)
    tampering("delete from audit_event where id > 10")
    assert "restored a backup" not in broken(watched)[1]


def test_that_several_windows_remember_without_losing_one_another(watched: Desk) -> None:
    assert watched.heads is not None
    path, seen = watched.heads, audit_heads.last_seen(watched)
    others = [
        replace(watched, engine=create_engine(f"postgresql+psycopg://server/portal{number}"))
        for number in range(8)
    ]
    assert seen is not None
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda desk: audit_heads.accept(desk, seen), others))
    assert len(json.loads(path.read_text(encoding="utf-8"))) == 9
    assert all(audit_heads.last_seen(desk) == seen for desk in (watched, *others))
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


def test_that_an_older_window_does_not_turn_the_memory_back(watched: Desk) -> None:
    newer = Seen(12, "f" * 64, NOW)
    audit_heads.accept(watched, newer)
    audit_heads.remember(watched)
    assert audit_heads.last_seen(watched) == newer
