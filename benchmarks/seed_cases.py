"""Real and planted questions of a database, for benchmarks.seeds."""

from __future__ import annotations

import io
import os
import random
from dataclasses import dataclass
from functools import cache
from unittest import mock

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction

from benchmarks import extraction
from catalog.models import (
    Generation,
    GoldenCase,
    GoldenValue,
    Tenant,
)
from catalog.services import (
    NewArtifact,
    Reading,
    register_source,
    store_generation,
)
from pipeline import versions
from pipeline.claims import Claim, ValueType
from pipeline.doubts import Doubt
from pipeline.engines.rules import RulesEngine
from pipeline.extracting.values import normalise
from pipeline.manifests_read import manifest_of
from pipeline.models import PipelineVersion
from pipeline.report import live_fields
from reviewer import services, triage
from reviewer.checks import planting
from reviewer.checks.confusions import family_of
from reviewer.checks.donors import Donors
from reviewer.checks.slips import learn
from reviewer.models import CheckShare, ReviewTask
from reviewer.wording import ABOUT_THE_DOCUMENT


@dataclass(frozen=True, slots=True)
class Seen:
    """A question as a reviewer sees it; case: its number."""

    case: int
    planted: bool
    words: tuple[str, ...]
    numbers: tuple[float, ...]


def seen_of(case: int, place: int, doubt: Doubt, *, planted: bool) -> Seen:
    claim = doubt.claim
    value = claim.value if claim else ""
    signs = len(value) or 1
    return Seen(
        case,
        planted,
        words=(
            f"field {family_of(doubt.slot)}",
            f"reason {doubt.reason}",
            f"status {claim.status if claim and value else 'nothing'}",
        ),
        numbers=(
            float(place),
            claim.confidence if claim and value else 0.0,
            float(len(claim.candidates)) if claim else 0.0,
            float(bool(claim and claim.region)),
            float(len(value)),
            sum(map(str.isdigit, value)) / signs,
            sum(map(str.isupper, value)) / signs,
            float(bool(claim and claim.raw != value)),
        ),
    )


@dataclass(slots=True)
class Cases:
    """all: with doubts about single values. tries: to plant, in all of them together;
    free: what the donors of each expected of one try."""

    rows: list[Seen]
    all: int = 0
    tries: int = 0
    free: float = 0.0


def fill() -> None:
    """Nothing twice: a second call finds its tenant and reads no more."""
    tenant, made = Tenant.objects.get_or_create(slug="labels", name="Labels")
    if not made:
        return
    CheckShare.objects.create(tenant=tenant, share=0)
    version, engine = versions.ensure_built_in(), RulesEngine()
    for number, document in enumerate(extraction.label_documents(None)):
        with transaction.atomic():
            read = extraction.process(engine, document)
            generation = _stored(tenant, version, document, read)
            services.open_task(generation=generation)
            if number % 2:
                file_truth(generation, document)
    print(ReviewTask.objects.filter(tenant=tenant).count(), "cases")


def file_truth(generation: Generation, document: extraction.Document) -> None:
    """What an installation would have learned from its corrections."""
    said = {one.slot: one for one in live_fields(generation)}
    case = GoldenCase.objects.create(
        source=generation.source,
        document_type=generation.document_type,
        came_from=GoldenCase.CameFrom.IMPORT,
    )
    for slot, true in document.truth.items():
        if true and slot in said and extraction.TYPES[slot] is not ValueType.ADDRESS:
            GoldenValue.objects.create(
                case=case,
                slot=slot,
                value_type=extraction.TYPES[slot],
                value=normalise(extraction.TYPES[slot], true) or true,
                machine_value=(said[slot].payload or {})["value"],
                machine_region=said[slot].region,
                pipeline_version=generation.pipeline_version,
            )


def _stored(
    tenant: Tenant,
    version: PipelineVersion,
    document: extraction.Document,
    read: extraction.Result,
) -> Generation:
    stream = io.BytesIO(f"%PDF-1.4 {document.name}".encode())
    source = register_source(tenant=tenant, stream=stream, name=document.name).source
    words = NewArtifact("ocr", "page=1", "ocr", payload=document.pages[0].as_json())
    return store_generation(
        source=source,
        reading=Reading(
            pipeline_name=version.name,
            pipeline_version=version.version,
            complete=True,
            disposition=read.disposition,
            reason=read.reason,
            document_type=read.extraction.document_type,
            template_key="",
            artifacts=[words, *map(_field, read.extraction.claims)],
        ),
    )


def _field(claim: Claim) -> NewArtifact:
    payload = claim.as_json()
    region = payload.pop("region")
    return NewArtifact(
        "field",
        claim.slot,
        "verify",
        model_id="rules",
        payload=payload,
        region=region,
        inputs=(("ocr", "page=1"),),
    )


def questions(times: int, slug: str | None) -> Cases:
    """Real ones as they are asked, and those that were planted among them."""
    found = Cases([])
    known: dict[tuple[object, str], Donors] = {}
    # Learned once, since nothing is corrected meanwhile.
    mock.patch.object(planting, "learn", cache(learn)).start()
    tasks = ReviewTask.objects.asking(ReviewTask.Asks.DOUBTS)
    if slug:
        tasks = tasks.filter(tenant__slug=slug)
    for task in tasks.select_related("generation__source").order_by("pk"):
        generation = task.generation
        fields = live_fields(generation)
        manifest = manifest_of(generation)
        spec = manifest.document_type(generation.document_type)
        doubts = triage.questions(
            generation=generation, fields=fields, manifest=manifest
        )
        if spec is None or not doubts or doubts[0].reason in ABOUT_THE_DOCUMENT:
            continue
        found.all += 1
        found.rows += [
            seen_of(found.all, place, doubt, planted=False)
            for place, doubt in enumerate(doubts)
        ]
        tenant_id = generation.source.tenant_id
        key = tenant_id, generation.document_type
        if key not in known:
            known[key] = Donors.of(*key, spec)
        donors = known[key]
        found.free += donors.free if donors.enough else 1.0
        for time in range(times):
            found.tries += 1
            thrown = dice(found.all, time)
            seed = planting.make_seed(generation, doubts, fields, spec, donors, thrown)
            if seed is not None:
                doubt = seed.doubts[seed.place]
                found.rows.append(seen_of(found.all, seed.place, doubt, planted=True))
    return found


def dice(case: int, time: int) -> random.Random:
    return random.Random(f"{case} {time}")  # noqa: S311 - so that runs are alike
