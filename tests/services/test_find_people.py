"""The box in which a person is chosen, and what one look at a person reads."""

from __future__ import annotations

import pytest

from portal_admin.errors import NotFound
from portal_admin.services.access_overview import linked_people, overview
from portal_admin.services.desk import Desk
from portal_admin.services.find_people import find_people
from portal_admin.services.link_candidates import examine, search
from tests.ui.account_access import world
from tests.ui.account_access.world import ALONE, OLSEN, OTHER_SITE, SITE


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A synced desk with five users."""
    world.fill(desk)
    return desk


def emails(desk: Desk, text: str, limit: int = 20) -> list[str]:
    return [user.email for user in find_people(desk, text=text, limit=limit).people]


def test_that_the_exact_address_comes_first_then_what_begins_so_then_what_holds_it(filled: Desk) -> None:
    world.add_user(filled, "pat@granite.example", "Zed", "Zulu", "Active", ["A-001"])
    world.add_user(filled, "z@z.example", "Pat@granite.example.org", "Name", "Active", ["A-001"])
    world.add_user(filled, "apat@granite.example", "Anna", "Alpha", "Active", ["A-001"])
    found = emails(filled, "pat@granite.example")
    assert found == ["pat@granite.example", "z@z.example", "apat@granite.example"]


def test_that_a_last_name_is_found_on_every_site_whatever_its_case(filled: Desk) -> None:
    found = find_people(filled, text="OLSEN")
    assert [(user.site, user.email) for user in found.people] == [(SITE, OLSEN), (OTHER_SITE, OLSEN)]
    assert not found.more


def test_that_more_matches_than_asked_for_are_told(filled: Desk) -> None:
    found = find_people(filled, text="example", limit=2)
    assert len(found.people) == 2
    assert found.more


def test_that_wildcards_are_literal_and_nothing_typed_finds_nothing(filled: Desk) -> None:
    assert emails(filled, "%") == []
    assert emails(filled, "   ") == []


def test_that_the_id_of_a_contract_or_an_account_is_recognised(filled: Desk) -> None:
    assert find_people(filled, text=" eg-2019-7 ").contract_id == "EG-2019-7"
    account = find_people(filled, text="a-001").account
    assert account is not None
    assert account.name == "Prairie Hauling LLC"


def test_that_one_look_tells_customers_and_what_each_link_opens(filled: Desk) -> None:
    found = overview(filled, site=SITE, email=OLSEN)
    assert set(found.customers.values()) == {"Prairie Hauling LLC", "Granite Peak Excavating Inc."}
    told = [
        (card.account.account_id, card.profile.roles, card.profile.open, card.profile.closed)
        for card in found.cards
        if card.profile is not None
    ]
    assert told == [("A-001", ("Customer",), 3, 1), ("A-004", ("Customer",), 0, 2)]
    offers = [card.offer.verdict for card in found.cards if card.offer is not None]
    assert offers == ["offered", "not_offered"]


def test_that_a_link_to_an_account_the_copy_lacks_has_no_profile(filled: Desk) -> None:
    world.add_user(filled, "ghost@x.example", "G", "Host", "Active", ["GONE-1"])
    (card,) = overview(filled, site=SITE, email="ghost@x.example").cards
    assert (card.profile, card.offer, card.account.known) == (None, None, False)
    assert [user.email for user in linked_people(filled, account_id="gone-1").people] == ["ghost@x.example"]


def test_that_everybody_linked_to_an_account_is_listed(filled: Desk) -> None:
    found = linked_people(filled, account_id="a-004")
    assert found.account is not None
    assert [user.email for user in found.people] == [ALONE, OLSEN]
    nobody = linked_people(filled, account_id="NO-SUCH")
    assert (nobody.account, nobody.people, nobody.more) == (None, (), False)


def test_that_an_examined_account_brings_its_preview_and_its_look_alikes(filled: Desk) -> None:
    found = examine(filled, site=SITE, email=ALONE, account_id="A-002")
    assert found.preview is not None
    assert [line.contract_id for line in found.preview.gained] == ["0020-0001"]
    assert [profile.account.account_id for profile in found.similar] == ["A-001"]
    refused = examine(filled, site=SITE, email=ALONE, account_id="A-010")
    assert (refused.preview, refused.candidate.offer.verdict.verdict) == (None, "not_offered")


def test_that_search_tells_what_each_account_would_open(filled: Desk) -> None:
    found = {
        one.offer.account.account_id: one.profile for one in search(filled, site=SITE, text="a-00").found
    }
    assert found["A-003"] is not None
    assert (found["A-003"].roles, found["A-003"].open, found["A-003"].hidden) == (("Guarantor",), 1, 0)


def test_that_a_person_who_does_not_exist_is_not_an_empty_overview(filled: Desk) -> None:
    with pytest.raises(NotFound):
        overview(filled, site=SITE, email="nobody@x.example")
