"""Golden cases out of one installation and into another."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import GoldenCase, GoldenSet, GoldenValue, SourceMedia
from tests.factories import BOX, make_source, make_tenant
from tests.pipeline.compared_readings import know

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> SourceMedia:
    return make_source(make_tenant("harbour"))


def line_of(source: SourceMedia, **more: Any) -> dict[str, Any]:
    return {
        "content_hash": source.content_hash,
        "tenant": "harbour",
        "document_type": "receipt",
        "values": [
            {"slot": "total", "value_type": "money", "value": "RM 9.5", "region": BOX},
            {"slot": "tip", "value_type": "money", "value": ""},
        ],
        **more,
    }


def written(path: Path, *lines: Any) -> str:
    texts = [x if isinstance(x, str) else json.dumps(x) for x in lines]
    path.write_text("\n".join(texts) + "\n")
    return str(path)


def told(*args: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


def test_cases_come_in_normalised(tmp_path: Path, source: SourceMedia) -> None:
    file = written(tmp_path / "truth.jsonl", line_of(source, slices={"template": "t"}))

    assert "1 cases opened, 2 values filed" in told("golden_import", file)

    case = GoldenCase.objects.get()
    assert (case.came_from, case.came_from_note) == ("import", "truth.jsonl")
    assert (case.source, case.slices) == (source, {"template": "t"})
    values = {v.slot: (v.value, v.region) for v in case.values.all()}
    assert values == {"total": ("9.50", BOX), "tip": ("", None)}


def test_importing_twice_files_nothing_new(tmp_path: Path, source: SourceMedia) -> None:
    file = written(tmp_path / "a", line_of(source))
    told("golden_import", file)

    assert "0 cases opened, 0 values filed" in told("golden_import", file)
    assert GoldenValue.objects.count() == 2


def test_what_goes_out_comes_in_the_same(tmp_path: Path, source: SourceMedia) -> None:
    told("golden_import", written(tmp_path / "a", line_of(source, note="by hand")))
    out = told("golden_export", "-")
    told("golden_export", str(tmp_path / "b"))

    assert (tmp_path / "b").read_text() == out
    assert "0 cases opened, 0 values filed" in told(
        "golden_import", str(tmp_path / "b")
    )
    [data] = map(json.loads, out.splitlines())
    assert data["note"] == "by hand"
    assert {v["slot"]: v["value"] for v in data["values"]} == {
        "total": "9.50",
        "tip": "",
    }


def test_a_newer_truth_replaces_an_older_one(
    tmp_path: Path, source: SourceMedia
) -> None:
    know(source, total="1.00", date="2018-01-11")
    told("golden_import", written(tmp_path / "a", line_of(source)))

    standing = GoldenValue.objects.standing()
    assert {v.slot: v.value for v in standing} == {
        "total": "9.50",
        "date": "2018-01-11",
        "tip": "",
    }
    assert GoldenCase.objects.count() == 1


GOOD = {"slot": "total", "value_type": "money", "value": "1.00"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("not json", "no JSON"),
        ("[1]", "no JSON object"),
        ({"content_hash": "00"}, "64 hex digits"),
        ({"content_hash": "0" * 64}, "upload it first"),
        ({"tenant": "meadow"}, "has no original"),
        ({"tenant": 7}, "slug of the tenant"),
        ({"colour": "red"}, "take it out"),
        ({"values": []}, "values must be a list"),
        ({"values": [7]}, "must be an object"),
        ({"values": [{**GOOD, "slot": ""}]}, "needs a slot"),
        ({"values": [GOOD, GOOD]}, "twice"),
        ({"values": [{**GOOD, "value_type": "colour"}]}, "must be one of money"),
        ({"values": [{**GOOD, "value": 9}]}, "must be a text"),
        ({"values": [{**GOOD, "value": "nine"}]}, "does not read as money"),
        ({"values": [{**GOOD, "region": {"page": 1}}]}, "region must be null"),
        (
            {"values": [{**GOOD, "region": {"page": 1, "bbox": [3, 0, 1, 1]}}]},
            "page fractions",
        ),
        ({"slices": {"template": 7}}, "object of texts"),
        ({"came_from": "elsewhere"}, "one of review, import, incident"),
        ({"note": "x" * 201}, "up to 200"),
        ({"document_type": 7}, "must be a text"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_filed(
    tmp_path: Path, source: SourceMedia, change: Any, why: str
) -> None:
    bad = change if isinstance(change, str) else line_of(source, **change)
    file = written(tmp_path / "a", line_of(make_source(source.tenant)), "", bad)

    with pytest.raises(CommandError, match=why) as refused:
        told("golden_import", file)

    assert str(refused.value).startswith("Line 3: ")
    assert not GoldenCase.objects.exists()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Cannot read"):
        told("golden_import", str(tmp_path / "none"))
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(CommandError, match="Nothing was filed"):
        told("golden_import", str(tmp_path / "picture"))
    with pytest.raises(CommandError, match="Cannot write"):
        told("golden_export", str(tmp_path))


def test_a_frozen_set_is_written_as_it_was(tmp_path: Path, source: SourceMedia) -> None:
    with pytest.raises(CommandError, match="no golden value"):
        told("golden_freeze")
    know(source, total="1.00")
    assert told("golden_freeze").startswith("Golden set 1: 1 values of 1 cases")
    know(source, total="2.00")
    assert json.loads(told("golden_freeze", json=True))["number"] == 2

    [then] = map(json.loads, told("golden_export", "-", golden_set=1).splitlines())

    assert [v["value"] for v in then["values"]] == ["1.00"]
    with pytest.raises(CommandError, match="the newest is 2"):
        told("golden_export", "-", golden_set=3)
    assert GoldenSet.objects.count() == 2


REGIONS: list[Any] = [
    {"page": float("inf"), "bbox": [0, 0, 1, 1]},
    {"page": float("nan"), "bbox": [0, 0, 1, 1]},
    {"page": 1, "bbox": [0, 0, float("nan"), 1]},
    {"page": 1, "bbox": {}},
    [],
    "1",
]
HOSTILE: list[dict[str, Any]] = [
    {"values": [{"slot": "total", "value_type": "text", "value": "\ud800"}]},
    {"values": [{"slot": "\udfff", "value_type": "text", "value": "x"}]},
    {"slices": {"template": "\0"}},
    {"slices": {"\ud83d": "x"}},
    {"note": "\udc00"},
    {"tenant": "\0"},
    {"tenant": ["harbour"]},
    {"content_hash": int("1" * 64)},
    {"came_from": ["import"]},
    {"document_type": {"a": 1}},
    *(
        {"values": [{"slot": "t", "value_type": "text", "value": "x", "region": r}]}
        for r in REGIONS
    ),
    {"values": [{"slot": ["t"], "value_type": "text", "value": "x"}]},
    {"values": [{"slot": "t", "value_type": {}, "value": "x"}]},
    {"values": [{"slot": "t", "value_type": "money", "value": "9" * 5000}] * 2},
    {"values": {}},
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_cannot_be_stored_is_refused_with_its_line(
    tmp_path: Path, source: SourceMedia, hostile: dict[str, Any]
) -> None:
    file = written(
        tmp_path / "truth.jsonl", line_of(source), line_of(source, **hostile)
    )

    with pytest.raises(CommandError, match="Line 2: "):
        call_command("golden_import", file)
    assert not GoldenCase.objects.exists()


def test_letters_beyond_the_first_plane_are_letters(
    tmp_path: Path, source: SourceMedia
) -> None:
    said = [
        {"slot": "a", "value_type": "text", "value": "\\u0000 \U0001f600\U0001f600"}
    ]
    file = written(tmp_path / "truth.jsonl", line_of(source, values=said))

    assert "1 values filed" in told("golden_import", file)
