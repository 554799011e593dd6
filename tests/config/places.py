"""Every URL pattern of the site, and how its ids are filled in from given objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

# "<uuid:task_id>" of a route or "(?P<pk>[^/.]+)" of a regular expression.
GROUP = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
ADMIN_MODEL = re.compile(r"^admin/(\w+)/(\w+)/")
# Of pages, named by what they show.
MODEL_OF = {
    "task_id": "reviewer.ReviewTask",
    "source_id": "catalog.SourceMedia",
    "artifact_id": "catalog.DerivedArtifact",
    "run_id": "pipeline.Run",
    "case_id": "catalog.GoldenCase",
    "batch_id": "catalog.PromotionBatch",
    "promotion_id": "catalog.Promotion",
    "reprocess_id": "pipeline.Reprocess",
    "gate_id": "pipeline.Gate",
}
# Groups that are no ids, and a word that fits.
WORDS = {"form": "json", "verb": "measure"}
NOBODYS = "01a00000-0000-7000-8000-000000000000"
_SHEETS = ("sheet", "sheet-answer", "sheet-extend", "sheet-put-back")
_API_SHEETS = ("api-sheet-answer", "api-sheet-extend", "api-sheet-put-back")
# The admin's own, whose groups are no ids of rows; what a token of its own opens; and
# what tests/reviewer/test_crops_only.py and test_tiles_view.py ask for by real ids.
NO_ROW = {
    **{name: {"token": NOBODYS} for name in (*_SHEETS, *_API_SHEETS)},
    "seen-export": {"form": "csv"},
    "decided-export": {"form": "csv"},
    "task-crop": {
        **dict.fromkeys(("task_id", "image_id"), NOBODYS),
        **{"place": "0-0-1-1", "width": "480"},
    },
    "task-page": dict.fromkeys(("task_id", "image_id"), NOBODYS),
    "task-words": {"task_id": NOBODYS, "number": "1"},
    "page-tiles": {"artifact_id": NOBODYS},
    "page-tile": {"artifact_id": NOBODYS, **dict.fromkeys(("level", "x", "y"), "0")},
    "admin:app_list": {"app_label": "catalog"},
    "admin:view_on_site": {"content_type_id": "1", "object_id": "1"},
    "admin:": {"url": "nowhere"},
}


class UnknownPlace(Exception):
    """A pattern with an id that nobody said how to fill: add it to this file."""


@dataclass(frozen=True)
class Place:
    name: str
    route: str
    callback: Any

    @property
    def groups(self) -> list[str]:
        return [a or b for a, b in GROUP.findall(self.route)]

    @property
    def is_admin(self) -> bool:
        return self.route.startswith("admin/")

    @property
    def has_row(self) -> bool:
        return bool(self.groups) and self.name not in NO_ROW

    @property
    def model(self) -> type[Model]:
        """Of which model the place shows a row. Raises UnknownPlace."""
        if found := ADMIN_MODEL.match(self.route):
            return apps.get_model(found[1], found[2])
        if self.groups == ["pk"]:
            model: type[Model] = self.callback.cls.queryset.model
            return model
        ids = [group for group in self.groups if group not in WORDS]
        if len(ids) == 1 and ids[0] in MODEL_OF:
            return apps.get_model(MODEL_OF[ids[0]])
        raise UnknownPlace(f"{self.name} {self.route}: {self.groups}")

    def path(self, rows: Mapping[type[Model], Model]) -> str:
        """The path that shows the row of the place's model. Raises UnknownPlace."""
        if not self.groups:
            return f"/{plain(self.route)}"
        values = NO_ROW.get(self.name)
        if values is None:
            if self.model not in rows:
                raise UnknownPlace(f"{self.name}: no row of {self.model.__name__}")
            values = dict.fromkeys(self.groups, str(rows[self.model].pk)) | WORDS
        filled = GROUP.sub(lambda found: values[found[1] or found[2]], self.route)
        return f"/{plain(filled)}"


def plain(route: str) -> str:
    return route.replace("^", "").replace("$", "")


def places() -> list[Place]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: Any, prefix: str, namespace: str) -> Iterator[Place]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _walk(pattern.url_patterns, route, namespace + inner)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name or ''}"
            # The admin's redirect of a bare id has no name, nor has its catch-all.
            if name == "admin:" and ADMIN_MODEL.match(route):
                name = f"admin:{route}"
            yield Place(name, route, pattern.callback)
