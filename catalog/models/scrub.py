from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id


class ScrubRunQuerySet(models.QuerySet["ScrubRun"]):
    def finished(self) -> ScrubRunQuerySet:
        """Newest first."""
        return self.filter(finished_at__isnull=False).order_by("-finished_at")

    def recent(self) -> ScrubRunQuerySet:
        """Newest first, those at work too."""
        return self.order_by("-started_at")

    def last_full(self) -> ScrubRun | None:
        return self.finished().filter(mode=ScrubRun.Mode.FULL).first()


class ScrubRun(models.Model):
    """One check of the store against itself. cursor: where to go on, check by check."""

    class Mode(models.TextChoices):
        FULL = "full"
        SAMPLE = "sample"
        SOURCE = "source"

    scrub_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mode = models.CharField(max_length=6, choices=Mode.choices)
    share = models.FloatField(null=True, help_text="of a sample, 0 to 1")
    source_id = models.UUIDField(null=True)
    cursor = models.JSONField(default=dict)
    checked = models.JSONField(default=dict, help_text="rows or blobs by check")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = ScrubRunQuerySet.as_manager()

    class Meta:
        db_table = "scrub_run"
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.mode} at {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def share_percent(self) -> float:
        return round(100 * (self.share or 0), 4)

    @property
    def first_findings(self) -> models.QuerySet[ScrubFinding]:
        """As many as fit on a page."""
        return self.findings.all()[:50]

    @property
    def found(self) -> dict[str, int]:
        """How many findings of each word, also of those that were too many to keep."""
        return dict(sorted(self.cursor.get("found", {}).items()))


class ScrubFinding(models.Model):
    """One thing that is not as it must be: which check, which row or blob."""

    finding_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ScrubRun, models.CASCADE, related_name="findings")
    check_name = models.CharField(max_length=40)
    subject = models.CharField(max_length=100, help_text="an id or a blob's key")
    detail = models.CharField(max_length=300, help_text="in words, without values")

    class Meta:
        db_table = "scrub_finding"
        ordering = ["finding_id"]

    def __str__(self) -> str:
        return f"{self.check_name}: {self.subject}"
