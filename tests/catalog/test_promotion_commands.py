"""`manage.py promote` and `manage.py roll_back`."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Generation
from tests.factories import field_artifact, make_generation, make_source, make_tenant

pytestmark = pytest.mark.django_db


def told(name: str, *args: Any, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command(name, *args, json=True, stdout=out, **options)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


@pytest.fixture
def candidates() -> list[Generation]:
    found = []
    for slug in ("harbour", "mill"):
        old = make_generation(make_source(make_tenant(slug)))
        fields = (field_artifact("total", "1.00"),)
        found.append(make_generation(old.source, version="1.1.0", fields=fields))
    return found


@pytest.mark.usefixtures("candidates")
def test_a_dry_run_counts_and_changes_nothing() -> None:
    answer = told("promote", "doc-extract@1.1.0", dry_run=True)

    assert answer == {"candidates": 2, "changed": 2}
    assert not Generation.objects.current().filter(pipeline_version="1.1.0").exists()


def test_a_slice_goes_and_comes_back(candidates: list[Generation]) -> None:
    answer = told("promote", "doc-extract@1.1.0", tenant="mill", note="better")

    assert answer["promoted"] == 1
    current = Generation.objects.current()
    assert current.get(source=candidates[1].source) == candidates[1]
    assert current.get(source=candidates[0].source) != candidates[0]

    back = told("roll_back", answer["batch"])
    assert back["rolled_back"] == 1
    assert current.get(source=candidates[1].source).pipeline_version == "1.0.0"


@pytest.mark.usefixtures("candidates")
def test_a_slice_of_a_batch_comes_back() -> None:
    batch = told("promote", "doc-extract@1.1.0")["batch"]

    assert told("roll_back", batch, tenant="mill", dry_run=True) == {
        "promotions": 1,
        "can_be_rolled_back": 1,
    }
    assert told("roll_back", batch, tenant="mill")["rolled_back"] == 1


@pytest.mark.parametrize(
    ("command", "argument", "sentence"),
    [
        ("promote", "doc-extract", "NAME@VERSION"),
        ("promote", "doc-extract@9.9.9", "Nothing is chosen"),
        ("roll_back", "01a217f0-0000-7000-8000-000000000000", "no promotion"),
    ],
)
def test_what_cannot_be_done_is_said(
    command: str, argument: str, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command(command, argument)
