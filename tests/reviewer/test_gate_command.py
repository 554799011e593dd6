from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.ids import new_id
from catalog.models import Promotion
from pipeline.models import Gate, PipelineVersion, Reprocess
from tests.factories import make_user
from tests.pipeline.gated import make_items, make_reprocess

pytestmark = pytest.mark.django_db


def gate(reprocess: Reprocess, *options: str) -> str:
    out = io.StringIO()
    call_command("gate", str(reprocess.pk), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def reprocess(db: None) -> Reprocess:
    make_user("olive", is_superuser=True)
    made = make_reprocess()
    make_items(made, ["same"] * 62, template="good")
    return made


def test_it_measures_and_says_what_it_found(reprocess: Reprocess) -> None:
    said = gate(reprocess, "--margin", ".05")
    assert "Template: good" in said
    assert "Passes" in said
    assert "doc-extract@1.1.0 may read what comes in." in said
    assert Gate.objects.get().signed_at is None


def test_from_measuring_to_activating_in_one_line(reprocess: Reprocess) -> None:
    options = ("--sign", "--promote", "--activate", "--as", "olive", "--note", "proven")
    answer: dict[str, Any] = json.loads(gate(reprocess, *options, "--json"))
    assert answer["done"]["promoted"] == 62
    assert answer["done"]["stayed"] == 0
    assert answer["signed"]["by"] == "olive"
    assert Promotion.objects.filter(batch=answer["done"]["batch"]).count() == 62
    assert PipelineVersion.objects.get(version="1.1.0").active
    # A signed gate can be asked again; it is not measured any more.
    assert json.loads(gate(reprocess, "--json"))["report"] == answer["report"]


def test_what_may_not_read_is_not_signed_on_the_way(reprocess: Reprocess) -> None:
    options = ("--margin", ".4", "--sign", "--activate", "--as", "olive")
    with pytest.raises(CommandError, match="Nothing was signed"):
        gate(reprocess, *options)
    assert Gate.objects.get().signed_at is None
    assert not PipelineVersion.objects.get(version="1.1.0").active


def test_the_report_file(reprocess: Reprocess, tmp_path: Path) -> None:
    gate(reprocess, "--report", str(tmp_path / "gate.html"))
    assert "Slice by slice" in (tmp_path / "gate.html").read_text(encoding="utf-8")


def test_margins_of_a_dimension(reprocess: Reprocess) -> None:
    answer = json.loads(gate(reprocess, "--margin-of", "template=.02", "--json"))
    assert answer["report"]["margins"] == {"template": 0.02}
    assert answer["report"]["figures"]["unmet_margins"] == []
    with pytest.raises(CommandError, match="as they were stated"):
        gate(reprocess, "--margin", ".5")


def test_margins_of_one_slice(reprocess: Reprocess) -> None:
    said = gate(
        reprocess, "--margin-of", "template:good=.02", "--margin-of", "template:typo=.1"
    )
    margins = {"template:good": 0.02, "template:typo": 0.1}
    assert Gate.objects.get().margins == margins
    assert "slices that are not there: template:typo." in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--margin-of", "template"], "is no margin"),
        (["--margin", "7"], "between 0 and 1"),
        (["--margin-of", "colour=.1"], "no dimension"),
        (["--sign"], "--as USER"),
        (["--sign", "--as", "nobody"], "no active user"),
        (["--promote"], "sign it first"),
        (["--golden-set", "7"], "no golden set"),
    ],
)
def test_bad_input_is_answered_with_what_to_do(
    reprocess: Reprocess, options: list[str], says: str
) -> None:
    with pytest.raises(CommandError, match=says):
        gate(reprocess, *options)


def test_a_reprocess_that_is_none() -> None:
    with pytest.raises(CommandError, match="There is no reprocess"):
        call_command("gate", str(new_id()))
