from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Generation
from catalog.services import freeze_golden_set, promote
from pipeline.comparing import compare_generations
from pipeline.models import PipelineVersion
from tests.factories import make_run, make_source, make_tenant, make_version
from tests.pipeline.compared_readings import fields, know, read

pytestmark = pytest.mark.django_db
TRUE = {"total": "21.20", "date": "2018-01-11", "company": "Gin Kee"}


def told(*args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("evaluate", *args, stdout=out, **options)
    return out.getvalue()


def answer(*args: str, **options: Any) -> Any:
    return json.loads(told(*args, json=True, **options))


@pytest.fixture
def corpus() -> None:
    """Three of harbour, one of meadow; 1.1.0 reads two totals wrong, one right."""
    for i, total in enumerate(("21.20", "2.12", "21.20", "2.12")):
        source = make_source(make_tenant("meadow" if i == 3 else "harbour"))
        know(source, **TRUE)
        read(source, total="2.12" if i == 2 else "21.20")
        read(source, "1.1.0", total=total)


@pytest.mark.usefixtures("corpus")
def test_a_version_is_measured_and_set_beside_another() -> None:
    found = answer("doc-extract@1.1.0", against="doc-extract@1.0.0")
    assert found["figures"]["fields"]["right"] == 10
    assert found["figures"]["by_field"]["total"]["f1"] == 0.5
    assert found["figures"]["all_critical_right"]["count"] == 2
    assert found["against"]["figures"]["all_critical_right"]["count"] == 3
    assert found["paired"] == {
        "documents": 4,
        "both_right": 1,
        "only_this_right": 1,
        "only_other_right": 2,
        "both_wrong": 0,
    }
    shown = told("doc-extract@1.1.0", against="doc-extract@1.0.0", by="tenant")
    assert "1 only here, 2 only there" in shown
    assert "50.0 %" in shown


@pytest.mark.usefixtures("corpus")
def test_figures_are_split() -> None:
    slices = answer("doc-extract@1.1.0", by="tenant")["by"]["slices"]
    assert {key: one["documents"] for key, one in slices.items()} == {
        "harbour": 3,
        "meadow": 1,
    }
    assert slices["meadow"]["all_critical_right"]["count"] == 0
    for dimension in ("template", "document_type", "modality", "quality"):
        assert len(answer("doc-extract@1.1.0", by=dimension)["by"]["slices"]) == 1
    assert "company" in told("doc-extract@1.1.0", by="field")


@pytest.mark.usefixtures("corpus")
def test_what_was_replaced_is_still_what_the_version_read() -> None:
    before = answer("doc-extract@1.0.0")["figures"]
    source = Generation.objects.earliest("created_at").source
    old, new = Generation.objects.filter(source=source).order_by("created_at")
    compare_generations(old=old, new=new)
    promote(candidates=Generation.objects.filter(pk=new.pk))
    assert answer("doc-extract@1.0.0")["figures"] == before


@pytest.mark.usefixtures("corpus")
def test_a_frozen_set_measures_the_same_later() -> None:
    freeze_golden_set()
    before = answer("doc-extract@1.1.0", golden_set=1)["figures"]
    know(Generation.objects.earliest("created_at").source, total="7.00")
    know(make_source(), **TRUE)
    assert answer("doc-extract@1.1.0", golden_set=1)["figures"] == before
    now = answer("doc-extract@1.1.0")
    assert (now["cases"], now["read"]) == (5, 4)
    assert now["figures"] != before


def test_what_was_not_read_is_named_and_can_be_read() -> None:
    make_version()
    source = make_source(name="unread.pdf")
    know(source, **TRUE)
    found = answer("doc-extract@1.0.0")
    assert found["unread"] == [{"source_id": str(source.pk), "name": "unread.pdf"}]
    assert "has not read 1 of 1 cases (unread.pdf)" in told("doc-extract@1.0.0")
    assert found["figures"]["documents"] == 0

    # The file is no whole PDF: a version that refuses it has found nothing.
    found = answer("doc-extract@1.0.0", run=True)

    assert found["unread"] == []
    assert found["figures"]["fields"]["missed"] == 3
    assert found["figures"]["accepted"]["count"] == 0
    assert found["figures"]["ms"]["measured"] == 1


def test_time_and_price_are_those_of_the_run() -> None:
    run = make_run(fields=fields())
    know(run.source, **TRUE)
    found = answer("doc-extract@1.0.0")["figures"]
    # The run has no event: nothing is made up.
    assert found["ms"] == {"measured": 0, "sum": 0, "median": None, "p95": None}


def test_what_cannot_be_measured() -> None:
    make_version()
    with pytest.raises(CommandError, match="no golden case"):
        told("doc-extract@1.0.0")
    with pytest.raises(CommandError, match="Released: doc-extract@1"):
        told("doc-extract@9.0.0")
    with pytest.raises(CommandError, match="none was frozen yet"):
        told("doc-extract@1.0.0", golden_set=1)
    assert PipelineVersion.objects.count() == 1
