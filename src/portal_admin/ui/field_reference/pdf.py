"""Prints the guide; the command line uses it too, so it starts without a window or a screen."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from portal_admin.services.fields.export import Guide, as_html, write_bytes

DOTS_PER_INCH = 96


def print_guide(guide: Guide, path: Path) -> None:
    """Write the guide as a PDF, A4 landscape; safe on a worker thread once the application runs."""
    application = QGuiApplication.instance() or _application()
    write_bytes(path, _pdf(guide))
    del application


def _application() -> QGuiApplication:
    """Fonts need an application; without a display it must not ask for one."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication([sys.argv[0]])


def _pdf(guide: Guide) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(guide.title)
    writer.setResolution(DOTS_PER_INCH)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    # Printing a text document adds margins of its own.
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    document = QTextDocument()
    document.setDefaultStyleSheet(PRINT_STYLE)
    document.documentLayout().setPaintDevice(writer)
    document.setHtml(as_html(guide, style=""))
    document.print_(writer)
    buffer.close()
    return bytes(buffer.data().data())


PRINT_STYLE = """
body { font-size: 7pt; }
h1 { font-size: 13pt; }
.screen { font-size: 10pt; }
table { border-collapse: collapse; }
th, td { border: 1px solid #d5dae0; }
th { background-color: #f0f2f5; font-weight: 600; text-align: left; }
"""
