"""Sites and the private labels mapped to them."""

from __future__ import annotations

from typing import Any

import pytest

from portal_admin.errors import InvalidInput, NotFound, Refused
from portal_admin.models.engine import writing
from portal_admin.services import access, sites
from portal_admin.services.desk import Desk
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import STALE, audit_rows, everything, set_confirmed


def test_that_sites_are_listed_by_key_with_their_labels(office: Desk) -> None:
    assert [(s.key, s.labels, s.unlabelled) for s in sites.list_sites(office)] == [
        ("EASTCOAST", ("EASTERN",), False),
        ("MAIN", ("NORTHWIND",), True),
        ("PRAIRIE", ("PRAIRIE", "PRAIRIE WEST"), False),
    ]


def test_that_a_site_is_created_with_trimmed_labels_once_each(office: Desk) -> None:
    made = sites.create_site(
        office, key=" west ", name=" West ", labels=[" Gold", "GOLD ", "Silver"], unlabelled=True
    )
    assert (made.key, made.name, made.unlabelled, made.version) == ("west", "West", True, 1)
    assert sorted(label.casefold() for label in made.labels) == ["gold", "silver"]
    (row,) = audit_rows(office.engine)
    assert row.after["unlabelled"] is True


@pytest.mark.parametrize("key", ["MAIN", "main", " Main "])
def test_that_a_key_is_used_once_in_whatever_case(office: Desk, key: str) -> None:
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        sites.create_site(office, key=key, name="Again")
    assert refusal.value.rule == "unique_site"
    assert everything(office.engine) == before


@pytest.mark.parametrize(
    "key", ["", " ", "a b", "ä", "-x", "a/b", "x" * 65, "a\n", "<b>", "%", "\u202ea", "a\x00"]
)
def test_that_a_key_is_plain(office: Desk, key: str) -> None:
    if key.strip() == "a":
        return
    with pytest.raises(InvalidInput) as problem:
        sites.create_site(office, key=key, name="N")
    assert problem.value.field == "key"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x1b[2J", "\u202eN", "\u200b", "a\nb", "x\ud800"])
def test_that_a_site_has_a_name_that_can_be_shown(office: Desk, name: str) -> None:
    with pytest.raises(InvalidInput) as problem:
        sites.create_site(office, key="NEW", name=name)
    assert problem.value.field == "name"


@pytest.mark.parametrize("label", ["", " \t", "x" * 201, "ß" * 150, "x\ud800"])
def test_that_a_label_is_neither_blank_nor_endless(office: Desk, label: str) -> None:
    before = everything(office.engine)
    with pytest.raises(InvalidInput) as problem:
        sites.set_labels(office, key="MAIN", labels=[label], unlabelled=False)
    assert problem.value.field == "label"
    with pytest.raises(InvalidInput):
        sites.create_site(office, key="NEW", name="New", labels=[label])
    assert everything(office.engine) == before


@pytest.mark.parametrize("act", [sites.preview_labels, sites.set_labels])
def test_that_an_unknown_site_is_not_found_and_the_others_are_named(office: Desk, act: Any) -> None:
    with pytest.raises(NotFound, match="EASTCOAST, MAIN, PRAIRIE"):
        act(office, key="NOWHERE", labels=[], unlabelled=True)


def test_that_an_empty_database_says_that_there_is_no_site_yet(desk: Desk) -> None:
    assert sites.list_sites(desk) == ()
    with pytest.raises(NotFound, match="No site has been created yet"):
        sites.set_labels(desk, key="MAIN", labels=[], unlabelled=True)


def test_that_a_change_of_labels_tells_who_gains_and_loses_what(office: Desk) -> None:
    shown = sites.preview_labels(office, key="MAIN", labels=["prairie"], unlabelled=False)
    gained = [(s.email, s.status, s.contract_id, s.area) for s in shown.gained]
    assert gained == [(INA, "Inactive", "0012-0049", "open"), (RUTH, "Active", "0012-0049", "open")]
    assert {(s.email, s.contract_id) for s in shown.lost} >= {
        (RUTH, "0012-0045"),
        (RUTH, "0012-0050"),
        (PAUL, "0020-0001"),
    }
    assert shown.site.labels == ("NORTHWIND",)


def test_that_setting_labels_replaces_the_whole_set_and_is_audited_with_its_reach(office: Desk) -> None:
    done = sites.set_labels(office, key="main", labels=["Prairie"], unlabelled=False)
    assert (done.site.labels, done.site.unlabelled, done.site.version) == (("Prairie",), False, 2)
    (row,) = audit_rows(office.engine)
    assert (row.before["labels"], row.after["labels"]) == (["NORTHWIND"], ["Prairie"])
    assert (row.after["gained"], row.after["lost"]) == (len(done.gained), len(done.lost))
    assert [line.contract_id for line in access.contracts(office, site="MAIN", email=RUTH).lines] == [
        "0012-0049"
    ]


def test_that_the_same_labels_in_another_spelling_move_nobody(office: Desk) -> None:
    change = sites.set_labels(office, key="MAIN", labels=[" northwind "], unlabelled=True)
    assert (change.gained, change.lost) == ((), ())


def test_that_a_label_may_be_mapped_to_several_sites(office: Desk) -> None:
    sites.set_labels(office, key="EASTCOAST", labels=["PRAIRIE"], unlabelled=False)
    listed = access.contracts(office, site="PRAIRIE", email=RUTH)
    assert [line.contract_id for line in listed.lines] == ["0012-0049"]


def test_that_a_preview_on_a_stale_snapshot_says_so(office: Desk) -> None:
    with writing(office.engine) as connection:
        set_confirmed(connection, STALE)
    assert sites.preview_labels(office, key="MAIN", labels=[], unlabelled=False).freshness.stale
