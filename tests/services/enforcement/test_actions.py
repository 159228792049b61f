"""Every action of the services, end to end under a login of each role, on a server with nothing but the grants."""

from __future__ import annotations

import importlib
import pkgutil
from inspect import isfunction
from pathlib import Path

import pytest

from portal_admin import services
from portal_admin.domain.audit_words import ACTIONS
from portal_admin.domain.permissions import Permission, Role, is_allowed
from portal_admin.errors import NotAllowed
from portal_admin.services import audit_trail, change, verification
from portal_admin.services.change import permission_of
from tests.services.enforcement.conftest import EnforcedPortal, sqlstate
from tests.services.enforcement.deeds import DEEDS, Deed, World, name_of
from tests.services.filled import audit_rows

pytestmark = pytest.mark.databases("postgresql")

BY_NAME = {deed.name: deed for deed in DEEDS}
# Nothing in the database tells them from what others may do: reading, or one more line of the audit.
THE_SERVER_CANNOT_TELL = {Permission.RESTORE_DATABASE}
# Whoever links an account has its records read at once, so their server role may write what this writes.
AS_LINKING_DOES = {"sync.contract.sync_contract"}


def may(deed: Deed, role: Role) -> bool:
    return is_allowed(role, permission_of(deed.work))


# Whatever a CSR has, an Administrator has, so that the least of those who may is enough.
ALLOWED = [(deed.name, next(role for role in Role if may(deed, role))) for deed in DEEDS]
REFUSED = [(deed.name, role) for deed in DEEDS for role in Role if not may(deed, role)]


def the_server_can_tell(deed: Deed, role: Role) -> bool:
    told = permission_of(deed.work) not in THE_SERVER_CANNOT_TELL and deed.name not in AS_LINKING_DOES
    return deed.writes and (role is Role.READ_ONLY or told)


@pytest.fixture
def world(portal: EnforcedPortal, tmp_path: Path, request: pytest.FixtureRequest) -> World:
    return World(portal, tmp_path, request)


def test_that_every_action_there_is_is_tried() -> None:
    actions = set()
    for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        found = vars(importlib.import_module(module.name)).values()
        actions |= {name_of(one) for one in found if isfunction(one) and hasattr(one, "permission")}
    assert actions == set(BY_NAME)


@pytest.mark.parametrize(("name", "role"), ALLOWED)
def test_that_whoever_may_has_every_right_that_it_takes(world: World, name: str, role: Role) -> None:
    deed = BY_NAME[name]
    given = deed.before(world)
    done = deed.do(deed.work, world.portal.desk(role), given)
    # What could not be done afterwards, such as reading an account's records, would be a warning.
    assert not getattr(done, "warnings", ())
    verified = audit_trail.verify(world.portal.desk(Role.READ_ONLY))
    assert verified is not None
    assert verified.sound
    untold = {row.action for row in audit_rows(world.portal.owner)} - ACTIONS.keys()
    assert untold == set(), "is told in words, too"


@pytest.mark.parametrize(("name", "role"), REFUSED)
def test_that_whoever_may_not_is_refused_by_the_program_and_behind_it_by_the_server(
    world: World, name: str, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    deed, desk = BY_NAME[name], world.portal.desk(role)
    given = deed.before(world)
    with pytest.raises(NotAllowed, match="Ask an Administrator") as refused:
        deed.do(deed.work, desk, given)
    assert sqlstate(refused) is None
    if not the_server_can_tell(deed, role):
        return
    for module in (change, verification):
        monkeypatch.setattr(module, "require", lambda role, permission: None)
    with pytest.raises(NotAllowed) as refused:
        deed.do(deed.work, desk, given)
    assert sqlstate(refused) == "42501"
