"""The rules of the code base that no type checker sees."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MOST_LINES = 400
# What the PySide6-Essentials wheel holds; anything else would double the frozen application.
ESSENTIALS = {
    "QtConcurrent",
    "QtCore",
    "QtDBus",
    "QtDesigner",
    "QtGui",
    "QtHelp",
    "QtNetwork",
    "QtOpenGL",
    "QtOpenGLWidgets",
    "QtPrintSupport",
    "QtQml",
    "QtQuick",
    "QtQuickControls2",
    "QtQuickWidgets",
    "QtSql",
    "QtSvg",
    "QtSvgWidgets",
    "QtTest",
    "QtUiTools",
    "QtWidgets",
    "QtXml",
}
# An address of a package index in a tracked file would tie every installation to it.
# It is told by its shape, so that not even this file names one.
REGISTRIES = re.compile(
    r"://[^\s\"']*/sim" r"ple\b|--(?:extra-)?ind" r"ex-url\b|-i\s+https?://", re.IGNORECASE
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def modules_imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_that_imports_keep_their_contracts() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_that_only_the_essentials_of_qt_are_used() -> None:
    allowed = {"PySide6", *(f"PySide6.{name}" for name in ESSENTIALS)}
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        for name in modules_imported(path)
        if name.startswith("PySide6") and ".".join(name.split(".")[:2]) not in allowed
    }
    assert found == set()


def test_that_pyside_keeps_references() -> None:
    # Some wheels lose one reference to True with every emitted signal, which ends the process on Python 3.11.
    from PySide6.QtCore import QObject, Signal

    class Sender(QObject):
        sent = Signal(int)

    sender = Sender()
    sender.sent.connect(lambda _: None)
    sender.sent.emit(0)
    before = sys.getrefcount(True)
    for _ in range(50):
        sender.sent.emit(1)
    assert sys.getrefcount(True) >= before - 5


def test_that_no_source_file_is_too_long() -> None:
    python = [path for path in tracked() if path.suffix == ".py"]
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in python
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert too_long == {}


def test_that_no_tracked_file_names_a_package_registry() -> None:
    itself = Path(__file__).resolve()
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path != itself and REGISTRIES.search(path.read_bytes().decode("utf-8", errors="ignore"))
    ]
    assert found == []


def test_that_every_dependency_is_pinned_by_its_hash() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        pins = re.findall(
            r"^[A-Za-z0-9][^\s#]*==.*?(?=^[A-Za-z0-9]|\Z)", path.read_text(), re.MULTILINE | re.DOTALL
        )
        assert pins, path.name
        assert [pin.split("==")[0] for pin in pins if "--hash=sha256:" not in pin] == [], path.name
