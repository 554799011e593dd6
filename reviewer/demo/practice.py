"""A desk of simulated reviewers with known error rates, so that the proof of review has
something to show: /proof/ of its manager, docs/proof.md.

No person reads there and no machine does: its tenant, its pipeline, its people and its
documents say so by their names. What they answer goes through the same verbs as every
answer, and the figures of the page know nothing of the rates below.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog.models import Disposition, Generation, Membership, Tenant
from catalog.services import NewArtifact, Reading, register_source, store_generation
from pipeline import versions
from pipeline.claims import Claim
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion, Run
from pipeline.report import live_fields
from reviewer import services, triage
from reviewer.checks import planting
from reviewer.checks.donors import Donors
from reviewer.checks.showing import masks_of
from reviewer.demo.practice_slips import Slip, slip
from reviewer.models import ReviewItem, ReviewTask, Verdict
from reviewer.services.asking import file_task
from reviewer.values import value_of

if TYPE_CHECKING:
    from reviewer.demo.incident import Progress

SLUG = "practice"
PIPELINE, VERSION = "practice", "1.0.0"
TYPE = "invoice"
CASES = 64
# What is planted has the looks of any reading of low confidence: nobody guesses here.
NO_DONORS = Donors((), (), 0.0)
# Which share of the errors before them each one confirms; they spoil nothing.
MISSES = {"simulated-1": 0.1, "simulated-2": 0.2, "simulated-3": 0.3}
NOTES = "Simulated: its readings are made by the demo, and by no machine."


def practise(*, built_in: PipelineVersion, progress: Progress) -> None:
    """Goes on where a load was cut off."""
    tenant = Tenant.objects.get(slug=SLUG)
    desk = Desk(tenant, _version(built_in), _people(tenant))
    for _ in progress(desk.work(), CASES, "Practising review"):
        pass


def _version(built_in: PipelineVersion) -> PipelineVersion:
    known = PipelineVersion.objects.filter(name=PIPELINE, version=VERSION).first()
    if known is None:
        known = PipelineVersion.objects.create(
            name=PIPELINE, version=VERSION, manifest=built_in.manifest, notes=NOTES
        )
    if known.state == PipelineVersion.State.DRAFT:
        known = versions.release(version=known)
    return known


def _people(tenant: Tenant) -> dict[str, User]:
    """Nobody can log in as one of them."""
    found = {}
    for name in MISSES:
        user, created = User.objects.get_or_create(username=name)
        if created:
            user.set_unusable_password()
            user.save()
        Membership.objects.get_or_create(
            user=user, tenant=tenant, defaults={"role": Membership.Role.REVIEWER}
        )
        found[name] = user
    return found


class Desk:
    """Where they practise."""

    def __init__(
        self, tenant: Tenant, version: PipelineVersion, people: Mapping[str, User]
    ) -> None:
        self.tenant, self.version, self.people = tenant, version, people
        self.manifest = Manifest.of(version)
        spec = self.manifest.document_type(TYPE)
        assert spec is not None  # noqa: S101 - of the built-in manifest
        self.spec = spec

    def work(self) -> Iterator[int]:
        names = list(self.people)
        for number in range(CASES):
            drawn, name = slip(number), names[number % len(names)]
            random = Random(f"practice {number} {name}")  # noqa: S311 - no secret
            task = self._asked(drawn, random)
            if task.state == ReviewTask.State.OPEN:
                _answer(task, self.people[name], drawn, MISSES[name], random)
            yield number

    @transaction.atomic
    def _asked(self, drawn: Slip, random: Random) -> ReviewTask:
        """Its task. An error is planted wherever one fits, and not in a few cases as
        elsewhere: so few documents would else say nothing."""
        source = register_source(
            tenant=self.tenant, stream=io.BytesIO(drawn.content), name=drawn.name
        ).source
        known = ReviewTask.objects.filter(source=source).first()
        if known is not None:
            return known
        reading = _reading(self.version, drawn)
        generation = store_generation(source=source, reading=reading)
        _file_run(generation, self.version)
        fields = live_fields(generation)
        doubts = triage.questions(
            generation=generation, fields=fields, manifest=self.manifest
        )
        seed = planting.make_seed(
            generation, doubts, fields, self.spec, NO_DONORS, random
        )
        task = file_task(generation, seed.doubts if seed else doubts, fields)
        if seed is not None:
            seed.file(task)
        return task


def _file_run(generation: Generation, version: PipelineVersion) -> None:
    """What has no run is taken for forgotten, and read by the active version."""
    Run.objects.create(
        source=generation.source,
        pipeline_version=version,
        lane=Run.Lane.BATCH,
        state=Run.State.FINISHED,
        generation=generation,
        disposition=generation.disposition,
        reason=generation.reason,
        finished_at=timezone.now(),
    )


def _reading(version: PipelineVersion, drawn: Slip) -> Reading:
    words = NewArtifact("ocr", "page=1", "ocr", payload=drawn.words.as_json())
    return Reading(
        pipeline_name=version.name,
        pipeline_version=version.version,
        complete=True,
        disposition=Disposition.HUMAN_REVIEW,
        reason="critical_low_confidence",
        document_type=TYPE,
        artifacts=[words, *map(_field, drawn.claims)],
    )


def _field(claim: Claim) -> NewArtifact:
    payload = claim.as_json()
    region = payload.pop("region")
    return NewArtifact(
        *("field", claim.slot, "verify"),
        model_id="simulated",
        payload=payload,
        region=region,
        inputs=(("ocr", "page=1"),),
    )


def _answer(
    task: ReviewTask, user: User, drawn: Slip, misses: float, random: Random
) -> None:
    held = services.reserve(user=user, task_id=task.pk)
    assert held.reservation_token is not None  # noqa: S101 - of every reserved task
    items = list(task.items.select_related("artifact").order_by("position"))
    masks_of(task, items)
    for item in items:
        services.decide(
            user=user,
            task_id=task.pk,
            token=held.reservation_token,
            answer=_said(item, drawn.truth[item.slot], misses, random),
        )


def _said(
    item: ReviewItem, truth: str, misses: float, random: Random
) -> services.Answer:
    """What is shown, if it is right or the error is missed; else what is true."""
    passes = value_of(item.artifact) == truth or random.random() < misses
    return services.Answer(
        decision_id=uuid.uuid4(),
        slot=item.slot,
        verdict=Verdict.CONFIRM if passes else Verdict.CORRECT,
        value="" if passes else truth,
        active_ms=round(1000 * random.lognormvariate(1.3, 0.4)),
    )
