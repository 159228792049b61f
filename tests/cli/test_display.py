"""Where there is no display, the window is refused in words; Qt would end the whole program."""

from __future__ import annotations

import pytest

from portal_admin.cli import display, run

NAMES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.mark.parametrize(
    ("platform", "environment", "shown"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":1"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_that_a_display_is_recognised(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], shown: bool
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert display.has_display() is shown


@pytest.mark.parametrize("words", [[], ["window"], ["window", "--open", "sites"]])
def test_that_without_a_display_the_window_is_refused_in_one_sentence(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert run(words) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "There is no display"
    assert told[1].startswith("The window needs a display, and this session has none: ")
    assert len(told) == 2
