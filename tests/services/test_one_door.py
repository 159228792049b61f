"""Every change goes through one door: an action that asks for a permission, and the transaction that is audited."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import portal_admin
from portal_admin import services

PRODUCT = Path(next(iter(portal_admin.__path__)))
SERVICES = Path(next(iter(services.__path__)))
MODULES = {path.relative_to(SERVICES).as_posix(): path for path in sorted(SERVICES.rglob("*.py"))}
Function = ast.FunctionDef | ast.AsyncFunctionDef

# What writes without being a desk's action, and why nothing else may.
WRITERS = {
    "change.py": "is the door",
    "database.py": "makes the database, before anybody has a role in it",
    "restore.py": "writes the audit of a database that takes the place of this one, for who may in this one",
    "doctor/desk.py": "finds out whether it could write, and writes nothing",
    "mail/claims.py": "keeps account of mails that are being sent, within an action",
    "payments/arrive.py": "writes as the portal's web tier does, for the demonstration",
    "requests/arrive.py": "writes as the portal's web tier does, for the demonstration",
    "imports/storing.py": "keeps the rows of a file before any of them has an effect, within an action",
    "payments/follow.py": "keeps what was learned from ASPIRE about payments, within an action",
    "sync/account.py": "copies ASPIRE's records of an account, after the change that needed them",
    "sync/detail_pass.py": "copies ASPIRE's records, within an action",
    "sync/lists.py": "copies ASPIRE's records, within an action",
    "sync/run.py": "keeps account of a sync, within an action",
}
# What asks for its permission itself, and why.
ASKING = {"backup.py: backup": "works on a database by its address, which may be older than roles"}
# Classes that open the door for an action of another module, which is their only way in.
BEHIND = {"imports/working.py": "imports/commit.py"}


def calls(node: ast.AST) -> set[str]:
    """The functions called by their bare names anywhere in a piece of code."""
    return {
        found.func.id
        for found in ast.walk(node)
        if isinstance(found, ast.Call) and isinstance(found.func, ast.Name)
    }


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> dict[str, Function]:
    return {node.name: node for node in tree(path).body if isinstance(node, Function)}


def is_action(function: Function) -> bool:
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "action"
        for one in function.decorator_list
    )


def opening(found: dict[str, Function]) -> set[str]:
    """The functions of a module that open the door, themselves or through another one of the module."""
    called = {name: calls(function) for name, function in found.items()}
    opened = {name for name, names in called.items() if "changing" in names}
    while True:
        more = {name for name, names in called.items() if names & opened} | opened
        if more == opened:
            return opened
        opened = more


def not_asked() -> Iterator[str]:
    for name, path in MODULES.items():
        if name == "change.py":
            continue
        found = functions(path)
        for one in opening(found):
            if not one.startswith("_") and not is_action(found[one]):
                yield f"{name}: {one}"


def test_that_every_public_function_that_changes_something_asks_for_a_permission() -> None:
    assert set(not_asked()) == set(ASKING)


def test_that_every_action_is_public() -> None:
    hidden = [
        f"{name}: {one}"
        for name, path in MODULES.items()
        for one, function in functions(path).items()
        if is_action(function) and one.startswith("_")
    ]
    assert hidden == []


def test_that_nothing_writes_beside_the_door() -> None:
    writers = {name for name, path in MODULES.items() if "writing" in calls(tree(path))}
    assert writers - set(WRITERS) == set(), "goes through `changing`, or has a reason here"
    assert {name for name in WRITERS if name in MODULES} - writers == set(), "writes no more"


def test_that_classes_open_the_door_only_for_the_action_they_work_for() -> None:
    inside = {
        name
        for name, path in MODULES.items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and "changing" in calls(node)
    }
    assert inside == set(BEHIND)
    for name, way in BEHIND.items():
        module = f"portal_admin.services.{name.removesuffix('.py').replace('/', '.')}"
        users = {
            other
            for other, path in MODULES.items()
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ImportFrom) and node.module == module
        }
        assert users == {way}


def test_that_nobody_above_the_services_opens_a_transaction() -> None:
    below = (SERVICES, PRODUCT / "models")
    found = [
        path.relative_to(PRODUCT).as_posix()
        for path in sorted(PRODUCT.rglob("*.py"))
        if not any(path.is_relative_to(folder) for folder in below)
        and calls(tree(path)) & {"writing", "changing"}
    ]
    assert found == []
