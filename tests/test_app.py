"""Starting and ending the program, as whole processes where that is the point."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from portal_admin import settings, wiring
from portal_admin.app import Running
from portal_admin.services import database
from portal_admin.settings import Profile
from portal_admin.ui import background, watchdog
from portal_admin.ui.navigation import Target
from portal_admin.ui.single_instance import hand_over
from portal_admin.ui.theme import Scheme, theme

SLOW = "sqlalchemy alembic httpx keyring msgspec PySide6.QtNetwork portal_admin.services.desk"
PAINTED = f"""
import sys
from portal_admin import app
def painted(self):
    print([name for name in {SLOW.split()} if name in sys.modules])
    self.window.close()
app.Running._painted = painted
from portal_admin.__main__ import main
sys.argv = ["portal-admin", "window"]
sys.exit(main())
"""
CLOSED_WHILE_BUSY = """
import sys, threading
from portal_admin import app
from portal_admin.ui import background
app.WAIT_FOR_WORKERS = 0.05
def busy(self, loaded):
    background.run(self, threading.Event().wait, print, print)
    self.window.close()
app.Running._loaded = busy
from portal_admin.__main__ import main
sys.argv = ["portal-admin", "window"]
sys.exit(main())
"""
TWICE_AS_LARGE = """
import sys
from PySide6.QtWidgets import QApplication
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.theme import Scheme, theme
application = QApplication([])
theme.apply(Scheme.DARK)
window = MainWindow()
window.resize(1280, 720)
window.show()
application.processEvents()
picture = window.grab()
assert picture.devicePixelRatio() == 2
print(picture.width(), picture.height())
cut = [
    part
    for part in window.navigation.findChildren(type(window.navigation._theme))
    if part.sizeHint().width() > part.width()
]
print(len(cut))
window.close()
"""


def program(code: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "portal_admin", *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_that_nothing_slow_is_imported_before_the_first_picture() -> None:
    output, complaints = program(PAINTED).communicate(timeout=60)
    assert output.strip() == "[]", complaints


def test_that_closing_with_a_worker_that_never_ends_is_bounded_and_quiet() -> None:
    process = program(CLOSED_WHILE_BUSY)
    output, complaints = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output == ""
    assert [line for line in complaints.splitlines() if "propagateSizeHints" not in line] == []


def test_that_nothing_is_cut_at_200_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    output, complaints = program(TWICE_AS_LARGE).communicate(timeout=60)
    assert output.split() == ["2560", "1440", "0"], complaints


@pytest.fixture
def running(qapp: QApplication, home: Path) -> Iterator[Callable[[str | None], Running]]:
    begun: list[Running] = []

    def start(place: str | None = None) -> Running:
        made = Running(qapp, None)
        begun.append(made)
        made.start(place)
        until(lambda: made.window.current_page is not None)
        return made

    theme.apply(Scheme.LIGHT)
    yield start
    for made in begun:
        made.window.close()
        assert made.end(0) == 0
        made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def until(done: Callable[[], bool]) -> None:
    """Process events until it is so; the test's own timeout bounds it."""
    while not done():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


@pytest.fixture
def profile(home: Path) -> Profile:
    home.mkdir(parents=True)
    made = Profile("UAT", f"sqlite:///{(home / 'portal.db').as_posix()}")
    database.upgrade(
        made.database_url, now=datetime(2026, 11, 21, tzinfo=UTC), operator=wiring.operator_name()
    )
    settings.add_profile(made)
    return made


def test_that_without_a_profile_the_window_opens_on_connect(running: Callable[..., Running]) -> None:
    window = running().window
    assert window.current_page is not None
    assert window.current_page.context.spec.id == "connect"
    assert window.current_page.messages.text == ""


def test_that_a_broken_profile_file_is_told_on_connect(running: Callable[..., Running], home: Path) -> None:
    home.mkdir(parents=True)
    (home / settings.FILE).write_text("current = ")
    window = running().window
    assert window.current_page is not None
    assert "not valid TOML" in window.current_page.messages.text


def test_that_with_a_profile_the_window_goes_live_on_the_place_asked_for(
    running: Callable[..., Running], profile: Profile
) -> None:
    window = running("end_users").window
    assert window.current_page is not None
    assert window.current_page.context.spec.id == "end_users"
    assert window.windowTitle() == "UAT — Portal Admin"


def test_that_an_open_window_is_watched(running: Callable[..., Running], profile: Profile) -> None:
    # And no longer than it is open: else a thread would be left behind.
    running("start")
    assert "watchdog" in {thread.name for thread in threading.enumerate()}
    assert watchdog.report() is not None


def test_that_a_second_start_opens_its_place_in_the_first_window_and_ends(
    running: Callable[..., Running], profile: Profile
) -> None:
    heard: list[Target] = []
    first = running()
    first.window.navigator.open.connect(heard.append)
    second = program("", "window", "--open", "sites")
    until(lambda: second.poll() is not None)
    _, complaints = second.communicate()
    assert second.returncode == 0, complaints
    assert first.window.current_page is not None
    assert first.window.current_page.context.spec.id == "sites"


@pytest.mark.parametrize("display", ["offscreen", ""])
def test_that_open_brings_the_open_window_to_a_place_with_or_without_a_display_of_its_own(
    running: Callable[..., Running], profile: Profile, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    first = running()
    environment = {**os.environ, "QT_QPA_PLATFORM": display}
    command = [sys.executable, "-m", "portal_admin", "open", "contract:0012-0045"]
    second = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    until(lambda: second.poll() is not None)
    assert second.returncode == 0, second.communicate()
    second.communicate()
    page = first.window.current_page
    assert page is not None
    assert page.context.spec.id == "customer_care"
    background.wait_idle()


def test_that_a_second_start_opens_and_never_acts(running: Callable[..., Running], profile: Profile) -> None:
    first = running()
    first._asked("users deactivate --site north", None)
    assert first.window.current_page is not None
    assert first.window.current_page.context.spec.id == "start"


def test_that_a_second_start_on_another_profile_is_told_so(
    running: Callable[..., Running], profile: Profile
) -> None:
    first = running()
    first._asked("sites", "Production")
    assert first.window.current_page is not None
    assert "another profile" in first.window.current_page.messages.text


def test_that_what_a_killed_window_left_behind_stops_no_start(
    running: Callable[..., Running], home: Path
) -> None:
    home.mkdir(parents=True)
    (home / "window.open").touch()
    assert not hand_over("sites", None)
    assert running().window.isVisible()


def test_that_another_profile_replaces_the_desk(
    running: Callable[..., Running], profile: Profile, home: Path
) -> None:
    other = Profile("Second", f"sqlite:///{(home / 'second.db').as_posix()}", production=True)
    database.upgrade(
        other.database_url, now=datetime(2026, 11, 21, tzinfo=UTC), operator=wiring.operator_name()
    )
    settings.add_profile(other)
    first = running()
    first.window.profile_chosen.emit("Second")
    until(lambda: first.window.windowTitle().startswith("Second"))
    assert first.window.production_line.isVisible()


def test_that_a_mistake_of_the_program_is_told_in_the_page_and_logged(
    running: Callable[..., Running], profile: Profile, caplog: pytest.LogCaptureFixture
) -> None:
    first = running()
    sys.excepthook(ValueError, ValueError("inner detail"), None)
    assert first.window.current_page is not None
    text = first.window.current_page.messages.text
    assert "Something went wrong in this program" in text
    assert "inner detail" not in text
    assert "inner detail" in caplog.text
    background.wait_idle()
