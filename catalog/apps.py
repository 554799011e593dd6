from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalog"

    def ready(self) -> None:
        from catalog.no_exceptions import forbid_ignoring

        # For every app: theirs have triggers too, and the last one has the last word.
        post_migrate.connect(forbid_ignoring, dispatch_uid="catalog.forbid_ignoring")
