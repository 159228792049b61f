"""Users and their links read by django-import-export into tables that Django made, as its admin page does.

Rows are validated, and each one is logged in Django's admin log: the nearest thing it has to our audit. Run by the
Python of the benchmarks' own environment: `django_import.py < accounts and rows as JSON`; prints the seconds of a dry
run and of an import.
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
        INSTALLED_APPS=[
            "portal",
            "import_export",
            *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes")),
        ],
        IMPORT_EXPORT_USE_TRANSACTIONS=True,
    )
    django.setup()


def make(accounts: list[str]) -> Any:
    """The tables, filled with the accounts, and what reads rows into them."""
    from django.core.management import call_command
    from django.db import connection, models
    from import_export import fields, resources, widgets

    class Account(models.Model):
        account_id = models.CharField(max_length=64, unique=True)

        class Meta:
            app_label = "portal"

    class EndUser(models.Model):
        email = models.EmailField(max_length=320, unique=True)
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
            clean_model_instances = True

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Account)
        editor.create_model(EndUser)
    Account.objects.bulk_create([Account(account_id=one) for one in accounts], batch_size=5_000)
    return EndUserResource()


def measure(resource: Any, rows: list[list[str]]) -> list[float]:
    import tablib
    from django.contrib.auth.models import User

    user = User.objects.create_superuser("benchmark", "b@example.test", "benchmark")
    found = []
    for dry_run in (True, False):
        data = tablib.Dataset(*rows, headers=HEADERS)
        start = time.perf_counter()
        result = resource.import_data(data, dry_run=dry_run, raise_errors=True)
        if not dry_run:
            log(result, resource.Meta.model, user.pk)
        found.append(time.perf_counter() - start)
        assert result.totals["new"] == len(rows), result.totals
    return found


def log(result: Any, model: Any, user: int) -> None:
    """What ImportMixin.generate_log_entries of its admin does."""
    from django.contrib.admin.models import ADDITION, LogEntry

    rows = [model(pk=row.object_id) for row in result]
    LogEntry.objects.log_actions(user, rows, ADDITION, change_message="new through import_export")


if __name__ == "__main__":
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as made:
        set_up(made)
        print(json.dumps(measure(make(given["accounts"]), given["rows"])))
