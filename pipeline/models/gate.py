from __future__ import annotations

from collections.abc import Mapping

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.ids import new_id
from catalog.models import Generation, GoldenSet, Tenant
from catalog.people import Viewer
from catalog.scope import LEADERS
from pipeline.models.pipeline_version import PipelineVersion
from pipeline.models.reprocess import Reprocess

# Between the dimensions, and the keys, of a slice of two.
CROSS = " x "
# The margin of the whole and the level above which a gate activates nothing: as in
# pipeline.gate.deciding, which knows no database, and in the trigger of activations.
LOOSEST = 0.1
# Whoever signs adds a signature and nothing else, to a measurement that bears it out.
SIGNED_AS_MEASURED = """
IF (NEW.fit_to_activate, NEW.figures, NEW.measured_at) IS DISTINCT FROM
        (OLD.fit_to_activate, OLD.figures, OLD.measured_at)
    OR EXISTS (SELECT 1 FROM reprocess
        WHERE reprocess_id = NEW.reprocess_id AND state = 'running')
    OR NEW.fit_to_activate AND (
        EXISTS (SELECT 1 FROM gate_slice
            WHERE gate_id = NEW.gate_id AND verdict = 'block')
        OR NOT EXISTS (SELECT 1 FROM gate_slice
            WHERE gate_id = NEW.gate_id AND dimension = '' AND compared > 0)) THEN
    RAISE EXCEPTION 'a gate is signed as it was measured'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class GateQuerySet(models.QuerySet["Gate"]):
    def visible_to(self, user: Viewer) -> GateQuerySet:
        """Those of whose every tenant the user is manager or admin; operators: all.

        A gate's figures are of all its tenants together, so part of it is none.
        """
        if user.is_superuser:
            return self
        from pipeline.models import ReprocessItem

        led = Tenant.objects.led_by(user, *LEADERS).values("pk")
        items = ReprocessItem.objects.filter(reprocess=models.OuterRef("reprocess"))
        foreign = items.exclude(source__tenant__in=led)
        return self.filter(models.Exists(items), ~models.Exists(foreign))

    def against(self, gate: Gate) -> GateQuerySet:
        """Of the same version, measured after the gate, and not fit to activate it."""
        return self.filter(
            reprocess__pipeline_version=gate.reprocess.pipeline_version_id,
            measured_at__gt=gate.measured_at,
            fit_to_activate=False,
        )


class Gate(models.Model):
    """Whether a version may take the place of another, slice by slice.

    It is measured again as people answer, until somebody signs it; from then on it and
    its slices are a record. margins: {dimension: share of documents that may get
    worse}, "" for those that are not named. fit_to_activate: no slice is harmed and the
    whole passed, so that the version may read what comes in.
    """

    gate_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reprocess = models.OneToOneField(Reprocess, models.PROTECT, related_name="gate")
    golden_set = models.ForeignKey(
        GoldenSet, models.PROTECT, null=True, related_name="+"
    )
    margins = models.JSONField(default=dict)
    level = models.FloatField(default=0.05, help_text="how often it may err, 0..1")
    measured_at = models.DateTimeField(null=True)
    fit_to_activate = models.BooleanField(default=False)
    figures = models.JSONField(
        default=dict, help_text="of the whole: golden set, canary, latency, cost"
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    report_digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the report that was signed"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = GateQuerySet.as_manager()

    class Meta:
        db_table = "gate"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    signed_at__isnull=True, signed_by__isnull=True, report_digest=""
                )
                | models.Q(
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                    measured_at__isnull=False,
                )
                & ~models.Q(report_digest=""),
                name="signature_is_whole",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="gate_is_kept", operation=pgtrigger.Delete),
            # Whoever has seen the figures may not choose what they are held against.
            pgtrigger.Protect(
                name="stated_before_measured",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__measured_at__isnull=False)
                & (
                    pgtrigger.Q(old__margins__df=pgtrigger.F("new__margins"))
                    | pgtrigger.Q(old__level__df=pgtrigger.F("new__level"))
                    | pgtrigger.Q(old__golden_set__df=pgtrigger.F("new__golden_set"))
                    | pgtrigger.Q(old__reprocess__df=pgtrigger.F("new__reprocess"))
                ),
            ),
            pgtrigger.Protect(
                name="gate_begins_unsigned",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__signed_at__isnull=False)
                | pgtrigger.Q(new__fit_to_activate=True),
            ),
            pgtrigger.Trigger(
                name="signed_as_measured",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__signed_at__isnull=True, new__signed_at__isnull=False
                ),
                func=SIGNED_AS_MEASURED,
            ),
            pgtrigger.Trigger(
                name="signed_gate_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=(
                    "IF OLD.signed_at IS NOT NULL THEN"
                    " RAISE EXCEPTION 'a signed gate is a record'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"gate of {self.reprocess}"

    @property
    def is_loose(self) -> bool:
        """Too loose to activate, also where it was signed when that was not asked."""
        whole = self.slices.filter(dimension="", margin__gt=LOOSEST)
        return self.level > LOOSEST or whole.exists()


class GateSliceQuerySet(models.QuerySet["GateSlice"]):
    def in_order(self) -> GateSliceQuerySet:
        """The whole first, then dimension by dimension."""
        return self.order_by("dimension", "key")

    def with_examples(self, user: Viewer) -> GateSliceQuerySet:
        """Each with `example`, of a template the name of one document that the user may
        see: a template has no name of its own.
        """
        alike = Generation.objects.visible_to(user).filter(
            models.Q(template_key=models.OuterRef("key")) & ~models.Q(template_key="")
        )
        return self.annotate(example=models.Subquery(alike.values("source__name")[:1]))

    def holding(self) -> GateSliceQuerySet:
        """Those that keep the documents in them back."""
        return self.filter(holds=True).order_by("dimension", "key")


class GateSlice(models.Model):
    """A slice of a gate: what was compared in it, what people know, and the verdict.

    better, worse: documents of which only the new, only the old version has right
    what they disagree about. difference and its bounds are shares of documents, new
    minus old: lower and upper of documents yet to come, each missed at most the gate's
    level of the time; at_least of exactly the documents compared.
    """

    class Verdict(models.TextChoices):
        PASS = "pass", "not worse than the margin"
        BLOCK = "block", "it got worse"
        INSUFFICIENT = "insufficient", "too little is known"

    slice_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="slices")
    dimension = models.CharField(max_length=40, blank=True, help_text="empty: all")
    key = models.CharField(max_length=200, blank=True)
    margin = models.FloatField()
    population = models.PositiveIntegerField(help_text="documents in the reprocess")
    compared = models.PositiveIntegerField()
    disagreeing = models.PositiveIntegerField()
    labelled = models.PositiveIntegerField(help_text="of those, decided by people")
    better = models.PositiveIntegerField()
    worse = models.PositiveIntegerField()
    difference = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    p_harm = models.FloatField(null=True, help_text="one-sided, before Holm")
    p_adjusted = models.FloatField(null=True)
    at_least = models.FloatField(
        null=True, help_text="least difference of exactly the documents compared"
    )
    moving = models.PositiveIntegerField(
        default=0, help_text="documents of it that may move"
    )
    golden = models.JSONField(
        null=True,
        help_text="frozen cases, old_right and new_right of them; empty: not counted",
    )
    holds = models.BooleanField(
        default=False, help_text="it keeps the other documents of it back"
    )
    exact = models.BooleanField(
        default=False, help_text="every document was compared and decided"
    )
    needed = models.PositiveIntegerField(
        default=0, help_text="how many more answers could decide it"
    )
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    why = models.CharField(max_length=50, blank=True, help_text="an enum word")

    objects = GateSliceQuerySet.as_manager()

    class Meta:
        db_table = "gate_slice"
        ordering = ["gate", "dimension", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["gate", "dimension", "key"], name="slice_once_a_gate"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_slice_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=(
                    "IF EXISTS (SELECT 1 FROM gate WHERE signed_at IS NOT NULL"
                    " AND gate_id IN (NEW.gate_id, OLD.gate_id)) THEN"
                    " RAISE EXCEPTION 'a signed gate is a record'"
                    " USING ERRCODE = 'check_violation'; END IF;"
                    " RETURN coalesce(NEW, OLD);"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.key}: {self.verdict}"

    def holds_back(self, slices: Mapping[str, str]) -> bool:
        """Whether it keeps back a document of these slices ({dimension: key})."""
        names = self.dimension.split(CROSS) if self.dimension else []
        words = dict(zip(names, self.key.split(CROSS), strict=False))
        return self.holds and words.items() <= slices.items()


class AcceptanceProofQuerySet(models.QuerySet["AcceptanceProof"]):
    def standing(self) -> AcceptanceProofQuerySet:
        return self.filter(ended_at__isnull=True)

    def of(
        self, version: PipelineVersion, document_type: str
    ) -> AcceptanceProof | None:
        """What is known now of a version's acceptance of a type."""
        return (
            self.standing()
            .filter(pipeline_version=version, document_type=document_type)
            .first()
        )


class AcceptanceProof(models.Model):
    """What is known of a version's automatic acceptance: how seldom it errs.

    It is of one version and one document type and ends with either; a version without
    one has nothing proven. target: the share of accepted documents that are right,
    proven with the given confidence, both 0..1.
    """

    proof_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pipeline_version = models.ForeignKey(
        PipelineVersion, models.PROTECT, related_name="proofs"
    )
    document_type = models.CharField(max_length=50, blank=True)
    golden_set = models.ForeignKey(
        GoldenSet, models.PROTECT, null=True, related_name="+"
    )
    target = models.FloatField()
    confidence = models.FloatField()
    threshold = models.FloatField(
        help_text="documents whose least critical confidence is at or above it"
    )
    cases = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField(help_text="of the accepted")
    audited = models.PositiveIntegerField(default=0)
    audited_wrong = models.PositiveIntegerField(default=0)
    proven = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=50, blank=True)

    objects = AcceptanceProofQuerySet.as_manager()

    class Meta:
        db_table = "acceptance_proof"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline_version", "document_type"],
                condition=models.Q(ended_at__isnull=True),
                name="one_standing_proof",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | ~models.Q(ended_because=""),
                name="ended_proof_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    target__gt=0, target__lt=1, confidence__gt=0, confidence__lt=1
                ),
                name="proof_promises_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    accepted__lte=models.F("cases"),
                    wrong__lte=models.F("accepted"),
                    audited_wrong__lte=models.F("audited"),
                )
                & (models.Q(proven=False) | models.Q(accepted__gt=0)),
                name="proof_counts_what_it_says",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="proof_is_a_record",
                exclude=["audited", "audited_wrong", "ended_at", "ended_because"],
            ),
            pgtrigger.Protect(name="proof_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="audits_only_add",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__audited__gt=pgtrigger.F("new__audited"))
                | pgtrigger.Q(old__audited_wrong__gt=pgtrigger.F("new__audited_wrong")),
            ),
            pgtrigger.Trigger(
                name="ended_proof_stays_ended",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
                func=(
                    "RAISE EXCEPTION 'a proof that ended is a record'"
                    " USING ERRCODE = 'check_violation';"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pipeline_version}: {self.target:.1%} of what it accepts"
