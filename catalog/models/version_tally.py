from __future__ import annotations

import uuid
from collections.abc import Iterable

import pgtrigger
from django.db import connection, models
from django.db.models import Sum
from django.db.models.functions import Now

from catalog.models.matrix import LINES, Matrix, matrix_of
from catalog.models.tenant import Tenant
from catalog.people import Viewer, within_tenants_of

# Rows that are not worth adding up.
SHORT = 1000
# One row a version and slice that a statement touched, with the change of the count.
_KEYS = """g.pipeline_name, g.pipeline_version, g.model_id, g.document_type,
    g.template_key"""
_INSERT = """INSERT INTO version_tally (tenant_id, pipeline_name, pipeline_version,
    model_id, document_type, template_key, generations)"""
_ENTERED = f"""{_INSERT}
    SELECT s.tenant_id, {_KEYS}, count(*) FROM new_rows g
    JOIN source_media s USING (source_id) WHERE g.state = 'current'
    GROUP BY s.tenant_id, {_KEYS}; RETURN NULL;"""  # noqa: S608 - fixed names
_CHANGED = f"""{_INSERT}
    SELECT s.tenant_id, {_KEYS}, sum(g.change) FROM (
        SELECT n.*, 1 AS change FROM new_rows n WHERE n.state = 'current'
        UNION ALL
        SELECT o.*, -1 FROM old_rows o WHERE o.state = 'current') g
    JOIN source_media s USING (source_id)
    GROUP BY s.tenant_id, {_KEYS} HAVING sum(g.change) <> 0; RETURN NULL;"""  # noqa: S608 - fixed names


def tally_triggers() -> list[pgtrigger.Trigger]:
    """What keeps the tally: after each statement on generations, set by set."""
    return [
        pgtrigger.Trigger(
            name="tally_entered",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="new_rows"),
            func=_ENTERED,
        ),
        pgtrigger.Trigger(
            name="tally_changed",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
            func=_CHANGED,
        ),
    ]


class VersionTallyQuerySet(models.QuerySet["VersionTally"]):
    def visible_to(self, user: Viewer) -> VersionTallyQuerySet:
        return self.filter(within_tenants_of(user))

    def of_tenants(self, tenants: Iterable[uuid.UUID] | None) -> VersionTallyQuerySet:
        """None: of all."""
        return self if tenants is None else self.filter(tenant_id__in=list(tenants))

    def matrix(self, by: str = "tenant") -> Matrix:
        """Versions by tenant, template or type (the keys of LINES), mixed ones first.

        Documents without a template have nothing in common: they are no line.
        """
        rows = self if by == "tenant" else self.exclude(**{LINES[by]: ""})
        keys = (LINES[by], "pipeline_name", "pipeline_version", "model_id")
        return matrix_of(by, rows.counted(*keys))

    def mixed(self, by: str = "tenant") -> Matrix:
        """Only lines with more than one version or set of models of one pipeline."""
        whole = self.matrix(by)
        lines = [x for x in whole.lines if x.is_mixed or x.has_several_models]
        return Matrix(by, whole.versions, lines)

    def tenants_of_several_pipelines(self) -> set[uuid.UUID]:
        """Only their sources can have artifacts of more than one version at once."""
        names: dict[uuid.UUID, set[str]] = {}
        for row in self.counted("tenant_id", "pipeline_name"):
            names.setdefault(row["tenant_id"], set()).add(row["pipeline_name"])  # type: ignore[arg-type]
        return {tenant for tenant, found in names.items() if len(found) > 1}

    def is_long(self) -> bool:
        """Whether adding it up would save more than half of it, and more than a few."""
        keys = ("tenant", "pipeline_name", "pipeline_version", "model_id")
        slices = self.order_by().values(*keys, "document_type", "template_key")
        return bool(self.count() > 2 * slices.distinct().count() + SHORT)

    def compact(self) -> int:
        """Add the changes up to one row a key; gives how many rows that saved."""
        with connection.cursor() as cursor:
            cursor.execute(
                """WITH gone AS (DELETE FROM version_tally RETURNING *)
                INSERT INTO version_tally (tenant_id, pipeline_name, pipeline_version,
                    model_id, document_type, template_key, generations)
                SELECT tenant_id, pipeline_name, pipeline_version, model_id,
                    document_type, template_key, sum(generations)
                FROM gone GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(generations) <> 0
                RETURNING (SELECT count(*) FROM gone)"""
            )
            kept = cursor.fetchall()
        return int(kept[0][0]) - len(kept) if kept else 0

    def counted(self, *keys: str) -> models.QuerySet[VersionTally, dict[str, object]]:
        """Current generations by the keys: {key: ..., "count": n}, none of zero."""
        counts: models.QuerySet[VersionTally, dict[str, object]] = (
            self.values(*keys)
            .annotate(count=Sum("generations"))
            .exclude(count=0)
            .order_by(*keys)
        )
        return counts


class VersionTally(models.Model):
    """How many current generations a version has in a slice: the version matrix.

    Kept by triggers on `generation` as changes to be added up, so that no worker ever
    waits for another's count; compact() adds them up.
    """

    tally_id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    pipeline_name = models.CharField(max_length=50)
    pipeline_version = models.CharField(max_length=50)
    model_id = models.CharField(max_length=200, blank=True)
    document_type = models.CharField(max_length=50, blank=True)
    template_key = models.CharField(max_length=40, blank=True)
    generations = models.BigIntegerField(help_text="to be added, may be negative")
    at = models.DateTimeField(db_default=Now())

    objects = VersionTallyQuerySet.as_manager()

    class Meta:
        db_table = "version_tally"

    def __str__(self) -> str:
        return f"{self.generations:+} of {self.pipeline_version}"
