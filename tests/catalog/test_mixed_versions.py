"""What the corpus is made of: the matrix and what is mixed, against a recount."""

from __future__ import annotations

import io
import json
from collections import Counter
from itertools import groupby

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from catalog.models import (
    LINES,
    DerivedArtifact,
    Generation,
    SourceMedia,
    Version,
    VersionTally,
)
from tests.corpus import make_corpus, put_in_place, read
from tests.factories import make_source, make_tenant

pytestmark = pytest.mark.django_db


def recount(by: str) -> dict[object, Counter[Version]]:
    lines: dict[object, Counter[Version]] = {}
    for g in Generation.objects.select_related("source__tenant"):
        key = {
            "tenant": g.source.tenant_id,
            "template": g.template_key,
            "type": g.document_type,
        }[by]
        if g.state == "current" and key != "":
            version = Version(g.pipeline_name, g.pipeline_version)
            lines.setdefault(key, Counter())[version] += 1
    return lines


@pytest.mark.parametrize("by", LINES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_matrix_is_what_a_recount_gives(by: str, seed: int) -> None:
    make_corpus(seed)

    matrix = VersionTally.objects.all().matrix(by)

    assert {line.key: line.versions for line in matrix.lines} == recount(by)
    for version in matrix.versions:
        assert matrix.total_of(version) == sum(
            line[version] for line in recount(by).values()
        )


def test_columns_are_in_order_of_versions_and_mixed_lines_on_top() -> None:
    make_corpus(3)

    matrix = VersionTally.objects.all().matrix("template")

    ours = [
        v.pipeline_version for v in matrix.versions if v.pipeline_name == "doc-extract"
    ]
    assert ours == sorted(ours, key=lambda v: [int(n) for n in v.split(".")])
    mixed = [line.is_mixed for line in matrix.lines]
    assert mixed == sorted(mixed, reverse=True)
    assert any(mixed)


def test_other_models_of_one_version_are_told_but_are_no_mix() -> None:
    read(make_source(), model="ocr-1")
    read(make_source(), model="")

    (line,) = VersionTally.objects.all().mixed("template").lines

    assert line.has_several_models
    assert not line.is_mixed
    assert line.models == {"doc-extract": {"ocr-1+rules-1": 1, "rules-1": 1}}


def test_two_pipelines_of_one_version_each_are_no_mixed_line() -> None:
    source = make_source()
    read(source)
    read(source, pipeline="mail-extract", version="7.0.0")

    assert not VersionTally.objects.all().mixed("tenant").lines


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mixed_sources_are_those_that_a_recount_finds(seed: int) -> None:
    make_corpus(seed)
    rows = sorted(
        (str(a.source_id), a.kind, a.pipeline_name, a.pipeline_version)
        for a in DerivedArtifact.objects.current()
    )
    expected = {
        source
        for (source, _), group in groupby(rows, key=lambda row: row[:2])
        if len({row[2:] for row in group}) > 1
    }

    found = SourceMedia.objects.with_mixed_versions()

    assert {str(s.pk) for s in found} == expected
    assert expected


def test_a_source_that_was_rolled_back_and_corrected_is_not_mixed() -> None:
    source = make_source()
    read(source)
    put_in_place(read(source, "1.1.0"))

    assert not SourceMedia.objects.with_mixed_versions().exists()


def test_only_the_asked_tenants_are_looked_at() -> None:
    tenants = make_corpus(1)
    harbour = tenants["harbour"]

    found = SourceMedia.objects.with_mixed_versions([harbour.pk])
    matrix = VersionTally.objects.of_tenants([harbour.pk]).matrix("tenant")

    whole = SourceMedia.objects.with_mixed_versions().filter(tenant=harbour)
    assert set(found.filter(tenant=harbour)) == set(whole)
    assert [line.key for line in matrix.lines] == [harbour.pk]


def test_the_database_refuses_an_artifact_of_another_version() -> None:
    generation = read(make_source())
    artifact = DerivedArtifact.objects.filter(generation=generation).first()
    assert artifact is not None
    artifact.pk, artifact.slot, artifact.pipeline_version = None, "other", "9.9.9"
    artifact._state.adding = True

    with pytest.raises(DatabaseError, match="another version"), transaction.atomic():
        artifact.save(force_insert=True)


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("mixed_versions", *words, stdout=out)
    return out.getvalue()


def test_the_command_tells_the_same_in_json() -> None:
    make_corpus(1)

    told = json.loads(command("--json", "--by", "template"))

    matrix = VersionTally.objects.all().matrix("template")
    assert told["by"] == "template"
    assert [line["template"] for line in told["lines"]] == [
        line.key for line in matrix.lines
    ]
    assert told["lines"][0]["versions"] == {
        str(version): count for version, count in matrix.lines[0].versions.items()
    }
    assert told["mixed_sources"]["count"] == len(told["mixed_sources"]["sources"])
    assert told["mixed_sources"]["count"] > 0


def test_the_command_draws_a_table() -> None:
    make_corpus(1)

    table = command("--tenant", "harbour")

    assert "harbour" in table
    assert "meadow" not in table
    assert "doc-extract 1.1.0" in table


def test_a_tenant_that_is_none_is_said() -> None:
    make_tenant("harbour")

    with pytest.raises(CommandError, match="Known: harbour"):
        command("--tenant", "nowhere")
