"""What the form for a new end user is told before anything is saved."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from portal_admin.errors import CouldNotLook
from portal_admin.services import access, links, new_user, sites, users
from portal_admin.services.desk import Desk
from portal_admin.services.sites import KnownLabel
from portal_admin.services.sync import sync
from portal_admin.services.user_list import UserList, UserQuery
from tests.ui.portal_filling import fill_portal


@pytest.mark.parametrize("account_ids", [["A-001"], ["A-001", "A-002"], ["A-003"], ["A-001", "A-003"]])
def test_that_the_preview_is_what_the_new_user_then_sees(
    engine: Engine, offline_desk: Desk, account_ids: list[str]
) -> None:
    fill_portal(engine)
    preview = links.preview_new(offline_desk, site="NW", account_ids=account_ids)
    users.create_user(
        offline_desk, site="NW", email="n@x.example", first_name="N", last_name="X", account_ids=account_ids
    )
    seen = access.contracts(offline_desk, site="NW", email="n@x.example")
    assert [(line.contract_id, line.area) for line in preview.opened] == [
        (line.contract_id, line.area) for line in seen.lines
    ]
    assert preview.hidden == seen.hidden


def test_that_an_account_nobody_could_look_up_has_no_preview(engine: Engine, offline_desk: Desk) -> None:
    fill_portal(engine)
    with pytest.raises(CouldNotLook):
        links.preview_new(offline_desk, site="NW", account_ids=["A-001", "A-999"])


def test_that_a_chosen_account_comes_with_its_look_alikes(desk: Desk) -> None:
    sites.create_site(desk, key="NW", name="Northwind", labels=["NORTHWIND"], unlabelled=True)
    sync(desk)
    choice = new_user.examine(desk, site="NW", account_id="a-002")
    assert choice.candidate.offer.verdict.verdict == "offered"
    assert [(one.account.account_id, one.open, one.closed) for one in choice.similar] == [("A-001", 3, 1)]


def test_that_known_labels_count_booked_contracts_and_name_their_sites(
    engine: Engine, offline_desk: Desk
) -> None:
    fill_portal(engine)
    assert sites.known_labels(offline_desk).labels == (
        KnownLabel(None, 1, ("NW",)),
        KnownLabel("EASTERN", 2, ()),
        KnownLabel("HARBOR", 1, ("harbor",)),
        KnownLabel("NORTHWIND", 4, ("NW",)),
    )


def test_that_a_user_is_found_where_they_stand_in_a_ranking(engine: Engine, offline_desk: Desk) -> None:
    fill_portal(engine)
    listing = UserList(offline_desk)
    ranking = listing.rank(UserQuery(sort="email", descending=True))
    for rank, user in enumerate(listing.page(ranking.token, 0, ranking.count)):
        assert listing.rank_of(ranking.token, site_key=user.site, email=user.email) == rank
    assert listing.rank_of(ranking.token, site_key="NW", email="nobody@x.example") is None
    assert listing.rank_of(ranking.token, site_key="harbor", email="ann@prairie.example") is None
    assert listing.rank_of(ranking.token + 1, site_key="NW", email="ann@prairie.example") is None
    listing.close()
    assert listing.rank(UserQuery()).count == 0
