"""The user list of a real Django admin on a portal database, asked over HTTP by Django's test client.

Run by the Python of the benchmarks' own environment: `django_admin.py DATABASE < texts as JSON`.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

RUNS = 3


def set_up(database: str, folder: str) -> None:
    import django
    from django.conf import settings

    app = ModuleType("portal")
    app.__path__ = [folder]
    sys.modules["portal"] = app
    sqlite = {"ENGINE": "django.db.backends.sqlite3"}
    settings.configure(
        SECRET_KEY="benchmark",
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATABASES={
            "default": {**sqlite, "NAME": str(Path(folder) / "django.db")},
            "portal": {**sqlite, "NAME": database},
        },
        DATABASE_ROUTERS=[f"{__name__}.Router"],
        INSTALLED_APPS=[
            "portal",
            *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages")),
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )
    django.setup()


class Router:
    """Django's own tables lie in a database of their own."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        return "portal" if model._meta.app_label == "portal" else "default"


def register() -> Any:
    from django.contrib import admin
    from django.db import models
    from django.urls import path

    class Site(models.Model):
        key = models.CharField(max_length=64)

        class Meta:
            app_label, db_table, managed = "portal", "site", False

        def __str__(self) -> str:
            return str(self.key)

    class EndUser(models.Model):
        site = models.ForeignKey(Site, models.DO_NOTHING)
        email = models.CharField(max_length=320)
        first_name = models.CharField(max_length=200)
        last_name = models.CharField(max_length=200)
        name_key = models.CharField(max_length=401)
        status = models.CharField(max_length=16)

        class Meta:
            app_label, db_table, managed, ordering = "portal", "end_user", False, ("name_key", "id")

    class EndUserAdmin(admin.ModelAdmin):
        list_display = ("email", "first_name", "last_name", "status", "site")
        list_select_related = ("site",)
        search_fields = ("first_name", "last_name", "email")

    admin.site.register(EndUser, EndUserAdmin)
    return [path("admin/", admin.site.urls)]


def measure(texts: list[str]) -> list[float]:
    """Median milliseconds of a search for each text, a page of a hundred with its count."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    User.objects.create_superuser("benchmark", "b@example.test", "benchmark")
    client = Client()
    client.force_login(User.objects.get())
    found = []
    for text in texts:
        taken = []
        for _ in range(RUNS + 1):
            start = time.perf_counter()
            answer = client.get("/admin/portal/enduser/", {"q": text})
            taken.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200, answer.status_code
            assert b"result_list" in answer.content or b"0 end users" in answer.content
        found.append(statistics.median(taken[1:]))
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        set_up(sys.argv[1], made)
        urlpatterns = register()
        print(json.dumps(measure(json.load(sys.stdin))))
