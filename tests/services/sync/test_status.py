"""What sync tells: the age of every class, and labels that ASPIRE does not list."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from portal_admin import models
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync, sync_status
from tests.fixtures.desk import NOW, Clock
from tests.fixtures.operators import filling


def test_that_a_label_that_aspire_does_not_know_is_told(desk: Desk) -> None:
    with filling(desk.engine) as connection:
        connection.execute(
            insert(models.site).values(id=1, key="WEST", name="West", version=1, created_at=NOW)
        )
        labels = [("prairie", "Prairie"), ("typo", "Typo"), ("", "")]
        for key, label in labels:
            connection.execute(
                insert(models.site_private_label).values(site_id=1, label_key=key, label=label)
            )
    assert sync(desk).warnings == (
        "Site WEST takes contracts of private label Typo, which ASPIRE does not list.",
    )


def test_that_status_knows_the_age_of_every_class(desk: Desk, clock: Clock) -> None:
    before = sync_status(desk)
    assert before.stale
    assert before.as_of is None
    sync(desk)
    clock.now += timedelta(minutes=20)
    status = sync_status(desk)
    ages = {one.data_class: one for one in status.classes}
    assert status.as_of == NOW
    assert not status.stale
    assert ages["contracts"].age == timedelta(minutes=20)
    assert ages["contracts"].next_due == clock.now
    assert ages["equipment"].next_due == NOW + timedelta(days=1)
    clock.now += timedelta(minutes=11)
    assert sync_status(desk).stale
    assert [run.outcome for run in status.runs] == ["done"]
