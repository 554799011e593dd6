from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import first_id_at, new_id
from catalog.models.retention import STANDARD, LegalHold, RetentionClass
from catalog.models.rules import erased_only, kept, open_erasure_of
from catalog.models.tenant import Tenant
from catalog.people import Viewer, within_tenants_of
from catalog.slices import Slice


class Modality(models.TextChoices):
    IMAGE = "image"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    UNKNOWN = "unknown"


def _holds() -> models.QuerySet[LegalHold]:
    """In force over the source of the query around it."""
    return LegalHold.objects.in_force().filter(
        models.Q(source__isnull=True) | models.Q(source=models.OuterRef("pk")),
        tenant=models.OuterRef("tenant"),
    )


class SourceMediaQuerySet(models.QuerySet["SourceMedia"]):
    def visible_to(self, user: Viewer) -> SourceMediaQuerySet:
        return self.filter(within_tenants_of(user))

    def kept(self) -> SourceMediaQuerySet:
        """Those whose bytes are still here: not erased."""
        return self.filter(erased_at__isnull=True)

    def erased(self) -> SourceMediaQuerySet:
        return self.filter(erased_at__isnull=False)

    def due(self, *, at: datetime) -> SourceMediaQuerySet:
        """Those that their retention classes say to erase by that time."""
        late = models.Q(pk__in=[])
        for one in RetentionClass.objects.erasing():
            until = at - timedelta(days=one.keep_days or 0)
            late |= models.Q(retention_class=one, uploaded_at__lt=until)
        return self.kept().filter(late)

    def held(self) -> SourceMediaQuerySet:
        """Those over which a legal hold is in force, or over their tenant."""
        return self.filter(models.Exists(_holds()))

    def not_held(self) -> SourceMediaQuerySet:
        return self.filter(~models.Exists(_holds()))

    def without_run(
        self, *, before: datetime, since: datetime | None = None
    ) -> SourceMediaQuerySet:
        """Kept before a time, but whoever kept them died before asking for a run.

        since: only those kept since then, found by their ids without a look at others.
        """
        found = self.kept().filter(runs__isnull=True, uploaded_at__lt=before)
        return found if since is None else found.filter(pk__gte=first_id_at(since))

    def in_slice(self, wanted: Slice) -> SourceMediaQuerySet:
        """Sources of which the slice holds a reading."""
        from catalog.models.generation import Generation

        read = Generation.objects.in_slice(wanted).order_by().values("source")
        return self.filter(pk__in=read)

    def told_of(self, wanted: Slice) -> SourceMediaQuerySet:
        """Sources of which a delivery carried an artifact of the slice."""
        from catalog.models.delivery import DeliveredArtifact

        carried = DeliveredArtifact.objects.in_slice(wanted)
        return self.filter(pk__in=carried.values("artifact__source"))

    def with_mixed_versions(
        self, tenants: Iterable[uuid.UUID] | None = None
    ) -> SourceMediaQuerySet:
        """Sources whose current artifacts of one kind come from several versions.

        A generation is of one version and a pipeline has one current generation a
        source, by constraint; so it takes two pipelines, and where the tally knows of
        one in each tenant, nothing is looked through. tenants: ids; None for all.
        """
        from catalog.models.derived_artifact import DerivedArtifact
        from catalog.models.generation import Generation
        from catalog.models.version_tally import VersionTally

        tally = VersionTally.objects.of_tenants(tenants)
        several = tally.tenants_of_several_pipelines()
        if not several:
            return self.none()
        twice = (
            Generation.objects.current()
            .filter(source__tenant__in=several)
            .order_by()
            .values("source")
            .annotate(found=models.Count("pk"))
            .filter(found__gt=1)
        )
        other = DerivedArtifact.objects.current().filter(
            source=models.OuterRef("source"), kind=models.OuterRef("kind")
        )
        of_two = (
            DerivedArtifact.objects.current()
            .filter(source=models.OuterRef("pk"))
            .filter(
                models.Exists(other.exclude(generation=models.OuterRef("generation")))
            )
        )
        return self.filter(pk__in=twice.values("source")).filter(models.Exists(of_two))

    def with_current_generation(self) -> SourceMediaQuerySet:
        """Each source with its current generations in `current_generations`."""
        from catalog.models.generation import Generation

        return self.select_related("tenant").prefetch_related(
            models.Prefetch(
                "generations",
                queryset=Generation.objects.current(),
                to_attr="current_generations",
            )
        )


class SourceMedia(models.Model):
    """One original: immutable bytes. The database refuses updates and deletes."""

    source_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    content_hash = models.CharField(max_length=64, help_text="sha256 of the raw bytes")
    uri = models.TextField(help_text="key in the blob storage")
    modality = models.CharField(max_length=8, choices=Modality.choices)
    mime_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    uploaded_at = models.DateTimeField(db_default=Now(), editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="sources")
    retention_class = models.ForeignKey(
        RetentionClass,
        models.PROTECT,
        db_column="retention_class",
        default=STANDARD,
        related_name="+",
    )
    name = models.CharField(max_length=255, help_text="file name at upload")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    erased_at = models.DateTimeField(
        null=True, editable=False, help_text="content_hash is then a keyed fingerprint"
    )

    objects = SourceMediaQuerySet.as_manager()

    class Meta:
        db_table = "source_media"
        ordering = ["-uploaded_at", "-source_id"]
        verbose_name = "source"
        constraints = [
            # Not content_hash alone: a second tenant's upload must neither fail nor
            # reveal the first.
            models.UniqueConstraint(
                fields=["tenant", "content_hash"], name="source_once_a_tenant"
            ),
            # What derived_artifact's composite foreign key points at.
            models.UniqueConstraint(
                fields=["source_id", "content_hash"], name="source_id_with_hash"
            ),
            models.CheckConstraint(
                condition=models.Q(modality__in=Modality.values),
                name="source_modality_known",
            ),
            models.CheckConstraint(
                condition=models.Q(content_hash__regex=r"^[0-9a-f]{64}$"),
                name="source_hash_is_sha256",
            ),
            models.CheckConstraint(
                condition=models.Q(bytes__gte=0), name="source_bytes_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "-uploaded_at", "-source_id"], name="source_newest"
            ),
            # What its retention class no longer keeps.
            models.Index(
                fields=["retention_class", "uploaded_at"],
                condition=models.Q(erased_at__isnull=True),
                name="source_retention",
            ),
            # Who else has these bytes, in any tenant, before a blob is deleted.
            models.Index(fields=["content_hash"], name="source_blob"),
        ]
        triggers = [
            erased_only(
                name="source_is_immutable",
                erasing=open_erasure_of("OLD.source_id"),
                scrubs={
                    "content_hash": """(SELECT encode(fingerprint, 'hex') FROM erasure
                        WHERE source_id = OLD.source_id)""",
                    "uri": "'erased'",
                    "name": "'erased'",
                    "uploaded_by_id": "NULL",
                    "erased_at": "coalesce(OLD.erased_at, NEW.erased_at)",
                },
            ),
            kept("source_is_kept"),
        ]

    def __str__(self) -> str:
        return self.name
