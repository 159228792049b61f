"""Puts service requests where the portal's web tier puts them: for the demonstration, which has no web tier."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from portal_admin.domain.service_request_times import due_at
from portal_admin.domain.service_requests import RequestKind, RequestStatus, request_number
from portal_admin.domain.text import id_key
from portal_admin.errors import NotFound
from portal_admin.models import aspire_contract, service_request
from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from portal_admin.services.people import find_user
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import find_site


def arrive(
    desk: Desk,
    *,
    site: str,
    email: str,
    kind: RequestKind,
    subject: str,
    message: str,
    requested_at: datetime,
    contract_id: str | None = None,
) -> str:
    """Write what an end user asked for then, due as its kind is; returns its number."""
    with writing(desk.engine) as connection:
        user = find_user(connection, find_site(connection, site), email)
        zone = ZoneInfo(read_settings(connection).time_zone)
        values = {
            "site_id": find_site(connection, site).id,
            "user_id": user.id,
            **_contract(connection, contract_id),
            "kind": kind.value,
            "subject": subject,
            "message": message,
            "status": RequestStatus.NEW.value,
            "requested_at": requested_at,
            "due_at": due_at(kind, requested_at, zone),
            "version": 1,
        }
        made = insert(service_request).values(values).returning(service_request.c.id)
        return request_number(connection.execute(made).scalar_one())


def _contract(connection: Connection, contract_id: str | None) -> dict[str, Any]:
    if contract_id is None:
        return {"contract_oid": None, "contract_id": None}
    columns = select(aspire_contract.c.oid, aspire_contract.c.contract_id)
    query = columns.where(aspire_contract.c.contract_id_key == id_key(contract_id))
    row = connection.execute(query.order_by(aspire_contract.c.oid).limit(1)).first()
    if row is None:
        raise NotFound(f"The portal's copy of ASPIRE holds no contract {contract_id}.")
    return {"contract_oid": row.oid, "contract_id": row.contract_id}
