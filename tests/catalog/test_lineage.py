"""Where artifacts come from and what was made of them: both closures, whole."""

from __future__ import annotations

import io
import json
import uuid
from random import Random

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from catalog.lineage import DOWN, UP, lineage_of
from catalog.models import ArtifactInput, DerivedArtifact
from catalog.services import NewArtifact, Reading, store_generation
from tests.corpus import put_in_place, read
from tests.factories import make_source, make_tenant

pytestmark = pytest.mark.django_db


def make_web(seed: int) -> list[DerivedArtifact]:
    """Forty artifacts, each made from the original or from up to three before it."""
    chance = Random(seed)  # noqa: S311 - no secret
    artifacts = []
    for number in range(40):
        before = [("crop", str(n)) for n in range(number)]
        inputs = chance.sample(before, min(len(before), chance.randint(0, 3)))
        artifacts.append(
            NewArtifact("crop", str(number), "s", payload={"n": number}, inputs=inputs)
        )
    generation = store_generation(
        source=make_source(make_tenant("harbour")),
        reading=Reading(
            pipeline_name="doc-extract",
            pipeline_version="1.0.0",
            complete=True,
            disposition="auto_accept",
            reason="all_critical_verified",
            artifacts=artifacts,
        ),
    )
    return list(DerivedArtifact.objects.filter(generation=generation))


def closure(root: uuid.UUID, direction: str) -> set[uuid.UUID]:
    edges = ArtifactInput.objects.exclude(input_artifact=None)
    steps = [
        (e.artifact_id, e.input_artifact_id)
        if direction == UP
        else (e.input_artifact_id, e.artifact_id)
        for e in edges
    ]
    reached = {root}
    while more := {b for a, b in steps if a in reached and b is not None} - reached:
        reached |= more
    return reached


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_closures_are_those_of_a_walk(seed: int) -> None:
    for artifact in Random(seed).sample(make_web(seed), 8):  # noqa: S311 - no secret
        up = DerivedArtifact.objects.making_up(artifact.pk)
        down = DerivedArtifact.objects.made_from(artifact.pk)

        assert {a.pk for a in up} == closure(artifact.pk, UP)
        assert {a.pk for a in down} == closure(artifact.pk, DOWN)

        found = lineage_of(artifact)
        nodes = closure(artifact.pk, UP) | closure(artifact.pk, DOWN)
        assert set(found.artifacts) == nodes
        edges = {
            (e.artifact_id, e.input_artifact_id or artifact.source_id)
            for e in ArtifactInput.objects.filter(artifact__in=nodes)
            if e.input_artifact_id is None or e.input_artifact_id in nodes
        }
        assert {(e.made, e.made_from) for e in found.edges} == edges
        assert len(found.edges) == len(edges)


def test_it_leads_to_the_bytes() -> None:
    generation = read(make_source())
    total = DerivedArtifact.objects.get(generation=generation, kind="field")

    found = lineage_of(total, directions=[UP])

    kinds = [
        found.artifacts[node]["kind"] if node in found.artifacts else "original"
        for _, node, _ in found.tree(UP)
    ]
    assert kinds == ["field", "ocr", "original"]
    (original,) = found.originals.values()
    assert original.content_hash == total.source_hash


def test_it_goes_on_through_a_rollback() -> None:
    from catalog.services import roll_back

    source = make_source()
    old = read(source)
    batch = put_in_place(read(source, "1.1.0"))
    roll_back(promotions=batch.promotions.all(), of_batch=batch)
    words = DerivedArtifact.objects.get(generation=old, kind="ocr")

    made = DerivedArtifact.objects.made_from(words.pk)

    assert {a.origin for a in made.exclude(generation=old)} == {"restore"}
    assert {a.kind for a in made} == {"ocr", "field"}


def test_a_stranger_sees_no_node_of_others(charlie: User) -> None:
    artifact = make_web(1)[0]

    found = lineage_of(artifact, viewer=charlie)

    assert (found.artifacts, found.edges, found.originals) == ({}, [], {})


def test_each_node_is_opened_once() -> None:
    artifact = make_web(2)[0]
    found = lineage_of(artifact, directions=[DOWN])

    opened = [node for _, node, again in found.tree(DOWN) if not again]

    assert sorted(opened) == sorted(found.artifacts)


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("lineage", *words, stdout=out)
    return out.getvalue()


def test_the_command_draws_a_tree() -> None:
    generation = read(make_source())
    total = DerivedArtifact.objects.get(generation=generation, kind="field")

    lines = command(str(total.pk)).splitlines()

    assert lines[0].startswith("field total")
    assert any(line.strip().startswith("ocr page=1") for line in lines)
    assert any("original" in line and total.source_hash in line for line in lines)


def test_the_command_gives_nodes_and_edges() -> None:
    artifact = make_web(3)[5]

    told = json.loads(command(str(artifact.pk), "--json"))

    found = lineage_of(artifact)
    assert len(told["nodes"]) == len(found.artifacts) + len(found.originals)
    assert len(told["edges"]) == len(found.edges)


def test_an_id_that_is_none_is_said() -> None:
    with pytest.raises(CommandError, match="no artifact"):
        command(str(uuid.uuid4()))
    with pytest.raises(CommandError, match="no artifact"):
        command("total")
