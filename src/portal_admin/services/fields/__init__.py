"""The field reference: the catalogue, the sheet of one contract, notes, proof and export."""

from portal_admin.services.fields.entries import catalogue
from portal_admin.services.fields.sheet import RESTORED, find, show

__all__ = ["RESTORED", "catalogue", "find", "show"]
