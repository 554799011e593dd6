"""manage.py reprocess: every verb, in words and as JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pipeline import work
from pipeline.models import Reprocess
from tests.factories import make_tenant
from tests.pipeline.reprocess_world import Reader, begin, corpus, states, target

pytestmark = pytest.mark.django_db
TO = "doc-extract@2.0.0"


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(work, "execute", reader)
    return reader


def said(*args: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command("reprocess", *args, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_a_dry_run_tells_and_does_nothing(reader: Reader) -> None:
    corpus(3)
    target()

    text = said("--to", TO, "--dry-run")
    found = json.loads(said("--to", TO, "--dry-run", "--json"))

    assert "would read 3 of 3 sources" in text
    assert "upper bounds" in text
    assert "Price: nobody knows yet" in text
    assert (found["sources"], found["exact"]) == (3, True)
    assert not Reprocess.objects.exists()
    assert reader.calls == []


def test_it_works_in_this_process_where_it_is_told_to(reader: Reader) -> None:
    corpus(4)
    target()

    found = json.loads(said("--to", TO, "--here", "--json", "--stage", "all"))

    assert found["state"] == "finished"
    assert found["states"] == {"done": 4}
    assert sum(found["verdicts"].values()) == 4
    assert found["disagreeing"] == 0
    assert len(reader.calls) == 4


def test_a_slice_is_chosen_by_options() -> None:
    corpus(2)
    corpus(3, make_tenant("meadow"))
    target()

    found = json.loads(said("--to", TO, "--tenant", "meadow", "--json"))

    assert found["items"] == 3
    with pytest.raises(CommandError, match="no tenant"):
        said("--to", TO, "--tenant", "nobody")
    with pytest.raises(CommandError, match="Nothing is chosen"):
        said("--to", TO, "--template", "t-ffffffffffff")


def test_verbs_by_id() -> None:
    corpus(5)
    reprocess = begin(until_stage=1)

    assert "paused: somebody stopped it" in said("--pause", reprocess.pk)
    assert "running" in said("--resume", reprocess.pk, "--budget", "2")
    said("--resume", reprocess.pk, "--here")
    assert "its stage is done" in said("--status", reprocess.pk)
    said("--go-on", reprocess.pk, "--stage", "all", "--here")
    assert states(reprocess) == {"done": 5}
    reprocess.refresh_from_db()
    assert reprocess.state == Reprocess.State.FINISHED
    assert reprocess.budget_micro_usd == 2_000_000
    with pytest.raises(CommandError, match="nothing to cancel"):
        said("--cancel", reprocess.pk)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--to", "doc-extract@9.9.9"], "no pipeline version"),
        (["--to", TO, "--budget", "much"], "write 12.50"),
        (["--to", TO, "--source", "7"], "is no id of a source"),
        (["--to", TO, "--since", "soon"], "is no time"),
        (["--to", TO, "--canary-share", "2"], "numbers from 0 to 1"),
        (["--status", "01a20000-0000-7000-8000-000000000000"], "no reprocess"),
    ],
)
def test_bad_input_gets_a_sentence(args: list[str], sentence: str) -> None:
    corpus(1)
    target()

    with pytest.raises(CommandError, match=sentence):
        said(*args)
