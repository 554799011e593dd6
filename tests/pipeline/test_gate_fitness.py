"""A gate activates only where it is about everything, strict enough, and the last."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction

from catalog.models import Tenant
from pipeline import versions
from pipeline.gate import measure, open_gate, sign, wording
from pipeline.gate.deciding import MOST_LEVEL, MOST_MARGIN
from pipeline.models import Activation, Gate, PipelineVersion
from pipeline.models.activation import ACTIVATION_IS_TRUE
from pipeline.models.gate import LOOSEST
from tests.factories import make_generation, make_source, make_tenant, make_user
from tests.pipeline.gated import make_items, make_reprocess

pytestmark = pytest.mark.django_db
# So many documents without a loss prove the loosest margin: .9^29 is below 5 %.
FLAWLESS = ["same"] * 29
AT_MOST = {"": 0.1}


@pytest.fixture
def olive(db: None) -> User:
    return make_user("olive", is_superuser=True)


def measured(outcomes: list[str], *, selection: object = None, **given: Any) -> Gate:
    reprocess = make_reprocess(selection=selection or {})
    make_items(reprocess, outcomes)
    return measure(gate=open_gate(reprocess=reprocess, **{"margins": AT_MOST} | given))


def why(gate: Gate) -> list[str]:
    found: list[str] = gate.figures["activation"]["why"]
    return found


def test_the_numbers_are_the_same_everywhere() -> None:
    assert LOOSEST == MOST_MARGIN == MOST_LEVEL
    assert f"g.level <= {LOOSEST}" in ACTIVATION_IS_TRUE
    assert f"s.margin > {LOOSEST}" in ACTIVATION_IS_TRUE


def activate(gate: Gate, actor: User, note: str = "") -> PipelineVersion:
    version = gate.reprocess.pipeline_version
    return versions.activate(version=version, actor=actor, gate=gate, note=note)


def by_hand(gate: Gate, actor: User) -> None:
    """Past the code."""
    with transaction.atomic():
        Activation.objects.create(
            pipeline_version=gate.reprocess.pipeline_version,
            reason=Activation.Reason.GATE,
            gate=gate,
            actor=actor,
        )


@pytest.mark.parametrize(
    "chosen",
    [{"template_key": "t-1"}, {"document_type": "invoice"}, {"source": "x"},
     {"pipeline_version": "1.0.0"}, {"since": "2026-11-01T00:00:00+00:00"}],
)  # fmt: skip
def test_a_part_of_the_documents_lets_nothing_read_the_rest(
    olive: User, chosen: dict[str, str]
) -> None:
    gate = measured(FLAWLESS, selection={**chosen, "tenants": []})
    assert why(gate) == ["narrow_selection"]
    [said] = wording.not_fit(gate)
    assert said.startswith("Its reprocess is about a part: it chose documents by")
    gate = sign(gate=gate, actor=olive)
    with pytest.raises(versions.VersionRefused, match="has not passed its gate"):
        activate(gate, olive)


def test_whose_they_are_narrows_nothing_but_every_tenant_counts(olive: User) -> None:
    harbour: Tenant = make_tenant("harbour")
    make_generation(make_source(harbour))
    gate = measured(FLAWLESS, selection={"tenants": ["x"]})
    assert why(gate) == ["narrow_selection"]
    assert "it holds no document of 1 tenant that has some" in wording.not_fit(gate)[0]
    make_items(gate.reprocess, ["same"], tenant=harbour)
    assert measure(gate=gate).fit_to_activate


def test_a_tenant_that_has_the_version_already_is_not_missed() -> None:
    reprocess = make_reprocess()
    make_generation(make_source(make_tenant("harbour")), version="1.1.0")
    make_items(reprocess, FLAWLESS)
    gate = open_gate(reprocess=reprocess, margins=AT_MOST)
    assert measure(gate=gate).fit_to_activate


def test_a_gate_that_allows_nearly_everything_activates_nothing(olive: User) -> None:
    wide = measured(["same"] * 12, margins={"": 0.4})
    assert why(wide) == ["loose_rules"]
    assert "too loose for documents to come" in wording.not_fit(wide)[0]
    assert not wide.fit_to_activate
    assert why(measured(FLAWLESS, level=0.4)) == ["loose_rules"]
    gate = sign(gate=wide, actor=olive)
    with pytest.raises(versions.VersionRefused):
        activate(gate, olive)
    version = gate.reprocess.pipeline_version
    note = "the old engine is gone"
    assert versions.activate(version=version, actor=olive, note=note).active
    last = Activation.objects.get(pipeline_version=version)
    assert (last.reason, last.gate) == ("unguarded", None)


def test_an_older_gate_does_not_speak_against_a_newer_one(olive: User) -> None:
    passed = sign(gate=measured(FLAWLESS), actor=olive)
    harmed = measured(["worse"] * 8 + ["same"] * 20)
    assert harmed.slices.get(dimension="").verdict == "block"
    for gate in (harmed, sign(gate=harmed, actor=olive)):
        assert not gate.fit_to_activate
        with pytest.raises(versions.VersionRefused, match="was measured later"):
            activate(passed, olive)
        with pytest.raises(DatabaseError, match="was not activated because"):
            by_hand(passed, olive)
    later = sign(gate=measured(FLAWLESS), actor=olive)
    assert activate(later, olive).active


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"selection": {"template_key": "t-1"}}, "a part of the documents only"),
        ({"margins": {"": 0.4}}, "a margin or a level above 10 %"),
        ({"level": 0.4}, "a margin or a level above 10 %"),
    ],
)
def test_what_was_signed_as_fit_when_less_was_asked_activates_no_more(
    olive: User, given: dict[str, Any], because: str
) -> None:
    gate = measured(FLAWLESS, **given)
    Gate.objects.filter(pk=gate.pk).update(fit_to_activate=True)
    gate.refresh_from_db()
    gate.signed_by, gate.signed_at, gate.report_digest = olive, gate.measured_at, "0"
    gate.save(update_fields=["signed_by", "signed_at", "report_digest"])
    with pytest.raises(versions.VersionRefused, match=because):
        activate(gate, olive)
    with pytest.raises(DatabaseError, match="was not activated because"):
        by_hand(gate, olive)
