"""Renders every screen to PNG files by acting as a person does: open, type, press."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QComboBox, QLineEdit, QTabBar

from portal_admin.paths import resources
from portal_admin.ui import background
from portal_admin.ui.collector import Collector
from portal_admin.ui.find_answer import look
from portal_admin.ui.main_window import MainWindow, PageTypes
from portal_admin.ui.navigation import Target
from portal_admin.ui.numbers import group_digits
from portal_admin.ui.theme import Scheme, theme

if TYPE_CHECKING:
    from portal_admin.services.desk import Desk
    from portal_admin.settings import Profile

SIZE = (1280, 800)
SMALL = (1000, 680)

Act = Callable[[MainWindow], None]


def press(text: str) -> Act:
    """Press the visible button of that text."""

    def act(window: MainWindow) -> None:
        for button in window.findChildren(QAbstractButton):
            if button.isVisible() and text in (button.text().replace("&", ""), button.accessibleName()):
                button.click()
                background.wait_idle()
                return
        raise LookupError(f"no button {text!r}")

    return act


def fill(name: str, text: str) -> Act:
    """Type into the visible field of that name, and press Enter."""

    def act(window: MainWindow) -> None:
        for field in window.findChildren(QLineEdit):
            if field.isVisible() and field.accessibleName().startswith(name):
                field.setFocus()
                field.setText(text)
                field.textEdited.emit(text)
                field.returnPressed.emit()
                background.wait_idle()
                return
        raise LookupError(f"no field {name!r}")

    return act


def tick(name: str) -> Act:
    """Tick the visible box of that name, or untick it."""

    def act(window: MainWindow) -> None:
        for box in window.findChildren(QCheckBox):
            if box.isVisible() and name in (box.text(), box.accessibleName()):
                box.click()
                background.wait_idle()
                return
        raise LookupError(f"no box {name!r}")

    return act


def key(pressed: Qt.Key) -> Act:
    """Press a key where the focus is."""

    def act(window: MainWindow) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, pressed, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.sendEvent(window.focusWidget(), event)
        background.wait_idle()

    return act


def choose(name: str, text: str) -> Act:
    """Choose what begins with that text in the visible box of that name."""

    def act(window: MainWindow) -> None:
        for box in window.findChildren(QComboBox):
            if box.isVisible() and box.accessibleName() == name:
                box.setCurrentIndex(box.findText(text, Qt.MatchFlag.MatchStartsWith))
                background.wait_idle()
                return
        raise LookupError(f"no box {name!r}")

    return act


def view(name: str) -> Act:
    """Choose the visible tab of that name."""

    def act(window: MainWindow) -> None:
        for bar in window.findChildren(QTabBar):
            for place in range(bar.count()):
                if bar.isVisible() and bar.tabText(place) == name:
                    bar.setCurrentIndex(place)
                    background.wait_idle()
                    return
        raise LookupError(f"no tab {name!r}")

    return act


def drop(name: str, text: str) -> Act:
    """Drop a file of that name and text on the page."""

    def act(window: MainWindow) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(path))])
            keys = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
            what = Qt.DropAction.CopyAction, data, *keys
            page = window.current_page or window
            QCoreApplication.sendEvent(page, QDragEnterEvent(QPoint(50, 50), *what))
            QCoreApplication.sendEvent(page, QDropEvent(QPointF(50, 50), *what))
            background.wait_idle()

    return act


def at(*targets: Target) -> Act:
    """Open these places one after the other."""

    def act(window: MainWindow) -> None:
        for target in targets:
            window.open(target)
            background.wait_idle()

    return act


def find(text: str) -> Act:
    """Type into the find box."""

    def act(window: MainWindow) -> None:
        window.find_box.setFocus()
        window.find_box.setText(text)
        window.find_box.textEdited.emit(text)
        background.wait_idle()

    return act


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: what is opened, what is done there, in which theme and size."""

    name: str
    target: Target
    acts: tuple[Act, ...] = ()
    scheme: Scheme = Scheme.LIGHT
    size: tuple[int, int] = SIZE


MARIA = {"site": "NORTHWIND", "email": "maria.olsen@prairiehauling.example"}
STEVE = {"site": "NORTHWIND", "email": "steve.hart@prairiehauling.example"}
GRACE = {"site": "NORTHWIND", "email": "grace.kim@kimdental.example"}
KIM = {"site": "NORTHWIND", "email": "office@kimdental.example"}
NINA = {"site": "NORTHWIND", "email": "nina.reyes@redcedar.example"}

CALLERS = tuple(Target("customer_care", **one) for one in (GRACE, NINA, MARIA))
ONE_SCREEN = (1280, 720)

TAKEOVER = "takeover 2026-11.csv"
IMPORT = (
    drop(TAKEOVER, (resources() / "demo" / TAKEOVER).read_text(encoding="utf-8")),
    choose("Email", "A"),
    choose("Site", "Northwind"),
)

PICTURES = (
    Picture("start", Target("start")),
    Picture("find", Target("start"), (find("olsen"),)),
    Picture("find-dark", Target("start"), (find("kris"),), scheme=Scheme.DARK, size=SMALL),
    Picture("customer-care", Target("customer_care", **STEVE, contract="NW-25-0140"), size=ONE_SCREEN),
    Picture(
        "customer-care-callers",
        Target("customer_care"),
        (at(*CALLERS), press("Reset Password…"), key(Qt.Key.Key_1)),
    ),
    Picture(
        "customer-care-dark",
        Target("customer_care", **NINA),
        (at(Target("customer_care", **GRACE, contract="LG-21-0008")),),
        scheme=Scheme.DARK,
        size=ONE_SCREEN,
    ),
    Picture("customer-care-small", Target("customer_care", **MARIA, contract="NW-24-0117"), size=SMALL),
    Picture("customer-care-who", Target("customer_care", contract="NW-24-0117"), size=ONE_SCREEN),
    Picture(
        "customer-care-find", Target("customer_care"), (fill("Who is calling?", "olsen"),), size=ONE_SCREEN
    ),
    Picture("end-users", Target("end_users", **NINA)),
    Picture("end-users-new", Target("end_users"), (press("New end user"),)),
    Picture("end-users-new-empty", Target("end_users"), (press("New end user"), press("Create user"))),
    Picture(
        "end-users-new-account",
        Target("end_users", site="NORTHWIND"),
        (press("New end user"), fill("Find an account", "prairie haul"), press("Add")),
    ),
    Picture("end-users-edit", Target("end_users", **MARIA), (press("Edit User…"),)),
    Picture("end-users-email", Target("end_users", **MARIA), (press("Change Email…"),)),
    Picture("end-users-reset", Target("end_users", **MARIA), (press("Reset Password…"), key(Qt.Key.Key_1))),
    Picture("end-users-dark", Target("end_users", **NINA), scheme=Scheme.DARK),
    Picture("end-users-export", Target("end_users", site="NORTHWIND"), (press("Export…"),)),
    Picture("import", Target("imports"), IMPORT),
    Picture("import-dry-run", Target("imports"), (*IMPORT, press("Dry run"), key(Qt.Key.Key_Down))),
    Picture(
        "import-dark",
        Target("imports"),
        (*IMPORT, press("Dry run"), key(Qt.Key.Key_Down)),
        scheme=Scheme.DARK,
        size=SMALL,
    ),
    Picture("account-access", Target("account_access", **GRACE, contract="LG-21-0008")),
    Picture("account-access-look-alike", Target("account_access", **STEVE, contract="NW-25-0140")),
    Picture(
        "account-access-link",
        Target("account_access", **STEVE),
        (
            press("Link account…"),
            fill("Find an account", "prairie haul"),
            key(Qt.Key.Key_Down),
            key(Qt.Key.Key_Return),
        ),
    ),
    Picture(
        "account-access-not-offered",
        Target("account_access", **STEVE),
        (
            press("Link account…"),
            fill("Find an account", "granite peak"),
            key(Qt.Key.Key_Down),
            key(Qt.Key.Key_Return),
        ),
        scheme=Scheme.DARK,
    ),
    Picture("account-access-nobody", Target("account_access")),
    Picture(
        "account-access-dark", Target("account_access", **MARIA, contract="NW-24-0117"), scheme=Scheme.DARK
    ),
    Picture("account-access-small", Target("account_access", **MARIA, contract="NW-24-0117"), size=SMALL),
    Picture("field-reference", Target("field_reference", contract="EC-23-0044")),
    Picture("field-reference-dark", Target("field_reference", contract="EC-24-0150"), scheme=Scheme.DARK),
    Picture("field-reference-catalogue", Target("field_reference")),
    Picture("payments", Target("payments"), (key(Qt.Key.Key_Return), *[key(Qt.Key.Key_Down)] * 6)),
    Picture(
        "payments-submit",
        Target("payments", payment="P-104702"),
        (press("Submit payment…"), fill("Amount", "1500.00")),
    ),
    Picture(
        "payments-would-pay",
        Target("payments", payment="P-104702"),
        (press("What would a payment pay?…"), fill("Amount", "1500.00"), press("Preview")),
    ),
    Picture("payments-dark", Target("payments", payment="P-104733"), scheme=Scheme.DARK),
    Picture("payments-cancel", Target("payments", payment="P-104741"), (press("Cancel payment…"),)),
    Picture("requests", Target("requests")),
    Picture("requests-dark", Target("requests"), (key(Qt.Key.Key_H),), scheme=Scheme.DARK),
    Picture(
        "enrolment", Target("enrolment", **KIM, contract="NW-25-0009"), (fill("Billing postal", "50309"),)
    ),
    Picture(
        "enrolment-refused",
        Target("enrolment", site="NORTHWIND", email="dana.whitfield@home.example", contract="LG-21-0008"),
        (fill("Billing postal", "9372"),),
        scheme=Scheme.DARK,
        size=SMALL,
    ),
    Picture("enrolment-attempts", Target("enrolment"), (view("Attempts"),)),
    Picture("enrolment-readiness", Target("enrolment"), (view("Readiness"),)),
    Picture("enrolment-readiness-dark", Target("enrolment"), (view("Readiness"),), scheme=Scheme.DARK),
    Picture("sites", Target("sites", site="NORTHWIND")),
    Picture("sites-map", Target("sites", site="NORTHWIND"), (press("Map labels…"), tick("LEGACY"))),
    Picture("sites-brand", Target("sites", site="PRAIRIE"), (press("Brand…"),)),
    Picture("sites-new", Target("sites"), (press("New site"), press("Create site")), scheme=Scheme.DARK),
    Picture("health", Target("health")),
    Picture("health-dark", Target("health"), scheme=Scheme.DARK),
    Picture("health-small", Target("health"), size=SMALL),
    Picture("operators", Target("operators")),
    Picture("operators-new", Target("operators"), (press("New operator"),), scheme=Scheme.DARK),
    Picture("connect", Target("connect")),
    # Last, because it saves: a second link, without which the first could not be taken away.
    Picture(
        "account-access-unlink",
        Target("account_access", **STEVE),
        (
            press("Link account…"),
            fill("Find an account", "A-90001"),
            key(Qt.Key.Key_Down),
            press("Link account"),
            press("Unlink…"),
        ),
    ),
    # After it, because the story tells of it.
    Picture("audit", Target("audit"), (press("Verify"),)),
    Picture("audit-story", Target("audit", **STEVE)),
    Picture("audit-dark", Target("audit"), scheme=Scheme.DARK),
    Picture("audit-small", Target("audit", **STEVE), size=SMALL),
)


@contextmanager
def posed(picture: Picture, desk: Desk, profile: Profile, types: PageTypes) -> Iterator[MainWindow]:
    """The window as a picture shows it, closed at the end."""
    theme.apply(picture.scheme)
    window = MainWindow()
    window.resize(*picture.size)
    window.show()
    window.activateWindow()
    QCoreApplication.processEvents()
    try:
        window.go_live(desk, profile, types, lambda text: look(desk, text, window.navigator))
        window.open(picture.target)
        background.wait_idle()
        for act in picture.acts:
            act(window)
        background.wait_idle()
        QCoreApplication.processEvents()
        yield window
    finally:
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def take_pictures(desk: Desk, profile: Profile, types: PageTypes, folder: Path) -> list[Path]:
    """Render PICTURES into the folder and return their paths; needs no display."""
    application = QApplication.instance() or QApplication([])
    Collector(application).start()
    group_digits()
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for picture in PICTURES:
        path = folder / f"{picture.name}.png"
        with posed(picture, desk, profile, types) as window:
            if not window.grab().save(str(path)):
                raise OSError(f"{path} cannot be written")
        paths.append(path)
    return paths
