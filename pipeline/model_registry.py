"""Which models versions name: written down when a version is released or a service says
what it is; listed with their prices; warned of before they are gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, FloatField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from pipeline.engines.tariff import MILLION, TOLERANCE
from pipeline.events import StepRecord
from pipeline.manifest import Manifest
from pipeline.models import (
    ModelEntry,
    ModelPrice,
    PipelineVersion,
    StepEvent,
    TokenFormula,
)

SOON = timedelta(days=30)
# Answers of so many days say whether a formula still counts as the service does.
LOOKED_BACK = timedelta(days=7)


def register_models_of(manifest: Manifest) -> None:
    """Write down a version's models that are not known yet.

    Local ones by the digest of their weights; of a service's model nothing is known but
    its name, until it answers.
    """
    _add(
        ModelEntry(
            model_id=engine["model_id"],
            kind=_kind(engine["weights_digest"]),
            weights_digest=engine["weights_digest"],
        )
        for engine in manifest.engines.values()
    )


def register_released() -> int:
    """The same of all released versions; how many models were new."""
    before = ModelEntry.objects.count()
    for version in PipelineVersion.objects.exclude(state=PipelineVersion.State.DRAFT):
        register_models_of(Manifest.of(version))
    return ModelEntry.objects.count() - before


def register_reported(records: Sequence[StepRecord]) -> None:
    """Write down, in the caller's transaction, what answers say their model was."""
    _add(
        ModelEntry(model_id=record.model_id, kind="remote", response_version=name)
        for record in records
        if record.model_id and not record.taken_from
        for name in record.detail.get("reported_models", ())
    )


def _add(entries: Iterator[ModelEntry]) -> None:
    names = ("model_id", "weights_digest", "response_version")
    wanted = {tuple(getattr(entry, name) for name in names): entry for entry in entries}
    known = ModelEntry.objects.filter(model_id__in={key[0] for key in wanted})
    for key in known.values_list(*names):
        wanted.pop(key, None)
    # In one order, so that two workers who bring the same ones cannot deadlock.
    new = [wanted[key] for key in sorted(wanted)]
    ModelEntry.objects.bulk_create(new, ignore_conflicts=True)


def _kind(weights_digest: str) -> str:
    kinds = ModelEntry.Kind
    return (kinds.LOCAL if weights_digest else kinds.REMOTE).value


@dataclass(frozen=True, slots=True)
class Listed:
    """A model today. before: what its service called itself until then. residual: by
    how much reported tokens differ from the formula's, as a share, over the last week's
    calls; None where none could be compared.
    """

    entry: ModelEntry
    versions: tuple[PipelineVersion, ...]
    price: ModelPrice | None
    formula: TokenFormula | None
    residual: float | None
    before: str = ""

    @property
    def active(self) -> bool:
        return any(version.active for version in self.versions)

    @property
    def dollars(self) -> tuple[float, float] | None:
        """In and out, a million tokens."""
        if self.price is None:
            return None
        both = self.price.input_micro_usd, self.price.output_micro_usd
        return both[0] / MILLION, both[1] / MILLION

    @property
    def residual_percent(self) -> str:
        return f"{100 * (self.residual or 0):+.0f}"

    @property
    def warnings(self) -> list[str]:
        return self.warnings_on(timezone.now().date())

    def warnings_on(self, today: date) -> list[str]:
        """Sentences that say what to do."""
        if self.entry.kind != ModelEntry.Kind.REMOTE:
            return []
        return list(self._warnings(today))

    def _warnings(self, today: date) -> Iterator[str]:
        name, retires = self.entry.model_id, self.entry.retires_at
        if retires is not None and retires <= today + SOON and self.versions:
            ends = "retired" if retires <= today else "will be retired"
            yield (
                f"{name} {ends} on {_day(retires)}: bring in another model"
                " in a draft and pass its gate before."
            )
        seen = self.entry.first_seen_at.date()
        if self.before and self.active and seen > today - SOON:
            yield (
                f"{name} answers as {self.entry.response_version} since {_day(seen)},"
                f" before as {self.before}: compare the two, and pin one by answers_as."
            )
        if self.active and self.price is None:
            yield f"What {name} costs is not known: add its price."
        if self.residual is not None and abs(self.residual) > TOLERANCE:
            yield (
                f"{name} reports {self.residual:+.0%} tokens against its formula: add"
                " the formula that its provider counts by now."
            )


def retired(manifest: Manifest, *, today: date | None = None) -> dict[str, date]:
    """The version's models that nobody can ask any more, and since when."""
    names = {engine["model_id"] for engine in manifest.engines.values()}
    day = today or timezone.now().date()
    gone = ModelEntry.objects.filter(model_id__in=names).retiring(by=day)
    return {
        name: since
        for name, since in gone.order_by("model_id", "-retires_at").values_list(
            "model_id", "retires_at"
        )
        if since is not None
    }


def retired_said(manifest: Manifest) -> str:
    """What to do about retired models, without the version's name; "" without any."""
    told = [f"{name} since {_day(day)}" for name, day in retired(manifest).items()]
    if not told:
        return ""
    return (
        f"it asks a model that is retired ({', '.join(told)}). Choose another model in"
        " a draft, or put the date right under Models in the admin."
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def listed(*, today: date | None = None) -> list[Listed]:
    """Every model, with what is said of it today."""
    today = today or timezone.now().date()
    versions: dict[str, list[PipelineVersion]] = {}
    released = PipelineVersion.objects.exclude(state=PipelineVersion.State.DRAFT)
    for version in released:
        for name in {e["model_id"] for e in version.manifest["engines"].values()}:
            versions.setdefault(name, []).append(version)
    before = _reported_before()
    residuals = residuals_since(timezone.now() - LOOKED_BACK)
    return [
        Listed(
            entry=entry,
            versions=tuple(_naming(entry, versions.get(entry.model_id, ()))),
            price=ModelPrice.objects.of(entry.model_id, on=today),
            formula=TokenFormula.objects.of(entry.model_id, on=today),
            residual=residuals.get(entry.model_id),
            before=before.get(entry.pk, ""),
        )
        for entry in ModelEntry.objects.all()
    ]


def _reported_before() -> dict[UUID, str]:
    """By entry, what answers of the same name reported before they reported it."""
    last: dict[str, str] = {}
    found: dict[UUID, str] = {}
    reported = ModelEntry.objects.remote().exclude(response_version="")
    for entry in reported.order_by("first_seen_at"):
        if entry.model_id in last:
            found[entry.pk] = last[entry.model_id]
        last[entry.model_id] = entry.response_version
    return found


def warnings() -> list[str]:
    """What operators have to know of the models in use, each once."""
    return list(dict.fromkeys(said for one in listed() for said in one.warnings))


def residuals_since(moment: datetime) -> dict[str, float]:
    """By model, the mean share by which reported tokens differ from the formula's."""
    residual = Cast(KeyTextTransform("tokens_residual", "quality"), FloatField())
    rows = (
        StepEvent.objects.filter(
            created_at__gte=moment, quality__has_key="tokens_residual"
        )
        .values("model_id")
        .annotate(mean=Avg(residual))
    )
    return {row["model_id"]: row["mean"] for row in rows}


def _naming(
    entry: ModelEntry, versions: Sequence[PipelineVersion]
) -> Iterator[PipelineVersion]:
    """Of the versions that name the model, those that froze these weights."""
    for version in versions:
        engines: list[dict[str, Any]] = list(version.manifest["engines"].values())
        if any(
            engine["model_id"] == entry.model_id
            and engine["weights_digest"] == entry.weights_digest
            for engine in engines
        ):
            yield version
