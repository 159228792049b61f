"""Linking and unlinking accounts as an administrator does it: search, preview, compare, save, undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from portal_admin.services import links
from portal_admin.services.desk import Desk
from portal_admin.ui.account_access.page import AccountAccessPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.access.link_panel import LinkPanel
from portal_admin.ui.widgets.comparison import Comparison
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import Clock
from tests.ui.account_access import world
from tests.ui.account_access.acting import Settle, look_at
from tests.ui.account_access.world import ALONE, OLSEN, SITE

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def access(page: Callable[..., AccountAccessPage], desk: Desk, settle: Settle) -> AccountAccessPage:
    """Pat Grant of Northwind in view, linked to A-004 alone."""
    shown = page(AccountAccessPage, desk)
    shown.open(Target("account_access", site=SITE, email=ALONE))
    settle()
    return shown


@pytest.fixture
def panel(access: AccountAccessPage, qtbot: Any, settle: Settle) -> LinkPanel:
    """The open panel in which Pat Grant is linked to another account."""
    qtbot.mouseClick(access.links.link_button, LEFT)
    settle()
    return access.link_panel


def find(panel: LinkPanel, qtbot: Any, settle: Settle, text: str) -> None:
    panel.finder.search.clear()
    qtbot.keyClicks(panel.finder.search, text)
    settle()


def results(panel: LinkPanel) -> list[tuple[str, str]]:
    """Each line of the results: the account id, or the title of a section, and what is said."""
    return [(line.account_id or line.name, line.said) for line in panel.finder.results.results.lines]


# Searching and choosing


def test_that_offered_accounts_come_first_and_the_others_say_why_not(
    panel: LinkPanel, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "a-0")
    found = results(panel)
    assert found[0] == ("Offered on this site", "")
    assert ("A-001", "Customer · 3 open, 1 closed on this site") in found
    assert ("A-003", "Guarantor · 1 open, 0 closed on this site") in found
    refused = dict(found[found.index(("Not offered, because …", "")) :])
    assert refused["A-006"] == (
        "Its only contract does not have it as Customer or Guarantor. Its roles are: Broker."
    )
    assert refused["A-004"].startswith("Linked already")
    assert refused["A-010"] == "The account is on no contract at all."


def test_that_an_offered_account_is_previewed_and_linked_by_keyboard(
    panel: LinkPanel, access: AccountAccessPage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "prairie")
    qtbot.keyClick(panel.finder.search, Qt.Key.Key_Down)
    settle()
    assert panel.finder.results.selectionModel().hasSelection()
    assert "Opens 4 contracts, 1 of them closed; 3 stay hidden." in world.said(panel)
    assert "Open: 0012-0045, 0012-0050, EG-2019-7" in world.said(panel)
    assert "Stays hidden: 0012-0048, label “LEGACY” is mapped to no site" in world.said(panel)
    qtbot.keyClick(panel.finder.results, Qt.Key.Key_Return)
    button = QApplication.focusWidget()
    assert button is not None
    qtbot.keyClick(button, Qt.Key.Key_Space)
    settle()
    assert world.links_of(desk, ALONE) == ["A-001", "A-004"]
    assert access.messages.text == "Linked Prairie Hauling LLC (A-001) to Pat Grant."
    assert list(access.links.cards) == ["A-001", "A-004"]
    assert panel.isHidden()
    qtbot.mouseClick(world.button(access.messages, "Undo"), LEFT)
    settle()
    assert world.links_of(desk, ALONE) == ["A-004"]
    assert access.messages.text == "Undone: A-001 is not linked to Pat Grant any more."


def test_that_an_account_that_is_not_offered_names_the_rule_and_cannot_be_linked(
    panel: LinkPanel, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "cedar")
    assert panel.candidate.verdict.accessibleName() == "Not offered"
    assert "Its only contract has no private label that site northwind takes." in world.said(panel)
    assert panel.candidate.reason.text == "Cannot be linked: the rules do not offer it on this site."
    assert not world.button(panel, "Link account").isEnabled()


def test_that_a_linked_account_cannot_be_linked_twice(panel: LinkPanel, qtbot: Any, settle: Settle) -> None:
    find(panel, qtbot, settle, "granite")
    assert panel.candidate.reason.text == "Linked to this user already."
    assert not world.button(panel, "Link account").isEnabled()


def test_that_nothing_found_is_said_only_when_aspire_was_searched(
    panel: LinkPanel, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "zzz")
    assert "Neither the portal nor ASPIRE has an account that matches “zzz”." in world.said(panel)
    sandbox.fault(status=503)
    find(panel, qtbot, settle, "zzzz")
    assert panel.finder.state.state is State.FAILED
    sandbox.clear_faults()
    qtbot.mouseClick(world.button(panel, "Retry"), LEFT)
    settle()
    assert panel.finder.state.state is State.NOTHING


def test_that_what_aspire_withholds_from_a_search_is_told(
    panel: LinkPanel, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    sandbox.put("Accounts", {"AccountOid": 900, "AccountId": "A-900", "Name": "Hauling Secret LLC"})
    sandbox.fault(deny="Accounts/900")
    find(panel, qtbot, settle, "hauling")
    assert panel.finder.note.text == "ASPIRE withheld 1 of the accounts that match from this login."
    assert {account for account, _ in results(panel)} == {"Offered on this site", "A-001", "A-002"}


def test_that_without_aspire_a_fresh_copy_is_searched_with_a_note(
    panel: LinkPanel, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    sandbox.fault(status=503)
    find(panel, qtbot, settle, "hauling")
    assert panel.finder.note.text.startswith(
        "ASPIRE could not be searched, so newer accounts may be missing."
    )
    assert {account for account, _ in results(panel)} == {"Offered on this site", "A-001", "A-002"}


def test_that_a_stale_copy_without_aspire_cannot_tell_and_links_nothing(
    panel: LinkPanel, clock: Clock, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    clock.now += timedelta(hours=2)
    sandbox.fault(status=503)
    find(panel, qtbot, settle, "A-002")
    assert results(panel)[0] == ("Cannot tell whether it is offered", "")
    assert panel.candidate.verdict.accessibleName() == "Cannot tell"
    assert panel.candidate.reason.text == "Cannot be linked until ASPIRE answers."
    assert not world.button(panel, "Link account").isEnabled()
    sandbox.clear_faults()
    qtbot.mouseClick(world.button(panel.candidate.verdict, "Retry"), LEFT)
    settle()
    assert panel.candidate.verdict.accessibleName() == "Offered"
    assert world.button(panel, "Link account").isEnabled()


def test_that_look_alikes_stand_side_by_side_with_what_differs_in_bold(
    panel: LinkPanel, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "A-002")
    (comparison,) = (one for one in panel.findChildren(Comparison) if one.isVisible())
    differing = comparison.differing
    assert {"A-001", "A-002", "Prairie Hauling LLC", "Prairie Hauling, L.L.C."} <= set(differing)
    assert {"3 open, 1 closed", "1 open, 0 closed"} <= set(differing)
    assert "Customer" not in differing
    qtbot.mouseClick(world.button(comparison, "Choose A-001 instead"), LEFT)
    settle()
    assert panel.finder.search.text() == "A-001"
    assert panel.finder.results.selected == "A-001"
    assert "Opens 4 contracts, 1 of them closed; 3 stay hidden." in world.said(panel)


def test_that_a_target_with_an_account_opens_the_panel_on_it(
    access: AccountAccessPage, settle: Settle
) -> None:
    access.open(Target("account_access", site=SITE, email=OLSEN, account="A-002"))
    settle()
    assert access.link_panel.isVisible()
    assert access.link_panel.finder.results.selected == "A-002"
    access.open(Target("account_access", site=SITE, email=ALONE, account="A-004"))
    settle()
    assert access.link_panel.isHidden()  # it is linked already


def test_that_escape_closes_the_panel_and_keeps_what_was_typed(
    panel: LinkPanel, access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "hauling")
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert access.why.isVisible()
    qtbot.mouseClick(access.links.link_button, LEFT)
    settle()
    assert panel.finder.search.text() == "hauling"
    assert len(results(panel)) == 3


# Without a user in view


def test_that_an_account_tells_on_which_site_it_can_be_linked(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    access.open(Target("account_access", account="A-008", site=SITE))
    settle()
    assert "Nobody is linked to account A-008." in world.said(access.people)
    assert access.offer.verdict.accessibleName() == "Not offered"
    assert "Its only contract has no private label that site northwind takes." in world.said(access.offer)
    qtbot.keyClicks(access.offer.site, "East")
    settle()
    assert access.offer.verdict.accessibleName() == "Offered"


def test_that_whether_it_can_be_linked_is_no_no_while_nobody_can_look(
    access: AccountAccessPage, clock: Clock, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    clock.now += timedelta(hours=2)
    sandbox.fault(status=503)
    access.open(Target("account_access", account="A-001", site=SITE))
    settle()
    assert access.offer.verdict.accessibleName() == "Cannot tell"
    sandbox.clear_faults()
    qtbot.mouseClick(world.button(access.offer, "Retry"), LEFT)
    settle()
    assert access.offer.verdict.accessibleName() == "Offered"


# Saving


def test_that_a_warning_after_linking_is_shown_and_the_link_can_be_undone(
    panel: LinkPanel, access: AccountAccessPage, desk: Desk, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "A-002")
    sandbox.fault(path="/contacts", status=500)
    qtbot.mouseClick(world.button(panel, "Link account"), LEFT)
    settle()
    assert world.links_of(desk, ALONE) == ["A-002", "A-004"]
    assert "Saved, but A-002 was not read from ASPIRE yet." in access.messages.text
    qtbot.mouseClick(world.button(access.messages, "Undo"), LEFT)
    settle()
    assert world.links_of(desk, ALONE) == ["A-004"]


def test_that_a_save_is_reported_though_the_panel_was_closed(
    panel: LinkPanel, access: AccountAccessPage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "A-002")
    qtbot.mouseClick(world.button(panel, "Link account"), LEFT)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    settle()
    assert world.links_of(desk, ALONE) == ["A-002", "A-004"]
    assert access.messages.text == "Linked Prairie Hauling, L.L.C. (A-002) to Pat Grant."


def test_that_a_link_judged_by_the_fresh_copy_is_saved_with_a_warning_while_aspire_is_down(
    panel: LinkPanel, access: AccountAccessPage, desk: Desk, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "A-002")
    sandbox.fault(status=503)
    qtbot.mouseClick(world.button(panel, "Link account"), LEFT)
    settle()
    assert world.links_of(desk, ALONE) == ["A-002", "A-004"]
    assert "Saved, but A-002 was not read from ASPIRE yet." in access.messages.text


def test_that_a_link_refused_at_the_last_moment_changes_nothing_and_says_why(
    panel: LinkPanel, desk: Desk, clock: Clock, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "A-002")
    clock.now += timedelta(hours=2)
    sandbox.fault(status=503)
    qtbot.mouseClick(world.button(panel, "Link account"), LEFT)
    settle()
    assert world.links_of(desk, ALONE) == ["A-004"]
    assert "Account A-002 was not linked" in panel.messages.text
    assert world.button(panel, "Link account").isEnabled()


def test_that_a_change_by_somebody_else_is_shown_and_not_overwritten(
    panel: LinkPanel, access: AccountAccessPage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    find(panel, qtbot, settle, "A-002")
    links.add(desk, site=SITE, email=ALONE, account_ids=["A-003"])
    qtbot.mouseClick(world.button(panel, "Link account"), LEFT)
    settle()
    assert world.links_of(desk, ALONE) == ["A-003", "A-004"]
    words = world.said(panel.conflict)
    for told in ("Was", "A-004", "Theirs", "A-003, A-004", "Yours", "A-004, A-002"):
        assert told in words, told
    assert list(access.links.cards) == ["A-003", "A-004"]
    qtbot.mouseClick(world.button(panel, "Link account"), LEFT)
    settle()
    assert world.links_of(desk, ALONE) == ["A-002", "A-003", "A-004"]


# Unlinking


def test_that_the_last_link_cannot_be_removed_and_says_so(access: AccountAccessPage) -> None:
    card = access.links.cards["A-004"]
    assert not card.unlink_button.isEnabled()
    assert "The last link stays: a user needs at least one linked account." in world.said(card)


def test_that_cards_tell_what_an_account_opens_and_whether_it_would_be_offered_now(
    access: AccountAccessPage, settle: Settle
) -> None:
    look_at(access, settle)
    assert access.links.title.text() == "Linked accounts (2)"
    first, second = access.links.cards["A-001"], access.links.cards["A-004"]
    assert first.said.text() == "Customer · 3 open, 1 closed on this site"
    assert first.chip.isHidden()
    assert second.said.text() == "Customer · 0 open, 2 closed on this site"
    assert second.chip.text() == "No longer offered"
    assert "None of its 2 contracts is active." in second.accessibleDescription()


def test_that_unlinking_shows_what_is_lost_and_can_be_undone(
    access: AccountAccessPage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    look_at(access, settle)
    qtbot.mouseClick(access.links.cards["A-004"].unlink_button, LEFT)
    settle()
    panel = access.unlink_panel
    assert "Granite Peak Excavating Inc. (A-004) from Renate Olsen" in world.said(panel)
    assert "Takes away 2 contracts, all closed." in world.said(panel)
    assert "Closed: 0040-0001, 0040-0002" in world.said(panel)
    assert world.links_of(desk, OLSEN) == ["A-001", "A-004"]
    qtbot.mouseClick(world.button(panel, "Unlink"), LEFT)
    settle()
    assert world.links_of(desk, OLSEN) == ["A-001"]
    assert panel.isHidden()
    assert list(access.links.cards) == ["A-001"]
    assert access.messages.text == "Unlinked Granite Peak Excavating Inc. (A-004) from Renate Olsen."
    qtbot.mouseClick(world.button(access.messages, "Undo"), LEFT)
    settle()
    assert world.links_of(desk, OLSEN) == ["A-001", "A-004"]


def test_that_unlinking_meets_what_somebody_else_saved_first(
    access: AccountAccessPage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    look_at(access, settle)
    qtbot.mouseClick(access.links.cards["A-004"].unlink_button, LEFT)
    settle()
    links.add(desk, site=SITE, email=OLSEN, account_ids=["A-002"])
    panel = access.unlink_panel
    qtbot.mouseClick(world.button(panel, "Unlink"), LEFT)
    settle()
    assert world.links_of(desk, OLSEN) == ["A-001", "A-002", "A-004"]
    words = world.said(panel.conflict)
    for told in ("A-001, A-004", "A-001, A-002, A-004", "A-001"):
        assert told in words, told
    qtbot.mouseClick(world.button(panel, "Unlink"), LEFT)
    settle()
    assert world.links_of(desk, OLSEN) == ["A-001", "A-002"]


def test_that_a_closed_unlink_panel_changes_nothing(
    access: AccountAccessPage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    look_at(access, settle)
    qtbot.mouseClick(access.links.cards["A-001"].unlink_button, LEFT)
    settle()
    qtbot.mouseClick(world.button(access.unlink_panel, "Cancel"), LEFT)
    assert access.unlink_panel.isHidden()
    assert world.links_of(desk, OLSEN) == ["A-001", "A-004"]


def test_that_the_panels_name_everything_that_takes_the_keyboard(
    panel: LinkPanel,
    access: AccountAccessPage,
    qtbot: Any,
    settle: Settle,
    unnamed: Callable[[QWidget], list[str]],
) -> None:
    find(panel, qtbot, settle, "A-002")
    assert unnamed(access) == []
    look_at(access, settle)
    assert panel.isHidden()
    qtbot.mouseClick(access.links.cards["A-001"].unlink_button, LEFT)
    settle()
    assert unnamed(access) == []
