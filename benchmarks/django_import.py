"""Users and their links read by django-import-export, in its usual way, into tables that Django made.

Run by the Python of the benchmarks' own environment: `django_import.py < accounts and rows as JSON`; prints the
seconds of a dry run and of an import.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

HEADERS = ("email", "first_name", "last_name", "accounts")


def set_up(folder: str) -> None:
    import django
    from django.conf import settings

    app = ModuleType("portal")
    app.__path__ = [folder]
    sys.modules["portal"] = app
    settings.configure(
        SECRET_KEY="benchmark",
        USE_TZ=True,
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(folder) / "django.db")}
        },
        INSTALLED_APPS=["portal", "import_export"],
        IMPORT_EXPORT_USE_TRANSACTIONS=True,
    )
    django.setup()


def make(accounts: list[str]) -> Any:
    """The tables, filled with the accounts, and what reads rows into them."""
    from django.db import connection, models
    from import_export import fields, resources, widgets

    class Account(models.Model):
        account_id = models.CharField(max_length=64, unique=True)

        class Meta:
            app_label = "portal"

    class EndUser(models.Model):
        email = models.CharField(max_length=320, unique=True)
        first_name = models.CharField(max_length=200)
        last_name = models.CharField(max_length=200)
        status = models.CharField(max_length=16, default="Pending", db_index=True)
        accounts = models.ManyToManyField(Account)

        class Meta:
            app_label = "portal"

    class EndUserResource(resources.ModelResource):
        accounts = fields.Field(
            "accounts",
            "accounts",
            widget=widgets.ManyToManyWidget(Account, separator=";", field="account_id"),
        )

        class Meta:
            model = EndUser
            import_id_fields = ("email",)
            fields = HEADERS

    with connection.schema_editor() as editor:
        editor.create_model(Account)
        editor.create_model(EndUser)
    Account.objects.bulk_create([Account(account_id=one) for one in accounts], batch_size=5_000)
    return EndUserResource()


def measure(resource: Any, rows: list[list[str]]) -> list[float]:
    import tablib

    found = []
    for dry_run in (True, False):
        data = tablib.Dataset(*rows, headers=HEADERS)
        start = time.perf_counter()
        result = resource.import_data(data, dry_run=dry_run, raise_errors=True)
        found.append(time.perf_counter() - start)
        assert result.totals["new"] == len(rows), result.totals
    return found


if __name__ == "__main__":
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as made:
        set_up(made)
        print(json.dumps(measure(make(given["accounts"]), given["rows"])))
