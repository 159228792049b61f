"""Every desk action without a window."""

from portal_admin.cli.frame import run

__all__ = ["run"]
