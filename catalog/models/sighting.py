from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from catalog.models.rules import kept_for
from catalog.models.source_media import SourceMedia
from catalog.models.tenant import Membership, Tenant
from catalog.people import Viewer

# Edges are kept as ten-thousandths of the page.
EDGE = 10_000
# Younger rows cannot be dropped by anybody.
KEPT_MONTHS = 6


class What(models.IntegerChoices):
    """What was shown. Numbers, so that the table holds no text at all."""

    ORIGINAL = 1, "original"
    PAGE = 2, "page"
    TILE = 3, "tile"
    CROP = 4, "crop"
    THUMBNAIL = 5, "thumbnail"
    WORDS = 6, "words"
    VALUES = 7, "values"


class Way(models.IntegerChoices):
    PAGE = 1, "page"
    API = 2, "API"


class SightingQuerySet(models.QuerySet["Sighting"]):
    def visible_to(self, user: Viewer) -> SightingQuerySet:
        """Those of tenants that the user is admin of; of operators all."""
        if user.is_superuser:
            return self
        led = Tenant.objects.led_by(user, Membership.Role.ADMIN)
        return self.filter(tenant__in=led)

    def newest_first(self) -> SightingQuerySet:
        # Numbers are given in order of time, and every index ends with them.
        return self.order_by("-sighting_id")

    def of_source(self, source_id: uuid.UUID) -> SightingQuerySet:
        return self.filter(source=source_id)

    def with_names(self) -> SightingQuerySet:
        return self.select_related("user", "tenant", "source")

    def older_than(self, moment: datetime) -> SightingQuerySet:
        return self.filter(at__lt=moment)


class Sighting(models.Model):
    """Who was shown what of a source, when, and how. Append-only; no word, no value.

    regions: four edges a rectangle (left, top, right, bottom), one after the other, in
    ten-thousandths of the page; None: all of it. It stays when the source is erased:
    that somebody had seen it is true still, and says nothing of what it said.
    """

    sighting_id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    source = models.ForeignKey(
        SourceMedia, models.PROTECT, related_name="sightings", db_index=False
    )
    what = models.SmallIntegerField(choices=What.choices)
    way = models.SmallIntegerField(choices=Way.choices)
    # Bare numbers: what they lead to may be gone, and a look-up costs at every picture.
    artifact_id = models.UUIDField(null=True)
    task_id = models.UUIDField(null=True)
    page = models.SmallIntegerField(null=True)
    regions = ArrayField(models.SmallIntegerField(), null=True)

    objects = SightingQuerySet.as_manager()

    class Meta:
        db_table = "sighting"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(what__in=What.values, way__in=Way.values),
                name="sighting_words_known",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "sighting_id"], name="sighting_source"),
            models.Index(fields=["user", "sighting_id"], name="sighting_user"),
            models.Index(fields=["tenant", "sighting_id"], name="sighting_tenant"),
            models.Index(fields=["at"], name="sighting_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="sighting_is_a_record", operation=pgtrigger.Update),
            # What outlives its time goes by manage.py seen --drop, never before.
            kept_for(name="sighting_is_kept", months=KEPT_MONTHS, since="at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} of {self.source_id} to {self.user_id}"

    @property
    def rectangles(self) -> list[list[float]]:
        """Each as left, top, right, bottom in page fractions; none: the whole page."""
        edges: Sequence[int] = self.regions or ()
        return [
            [edge / EDGE for edge in edges[start : start + 4]]
            for start in range(0, len(edges), 4)
        ]

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "user": self.user.get_username(),
            "tenant": self.tenant.slug,
            "source_id": str(self.source_id),
            "what": self.get_what_display(),
            "way": self.get_way_display(),
            "page": self.page,
            "regions": self.rectangles or None,
            "artifact_id": str(self.artifact_id) if self.artifact_id else None,
            "task_id": str(self.task_id) if self.task_id else None,
        }
