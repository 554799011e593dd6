"""How far a wrong reading reaches: every count against a recount in Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog.blast_radius import BlastRadius
from catalog.models import (
    DeliveredArtifact,
    Delivery,
    DerivedArtifact,
    Generation,
    SourceMedia,
)
from catalog.slices import ANY, Slice
from tests.corpus import make_corpus, put_in_place, read
from tests.factories import make_source

pytestmark = pytest.mark.django_db

Holds = Callable[[Generation], bool]


def has_step(generation: Generation, **wanted: str) -> bool:
    return any(wanted.items() <= entry.items() for entry in generation.steps)


SLICES: dict[str, tuple[dict[str, Any], Holds]] = {
    "everything": ({}, lambda g: g.state == "current"),
    "any state": ({"state": ANY}, lambda g: True),
    "superseded": ({"state": "superseded"}, lambda g: g.state == "superseded"),
    "version": (
        {"pipeline_name": "doc-extract", "pipeline_version": "1.1.0"},
        lambda g: (
            g.state == "current"
            and (g.pipeline_name, g.pipeline_version) == ("doc-extract", "1.1.0")
        ),
    ),
    "model": (
        {"model_id": "ocr-1", "state": ANY},
        lambda g: "ocr-1" in g.model_id.split("+"),
    ),
    "template": (
        {"template_key": "t-freight"},
        lambda g: g.state == "current" and g.template_key == "t-freight",
    ),
    "no template": (
        {"template_key": "", "state": ANY},
        lambda g: g.template_key == "",
    ),
    "type and step": (
        {"document_type": "invoice", "step": "verify", "outcome": "conflict"},
        lambda g: (
            g.state == "current"
            and g.document_type == "invoice"
            and has_step(g, step="verify", outcome="conflict")
        ),
    ),
    "outcome of another step": (
        {"step": "ocr", "outcome": "conflict", "state": ANY},
        lambda g: False,
    ),
}


def recount(holds: Holds) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    every = Generation.objects.select_related("source__tenant").all()
    for slug in ("harbour", "meadow"):
        own = [g for g in every if g.source.tenant.slug == slug and holds(g)]
        if not own:
            continue
        ids = {g.pk for g in own}
        carried = [
            row
            for row in DeliveredArtifact.objects.select_related("artifact")
            if row.artifact.generation_id in ids
        ]
        artifacts = [a for a in DerivedArtifact.objects.all() if a.generation_id in ids]
        sources = {g.source_id for g in own}
        told = {row.artifact.source_id for row in carried}
        found[slug] = {
            "sources": len(sources),
            "generations": len(own),
            "artifacts": len(artifacts),
            "told_sources": len(told),
            "untold_sources": len(sources - told),
            "told_artifacts": len({row.artifact_id for row in carried}),
            "deliveries": len({row.delivery_id for row in carried}),
        }
    return found


def by_tenant(blast: BlastRadius) -> dict[str, dict[str, int]]:
    return {
        reach.tenant.slug: {
            "sources": reach.sources,
            "generations": reach.generations,
            "artifacts": reach.artifacts,
            "told_sources": reach.told_sources,
            "untold_sources": reach.untold_sources,
            "told_artifacts": reach.told_artifacts,
            "deliveries": reach.deliveries,
        }
        for reach in blast.tenants
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_are_those_of_a_recount(seed: int) -> None:
    make_corpus(seed)

    for name, (asked, holds) in SLICES.items():
        wanted = Slice(**asked)
        blast = Generation.objects.blast_radius(wanted)
        expected = recount(holds)
        assert by_tenant(blast) == expected, name
        assert {s.pk for s in SourceMedia.objects.in_slice(wanted)} == {
            g.source_id for g in Generation.objects.all() if holds(g)
        }, name
        assert SourceMedia.objects.told_of(wanted).count() == sum(
            counts["told_sources"] for counts in expected.values()
        ), name
        assert Delivery.objects.telling_of(wanted).count() == sum(
            counts["deliveries"] for counts in expected.values()
        ), name


def test_who_was_told_is_told_by_person_and_tenant() -> None:
    make_corpus(1)
    blast = Generation.objects.blast_radius(Slice(state=ANY))

    expected: dict[tuple[str, str], set[Any]] = {}
    for row in DeliveredArtifact.objects.select_related(
        "delivery__tenant", "delivery__recipient"
    ):
        key = (row.delivery.tenant.slug, row.delivery.recipient.username)
        expected.setdefault(key, set()).add(row.delivery_id)

    told = {(t.tenant.slug, t.recipient): t.deliveries for t in blast.told}
    assert told == {key: len(ids) for key, ids in expected.items()}
    assert blast.recipients == len({name for _, name in expected})


def test_time_is_that_of_the_reading() -> None:
    generation = read(make_source())
    at = generation.created_at = Generation.objects.get().created_at
    later = at + timedelta(seconds=1)

    def sources(**asked: Any) -> int:
        return Generation.objects.blast_radius(Slice(**asked)).total("sources")

    assert sources(since=at, until=later) == 1
    assert sources(since=later) == 0
    assert sources(until=at) == 0


def test_only_the_asked_tenants_are_counted() -> None:
    harbour = make_corpus(1)["harbour"]

    blast = Generation.objects.blast_radius(Slice(tenants=(harbour.pk,)))

    assert [reach.tenant for reach in blast.tenants] == [harbour]
    assert {told.tenant for told in blast.told} <= {harbour}


def test_sources_come_one_by_one_without_end_of_pages() -> None:
    make_corpus(2)
    slice_ = Slice(state=ANY)
    expected = sorted({g.source_id for g in Generation.objects.all()})
    found, after = [], None
    while page := list(Generation.objects.in_slice(slice_).after(after)[:5]):
        found += [g.source_id for g in page]
        after = page[-1].source_id

    assert found == expected


def test_a_source_of_two_readings_counts_once() -> None:
    source = make_source()
    read(source)
    put_in_place(read(source, "1.1.0"))

    blast = Generation.objects.blast_radius(Slice(state=ANY))

    assert (blast.total("sources"), blast.total("generations")) == (1, 2)


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T00:00:00Z"])
def test_words_make_a_slice(text: str) -> None:
    made = Slice.of({"since": text, "template_key": "", "model_id": None}, tenants=None)

    assert made.template_key == ""
    assert made.model_id is None
    assert made.since == datetime(2026, 11, 23, tzinfo=UTC)


def test_what_is_no_time_is_said() -> None:
    with pytest.raises(ValueError, match="is no time"):
        Slice.of({"until": "yesterday"}, tenants=None)
