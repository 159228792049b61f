"""`enroll`, as a script and as a site's web tier would call it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from portal_admin.models import sync_state
from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from tests.cli.people import RUTH
from tests.cli.spine import Cli

OLSEN = "rolsen@prairie.example"
TYPED = ("--site", "MAIN", "--email", OLSEN, "--postal-code", "68114", "--contract", "0012-0045")
NAMES = ("--first", "Ruth", "--last", "Olsen")
CHECKS = ["email", "postal_code", "contract", "already_user"]


def typed(**changes: str) -> tuple[str, ...]:
    given = dict(zip(TYPED[::2], TYPED[1::2], strict=True))
    given |= {f"--{name.replace('_', '-')}": text for name, text in changes.items()}
    return tuple(word for pair in given.items() for word in pair)


def test_that_a_rehearsal_has_the_shape_of_a_verdict(cli: Cli) -> None:
    ran = cli("enroll", "rehearse", *TYPED, "--json")
    assert ran.code == 0
    found = ran.row
    assert list(found) == ["verdict", "area", "checks", "edition"]
    assert (found["verdict"], found["area"], found["edition"]) == ("accepted", None, "2026")
    assert [check["check"] for check in found["checks"]] == CHECKS
    assert all(list(c) == ["check", "result", "evidence", "source", "as_of", "fix"] for c in found["checks"])
    assert {check["source"] for check in found["checks"]} == {"self", "not-receiving-self-enrollment-email"}


def test_that_both_editions_can_be_asked_for(cli: Cli) -> None:
    billing = typed(email="billing@prairie.example")
    assert cli("enroll", "rehearse", *billing, "--json").row["verdict"] == "accepted"
    old = cli("enroll", "rehearse", *billing, "--edition", "2025", "--json")
    assert (old.code, old.row["verdict"], old.row["edition"]) == (0, "refused", "2025")


def test_that_people_read_the_verdict_and_what_to_say(cli: Cli) -> None:
    ran = cli("enroll", "rehearse", *typed(postal_code="1"), *NAMES)
    assert ran.code == 0
    text = ran.stdout.decode()
    assert text.startswith("Refused  (rules of 2026)")
    assert "NO  postal_code:" in text
    assert "Say: That postal code is too short." in text


def test_that_cannot_tell_is_exit_3_and_creates_nothing(cli: Cli, portal: Engine, sandbox: Sandbox) -> None:
    with writing(portal) as connection:
        connection.execute(sync_state.delete())
    sandbox.fault(truncate=True)
    ran = cli("enroll", "rehearse", *TYPED, "--json")
    assert (ran.code, ran.row["verdict"]) == (3, "cannot_tell")
    done = cli("enroll", "submit", *TYPED, *NAMES, "--json")
    assert (done.code, done.row["verdict"], done.row["user"], done.row["attempt"]) == (
        3,
        "cannot_tell",
        None,
        None,
    )
    sandbox.clear_faults()
    assert cli("enroll", "attempts", "--json").rows == []
    assert cli("users", "show", "--site", "MAIN", "--email", OLSEN, "--json").code == 1


def test_that_a_submit_creates_the_user_and_its_repetition_is_refused(cli: Cli) -> None:
    done = cli("enroll", "submit", *TYPED, *NAMES, "--json")
    assert done.code == 0
    assert done.row["user"] == {"site": "MAIN", "email": OLSEN, "status": "Pending", "accounts": ["A-001"]}
    assert cli("users", "show", "--site", "MAIN", "--email", OLSEN, "--json").row["status"] == "Pending"
    again = cli("enroll", "submit", *TYPED, *NAMES, "--json")
    assert (again.code, again.row["verdict"], again.row["user"]) == (1, "refused", None)
    log = cli("enroll", "attempts", "--json").rows
    assert [(row["outcome"], row["refused_by"], row["created_user"]) for row in log] == [
        ("refused", ["already_user"], False),
        ("accepted", [], True),
    ]
    assert list(log[0]) == [
        "at",
        "site",
        "first_name",
        "last_name",
        "email",
        "postal_code",
        "contract_id",
        "edition",
        "outcome",
        "refused_by",
        "created_user",
    ]


def test_that_attempts_are_filtered(cli: Cli) -> None:
    for _ in range(2):
        cli("enroll", "submit", *TYPED, *NAMES)
    for words, count in (
        ((), 2),
        (("--site", "MAIN"), 2),
        (("--site", "PRAIRIE"), 0),
        (("--email", OLSEN.upper()), 2),
        (("--email", RUTH), 0),
        (("--contract", "0012-0045"), 2),
        (("--outcome", "refused"), 1),
        (("--outcome", "cannot_tell"), 0),
        (("--since", "2020-01-01"), 2),
        (("--since", "2999-01-01T00:00Z"), 0),
        (("--limit", "1"), 1),
    ):
        ran = cli("enroll", "attempts", *words, "--json")
        assert (ran.code, len(ran.rows)) == (0, count), words


def test_that_what_is_typed_wrongly_is_told_as_such(cli: Cli) -> None:
    assert cli("enroll", "rehearse", *typed(site="NONE"), "--json").error["kind"] == "not_found"
    assert cli("enroll", "attempts", "--since", "yesterday", "--json").error["field"] == "since"
    assert cli("enroll", "attempts", "--limit", "0").code == 2
    assert cli("enroll", "rehearse", "--site", "MAIN").code == 2
    blank = cli("enroll", "submit", *TYPED, "--first", " ", "--last", "Olsen", "--json")
    assert (blank.code, blank.error["field"]) == (1, "first_name")


def test_that_readiness_counts_lists_and_exports(cli: Cli, tmp_path: Path) -> None:
    counted = cli("enroll", "readiness", "--json")
    main = next(row for row in counted.rows if row["site"] == "MAIN")
    assert list(main) == [
        "site",
        "customers",
        "contracts",
        "no_email",
        "shared_email",
        "no_postal_code",
        "edition",
    ]
    unmapped = counted.rows[-1]
    # LEGACY and EASTERN and PRAIRIE WEST are mapped to no site of this portal.
    listed = cli("enroll", "readiness", "--list", "--kind", "unmapped_label", "--json").rows
    assert unmapped["unmapped_label"] == len(listed) > 0
    assert [row["contract_id"] for row in listed] == sorted(row["contract_id"] for row in listed)
    file = tmp_path / "gaps.csv"
    wrote = cli("enroll", "readiness", "--kind", "unmapped_label", "--export", str(file), "--json")
    assert (wrote.code, wrote.row["rows"]) == (0, len(listed))
    assert file.exists()
    assert cli("enroll", "readiness", "--export", str(file), "--json").error["kind"] == "invalid_input"


def test_that_people_read_readiness_in_words(cli: Cli) -> None:
    ran = cli("enroll", "readiness", "--site", "MAIN")
    text = ran.stdout.decode()
    assert "No usable email" in text
    assert "Label mapped to no site:" in text
