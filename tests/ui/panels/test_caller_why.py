"""Why? on the caller's page: every fix is told before it is made, made in place, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from sqlalchemy import select

from portal_admin.domain.permissions import Role
from portal_admin.domain.verdict import Result
from portal_admin.models import mail_outbox
from portal_admin.models.engine import reading
from portal_admin.services import people, sites
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui.navigation import Target
from tests.fixtures.desk import Clock
from tests.fixtures.operators import appoint
from tests.fixtures.sandbox import contract
from tests.ui.account_access import world
from tests.ui.account_access.world import ALONE, INACTIVE, OLSEN, PENDING, SITE
from tests.ui.panels.conftest import Bench, Settle

HOLDER, LOOK_ALIKE = "A-001", "A-002"


def ask(bench: Bench, settle: Settle, contract_id: str) -> None:
    bench.why.ask(contract_id)
    settle()


def press(bench: Bench, settle: Settle, fix: str) -> None:
    bench.why.verdict.fix_buttons[fix].click()
    settle()


def verdict(bench: Bench) -> str:
    return bench.why.verdict.accessibleName()


def undo(bench: Bench, settle: Settle) -> None:
    world.button(bench.messages, "Undo").click()
    settle()


# Why can they see it?


def test_that_a_visible_contract_names_what_opens_it(olsen: Bench, settle: Settle) -> None:
    ask(olsen, settle, "0012-0045")
    told = world.said(olsen.why)
    assert "Visible, under Open" in told
    assert "0012-0045 for Renate Olsen. This is why:" in told
    assert "It is booked 1 Mar 2026." in told
    assert "Renate Olsen is linked to Prairie Hauling LLC (A-001), which is Customer on it." in told
    assert "It has no private label, and site northwind takes contracts without one." in told
    assert "Who else can see 0012-0045" in told


def test_that_what_opens_it_is_taken_away_with_the_losses_first(
    olsen: Bench, desk: Desk, settle: Settle
) -> None:
    ask(olsen, settle, "0012-0045")
    press(olsen, settle, "role:A-001")
    assert olsen.side.unlink.isVisible()
    assert "Takes away 4 contracts, 1 of them closed." in world.said(olsen.side.unlink)
    assert world.links_of(desk, OLSEN) == ["A-001", "A-004"]
    world.button(olsen.side.unlink, "Unlink").click()
    settle()
    assert world.links_of(desk, OLSEN) == ["A-004"]
    assert verdict(olsen) == "Not visible"
    undo(olsen, settle)
    assert world.links_of(desk, OLSEN) == ["A-001", "A-004"]
    assert verdict(olsen) == "Visible, under Open"


def test_that_the_last_link_is_not_offered_to_be_taken_away(bench: Bench, settle: Settle) -> None:
    bench.show_caller(ALONE)
    settle()
    ask(bench, settle, "0040-0001")
    assert bench.why.verdict.fix_buttons == {}
    assert "It is the only link, and the last one stays" in world.said(bench.why)


# Why can they not?


def test_that_a_missing_account_is_linked_in_place(bench: Bench, desk: Desk, settle: Settle) -> None:
    bench.show_caller(ALONE)
    settle()
    ask(bench, settle, "0012-0045")
    press(bench, settle, "role")
    assert bench.side.link.finder.results.selected == HOLDER
    assert "Opens 4 contracts" in world.said(bench.side.link)
    world.button(bench.side.link, "Link account").click()
    settle()
    assert world.links_of(desk, ALONE) == ["A-001", "A-004"]
    assert verdict(bench) == "Visible, under Open"


def test_that_a_wrong_look_alike_is_unlinked_with_its_losses_first(
    bench: Bench, desk: Desk, settle: Settle
) -> None:
    world.add_user(desk, "wrong@prairie.example", "Will", "Wrong", "Active", [LOOK_ALIKE, "A-004"])
    bench.show_caller("wrong@prairie.example")
    settle()
    ask(bench, settle, "0012-0045")
    assert [made.text() for made in bench.why.verdict.fix_buttons.values()] == [
        "Link account…",
        "Compare accounts…",
        "Unlink A-002…",
    ]
    press(bench, settle, "look_alike:A-002")
    assert "Takes away" in world.said(bench.side.unlink)
    world.button(bench.side.unlink, "Unlink").click()
    settle()
    assert world.links_of(desk, "wrong@prairie.example") == ["A-004"]


def test_that_a_label_is_mapped_in_place_with_who_gains_what_first(
    olsen: Bench, desk: Desk, settle: Settle
) -> None:
    ask(olsen, settle, "0012-0048")
    press(olsen, settle, "private_label")
    panel = olsen.fixes.map_panel
    assert panel.isVisible()
    assert panel.choice.boxes["legacy"].isChecked()
    assert "3 users gain 1 contract." in world.said(panel)
    assert "LEGACY" not in next(one.labels for one in sites.list_sites(desk) if one.key == SITE)
    world.button(panel, "Save labels").click()
    settle()
    assert "LEGACY" in next(one.labels for one in sites.list_sites(desk) if one.key == SITE)
    assert verdict(olsen) == "Visible, under Open"
    undo(olsen, settle)
    assert "LEGACY" not in next(one.labels for one in sites.list_sites(desk) if one.key == SITE)
    assert verdict(olsen) == "Not visible"


def test_that_a_label_of_another_site_leads_to_its_users(olsen: Bench, settle: Settle) -> None:
    targets: list[Target] = []
    olsen.why.opened.connect(targets.append)
    ask(olsen, settle, "0012-0049")
    press(olsen, settle, "private_label")
    assert targets == [Target("end_users", site="prairie")]


def test_that_a_pending_caller_is_mailed_again_after_it_was_told(
    bench: Bench, desk: Desk, settle: Settle
) -> None:
    bench.show_caller(PENDING)
    settle()
    ask(bench, settle, "0012-0045")
    press(bench, settle, "user_active")
    panel = bench.fixes.fix_panel
    assert "older links die" in world.said(panel)
    assert "They see 4 contracts once they have followed the link." in world.said(panel)
    with reading(desk.engine) as connection:
        assert connection.execute(select(mail_outbox)).all() == []
    world.button(panel, "Resend Registration Email").click()
    settle()
    assert panel.isHidden()
    assert "A registration mail to new@prairie.example is queued" in bench.messages.text
    undo(bench, settle)
    with reading(desk.engine) as connection:
        assert [row.status for row in connection.execute(select(mail_outbox))] == ["canceled"]


def test_that_an_inactive_caller_is_reactivated_after_it_was_told(
    bench: Bench, desk: Desk, settle: Settle
) -> None:
    bench.show_caller(INACTIVE)
    settle()
    ask(bench, settle, "0012-0045")
    press(bench, settle, "user_active")
    assert "They see 4 contracts again at once." in world.said(bench.fixes.fix_panel)
    world.button(bench.fixes.fix_panel, "Reactivate User").click()
    settle()
    assert verdict(bench) == "Visible, under Open"
    undo(bench, settle)
    assert people.show_user(desk, site=SITE, email=INACTIVE).status == "Inactive"


def test_that_what_aspire_changed_is_read_now_after_it_was_told(
    olsen: Bench, desk: Desk, sandbox: Any, settle: Settle
) -> None:
    sandbox.put("Contracts", contract(777, "0077-0001", 1))
    ask(olsen, settle, "0077-0001")
    assert verdict(olsen) == "Not visible"
    press(olsen, settle, "synced")
    assert "the portal has not received it yet" in world.said(olsen.fixes.fix_panel)
    world.button(olsen.fixes.fix_panel, "Read now").click()
    settle()
    assert verdict(olsen) == "Visible, under Open"
    assert "0077-0001" in {row[0] for row in world.lines(olsen.contracts.panel.table)}


def test_that_both_values_are_told_before_aspires_are_read(
    olsen: Bench, sandbox: Any, settle: Settle
) -> None:
    sandbox.put("Contracts", contract(10, "0012-0045", 1, PrivateLabel="EASTERN"))
    ask(olsen, settle, "0012-0045")
    press(olsen, settle, "synced")
    assert "private label: — → eastern" in world.said(olsen.fixes.fix_panel)
    world.button(olsen.fixes.fix_panel, "Read now").click()
    settle()
    assert verdict(olsen) == "Not visible"


def test_that_a_failed_read_changes_nothing_and_says_so(olsen: Bench, sandbox: Any, settle: Settle) -> None:
    sandbox.put("Contracts", contract(777, "0077-0001", 1))
    ask(olsen, settle, "0077-0001")
    press(olsen, settle, "synced")
    sandbox.fault(status=503)
    world.button(olsen.fixes.fix_panel, "Read now").click()
    settle()
    assert "status 503" in olsen.messages.text


def test_that_a_restored_aspire_is_not_read_piecemeal(
    olsen: Bench, desk: Desk, sandbox: Any, settle: Settle
) -> None:
    sync(desk)
    sandbox.fault(restore=60, times=1)
    ask(olsen, settle, "0012-0045")
    sandbox.put("Contracts", contract(10, "0012-0045", 1, PrivateLabel="EASTERN"))
    ask(olsen, settle, "0012-0045")
    found = olsen.why.verdict.verdict
    assert found is not None
    assert (found.check("restored").result, found.check("synced").result) == (Result.FAIL, Result.FAIL)
    assert "synced" not in olsen.why.verdict.fix_buttons


def test_that_a_look_up_that_failed_offers_retry_and_no_fix(
    olsen: Bench, sandbox: Any, clock: Clock, settle: Settle
) -> None:
    clock.now += timedelta(hours=2)
    sandbox.fault(status=503)
    ask(olsen, settle, "0012-0048")
    assert verdict(olsen) == "Cannot tell"
    assert {made.text() for made in olsen.why.verdict.fix_buttons.values()} == {"Retry"}
    sandbox.clear_faults()
    press(olsen, settle, "exists")
    assert verdict(olsen) == "Not visible"


def test_that_who_may_not_finds_the_fix_disabled_with_the_reason(
    page: Callable[..., Bench], desk: Desk, settle: Settle, sandbox: Any
) -> None:
    appoint(desk.engine, "casey", Role.CSR)
    bench = page(Bench, replace(desk, operator="casey"))
    bench.show_caller(OLSEN)
    settle()
    ask(bench, settle, "0012-0048")
    made = bench.why.verdict.fix_buttons["private_label"]
    assert not made.isEnabled()
    assert "Administrators" in made.accessibleDescription()
    sandbox.put("Contracts", contract(777, "0077-0001", 1))
    ask(bench, settle, "0077-0001")
    assert not bench.why.verdict.fix_buttons["synced"].isEnabled()
    ask(bench, settle, "0012-0045")
    assert bench.why.verdict.fix_buttons["role:A-001"].isEnabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_every_fix_has_a_name_and_nothing_sticks_out(
    bench: Bench,
    settle: Settle,
    unnamed: Callable[[QWidget], list[str]],
    render: Callable[..., Path],
    scheme: str,
) -> None:
    bench.show_caller(PENDING)
    settle()
    ask(bench, settle, "0012-0045")
    press(bench, settle, "user_active")
    assert unnamed(bench) == []
    assert render(bench, "fix", scheme).exists()
    for child in bench.fixes.fix_panel.findChildren(QWidget):
        if child.isVisible():
            assert (
                child.mapTo(bench.fixes.fix_panel, child.rect().topRight()).x()
                <= bench.fixes.fix_panel.width()
            )
