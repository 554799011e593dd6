from __future__ import annotations

import pytest

from pipeline import versions
from pipeline.engines.handler import engines
from pipeline.manifest import Manifest
from pipeline.models import DocumentType, FieldDefinition, PipelineVersion
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_built_in_version_is_released_and_active_once() -> None:
    first = versions.ensure_built_in()

    assert (first.state, first.active) == ("released", True)
    assert first.digest == Manifest.of(first).digest
    assert versions.ensure_built_in() == first
    assert PipelineVersion.objects.count() == 1


def test_a_changed_engine_gives_a_version_that_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = versions.ensure_built_in()
    monkeypatch.setitem(engines._made, "extract", Engine("rules-9.0.0"))

    second = versions.ensure_built_in()

    assert (second.version, second.active, second.base) == ("1.0.1", False, first)
    first.refresh_from_db()
    assert first.active
    assert versions.ensure_built_in() == second


class Engine:
    """An engine of another model."""

    weights_digest = "1" * 64

    def __init__(self, model_id: str) -> None:
        self.model_id = model_id


def test_edited_types_are_not_overwritten_by_the_built_in_ones() -> None:
    versions.ensure_built_in()
    DocumentType.objects.filter(name="receipt").update(keywords=["kassenbon"])

    versions.ensure_built_in()

    assert DocumentType.objects.get(name="receipt").keywords == ["kassenbon"]
    assert PipelineVersion.objects.count() == 1


def test_a_draft_takes_the_types_as_they_are_now() -> None:
    base = versions.ensure_built_in()
    FieldDefinition.objects.create(
        document_type=DocumentType.objects.get(name="invoice"),
        name="po_number",
        value_type="id",
        labels=["PO number"],
        position=99,
    )

    draft = versions.draft_from(base=base, created_by=make_user("alice"))

    assert (draft.state, draft.version, draft.base) == ("draft", "1.0.1", base)
    spec = Manifest.of(draft).document_type("invoice")
    assert spec is not None
    assert spec.field("po_number") is not None
    released = Manifest.of(base).document_type("invoice")
    assert released is not None
    assert released.field("po_number") is None


def test_a_version_goes_from_draft_to_released_to_active_to_retired() -> None:
    base = versions.ensure_built_in()
    draft = versions.draft_from(base=base, created_by=make_user("alice"))

    released = versions.release(version=draft)
    assert released.digest == Manifest.of(released).digest
    versions.activate(
        version=released, actor=make_user("bob"), note="no gate in this test"
    )
    base.refresh_from_db()
    assert not base.active
    versions.retire(version=base)
    assert PipelineVersion.objects.named("doc-extract") == released


def test_refusals_say_what_to_do() -> None:
    base = versions.ensure_built_in()
    draft = versions.draft_from(base=base, created_by=make_user("alice"))

    with pytest.raises(versions.VersionRefused, match="release it first"):
        versions.activate(version=draft)
    with pytest.raises(versions.VersionRefused, match="only a draft"):
        versions.release(version=base)
    with pytest.raises(versions.VersionRefused, match="activate another"):
        versions.retire(version=base)


@pytest.mark.parametrize(
    ("version", "following"), [("1.0.0", "1.0.1"), ("2.3.9", "2.3.10")]
)
def test_next_version(version: str, following: str) -> None:
    assert versions.next_version(version) == following


def test_what_a_field_is_shown_as_is_no_part_of_any_version() -> None:
    base = versions.ensure_built_in()
    FieldDefinition.objects.update(shown_as="Other words")

    assert versions.ensure_built_in() == base
    draft = versions.draft_from(base=base, created_by=make_user("alice"))
    assert Manifest.of(draft).document_types == Manifest.of(base).document_types
