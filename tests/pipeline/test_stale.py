"""What is behind the active version, and why."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.models import Generation, SourceMedia
from pipeline import versions
from pipeline.changes import changes_between
from pipeline.definitions.document_types import BUILT_IN
from pipeline.manifest import Manifest, StepEntry
from pipeline.models import PipelineVersion
from pipeline.staleness import staleness_of
from tests.corpus import make_corpus, read
from tests.factories import make_source, make_tenant, make_user

pytestmark = pytest.mark.django_db

OLD = Manifest(
    steps=(
        StepEntry("ocr", "1.0.0", "ocr", {"dpi": 200}),
        StepEntry("verify", "1.0.0", "", {}),
    ),
    engines={"ocr": {"model_id": "ocr-1", "weights_digest": "a", "options": {}}},
    document_types=BUILT_IN,
)
CODE = replace(OLD, steps=(OLD.steps[0], StepEntry("verify", "1.1.0", "", {})))
ALL = replace(
    CODE,
    steps=(StepEntry("ocr", "1.0.0", "ocr", {"dpi": 300}), CODE.steps[1]),
    engines={"ocr": {"model_id": "ocr-2", "weights_digest": "b", "options": {}}},
    document_types=BUILT_IN[1:],
)


def release(
    version: str, manifest: Manifest, *, active: bool = False
) -> PipelineVersion:
    made = PipelineVersion.objects.create(
        version=version,
        manifest=manifest.as_json(),
        digest=manifest.digest,
        state="released",
    )
    return versions.activate(version=made) if active else made


@pytest.fixture
def target() -> PipelineVersion:
    release("1.0.0", OLD)
    release("1.1.0", CODE)
    return release("1.10.0", ALL, active=True)


def test_changes_name_each_component_once() -> None:
    found = {str(c.component): (c.was, c.now) for c in changes_between(OLD, ALL)}

    assert found == {
        "code verify": ("1.0.0", "1.1.0"),
        "parameters ocr": ("dpi=200", "dpi=300"),
        "model ocr": ("ocr-1", "ocr-2"),
        f"document type {BUILT_IN[0].name}": ("there", "not there"),
    }
    assert not changes_between(ALL, ALL)


def test_other_weights_are_told_from_another_model() -> None:
    other = replace(OLD, engines={"ocr": {**OLD.engines["ocr"], "weights_digest": "c"}})

    (change,) = changes_between(OLD, other)

    assert change.now == "ocr-1, other weights or options"


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_counts_and_sources_are_those_of_a_recount(
    seed: int, target: PipelineVersion
) -> None:
    make_corpus(seed)
    current = [
        g
        for g in Generation.objects.all()
        if g.state == "current" and g.pipeline_name == "doc-extract"
    ]
    expected = {g.source_id for g in current if g.pipeline_version != "1.10.0"}

    found = staleness_of(target)

    assert found.stale == len(expected)
    assert found.fresh == len(current) - len(expected)
    assert {g.source_id for g in found.generations()} == expected
    causes = {str(c.component): c.generations for c in found.causes}
    assert causes["model ocr"] == len(expected)
    assert causes["code verify"] == len(
        [g for g in current if g.pipeline_version == "1.0.0"]
    )
    by_code = {g.source_id for g in found.generations("code verify")}
    assert by_code == {g.source_id for g in current if g.pipeline_version == "1.0.0"}


def test_a_version_that_nobody_knows_is_said(target: PipelineVersion) -> None:
    read(make_source(), "0.9.0")

    (behind,) = staleness_of(target).behind

    assert [str(c.component) for c in behind.changes] == ["unknown version 0.9.0"]


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("stale", *words, stdout=out)
    return out.getvalue()


def test_the_command_answers(target: PipelineVersion) -> None:
    make_corpus(1)

    told = json.loads(command("--json", "--sources"))
    assert told["target"] == "doc-extract@1.10.0"
    assert len(told["sources"]) == told["stale"] == staleness_of(target).stale
    named = json.loads(command("--json", "--pipeline", "doc-extract@1.0.0"))
    assert named["target"] == "doc-extract@1.0.0"
    table = command("--component", "code verify", "--sources", "--tenant", "harbour")
    assert "model ocr" in table


def test_the_command_says_what_it_does_not_know(target: PipelineVersion) -> None:
    with pytest.raises(CommandError, match=r"Released: .*doc-extract@1\.0\.0"):
        command("--pipeline", "doc-extract@9.9.9")
    with pytest.raises(CommandError, match="Changed: nothing"):
        command("--component", "code ocr")


def test_the_api_answers_managers_with_their_own(
    client: Client, target: PipelineVersion, alice: User
) -> None:
    make_corpus(1)
    mara = make_user("mara", make_tenant("harbour"), role="manager")
    own = SourceMedia.objects.filter(tenant__slug="harbour")

    client.force_login(mara)
    told = client.get("/api/v1/stale/").json()
    assert told == client.get("/api/v1/stale/?tenant=harbour").json()
    rows, address = [], "/api/v1/stale/sources/?page_size=2"
    while address:
        page = client.get(address).json()
        rows += page["results"]
        assert page["count"] == told["stale"]
        address = page["next"]
    assert len({row["source_id"] for row in rows}) == len(rows) == told["stale"]
    assert {row["source_id"] for row in rows} <= {str(s.pk) for s in own}

    client.force_login(alice)
    assert client.get("/api/v1/stale/").status_code == 403


def test_the_api_refuses_what_is_not_there(
    client: Client, target: PipelineVersion
) -> None:
    make_tenant("meadow")
    client.force_login(make_user("mara", make_tenant("harbour"), role="admin"))

    for query in ("tenant=meadow", "tenant=nowhere", "pipeline=doc-extract@9.9.9"):
        assert client.get(f"/api/v1/stale/?{query}").status_code == 404
    assert client.get("/api/v1/stale/sources/?after=x").status_code == 400
