"""The field reference: the catalogue, the sheet of one contract, notes, proof and export."""

from portal_admin.services.fields.sheet import RESTORED, catalogue, find, show

__all__ = ["RESTORED", "catalogue", "find", "show"]
