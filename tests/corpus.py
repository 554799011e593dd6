"""A small corpus by chance: tenants, templates, versions, promotions, deliveries."""

from __future__ import annotations

from random import Random
from typing import Any

from django.contrib.auth.models import User

from catalog.models import DerivedArtifact, Generation, SourceMedia, Tenant
from catalog.services import (
    NewArtifact,
    Reading,
    compare_by_hash,
    promote,
    record_delivery,
    roll_back,
    store_generation,
)
from tests.factories import make_source, make_tenant, make_user

VERSIONS = ("1.0.0", "1.1.0", "1.10.0")
TEMPLATES = ("t-freight", "t-hotel", "")
TYPES = ("invoice", "receipt")
OUTCOMES = ("ok", "conflict", "failed")


def read(
    source: SourceMedia,
    version: str = "1.0.0",
    *,
    template: str = "t-freight",
    document_type: str = "invoice",
    model: str = "ocr-1",
    pipeline: str = "doc-extract",
    outcome: str = "ok",
    total: str = "21.20",
) -> Generation:
    """A reading of three artifacts: words, a total made from them, and a thumbnail."""
    artifacts = [
        NewArtifact("ocr", "page=1", "ocr", model_id=model, payload={"page": 1}),
        NewArtifact("thumbnail", "page=1", "thumbnail", payload={"w": 1}),
        NewArtifact(
            "field",
            "total",
            "verify",
            model_id="rules-1",
            payload={"value": total, "value_type": "money", "status": "verified"},
            inputs=[("ocr", "page=1")],
        ),
    ]
    return store_generation(
        source=source,
        reading=Reading(
            pipeline_name=pipeline,
            pipeline_version=version,
            complete=True,
            disposition="auto_accept",
            reason="all_critical_verified",
            document_type=document_type,
            template_key=template,
            steps=[
                {"step": "ocr", "outcome": "ok"},
                {"step": "verify", "outcome": outcome},
            ],
            artifacts=artifacts,
        ),
    )


def put_in_place(*candidates: Generation, note: str = "", **kwargs: Any) -> Any:
    chosen = Generation.objects.filter(pk__in=[g.pk for g in candidates])
    compare_by_hash(candidates=chosen)
    return promote(candidates=chosen, note=note, **kwargs).batch


def make_corpus(seed: int, *, size: int = 24) -> dict[str, Tenant]:
    """Sources of harbour and meadow; a part promoted, of that a part rolled back, a
    part told to two people."""
    chance = Random(seed)  # noqa: S311 - no secret
    tenants = {slug: make_tenant(slug) for slug in ("harbour", "meadow")}
    candidates = []
    for _ in range(size):
        source = make_source(chance.choice(list(tenants.values())))
        words: dict[str, Any] = {
            "template": chance.choice(TEMPLATES),
            "document_type": chance.choice(TYPES),
            "outcome": chance.choice(OUTCOMES),
            "model": chance.choice(("ocr-1", "ocr-2", "")),
        }
        read(source, VERSIONS[0], **words)
        for version in VERSIONS[1:]:
            if chance.random() < 0.4:
                newer = read(source, version, **words, total=f"{chance.random():.2f}")
                candidates.append(newer)
        if chance.random() < 0.3:
            read(source, "1.0.0", pipeline="mail-extract", **words)
    one_a_source = {g.source_id: g for g in candidates}
    if one_a_source:
        batch = put_in_place(*one_a_source.values())
        back = [p.pk for p in batch.promotions.all() if chance.random() < 0.3]
        if back:
            roll_back(promotions=batch.promotions.filter(pk__in=back), of_batch=batch)
    tell(chance, tenants)
    return tenants


def tell(chance: Random, tenants: dict[str, Tenant]) -> None:
    people = [_person("ida"), _person("jon")]
    for tenant in tenants.values():
        artifacts = DerivedArtifact.objects.filter(source__tenant=tenant, kind="field")
        for _ in range(3):
            ids = [a.pk for a in artifacts if chance.random() < 0.4]
            record_delivery(
                tenant=tenant,
                recipient=chance.choice(people),
                form="csv",
                artifact_ids=ids,
            )


def _person(name: str) -> User:
    return User.objects.filter(username=name).first() or make_user(name)
