from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from catalog.models import SourceMedia
from pipeline.models import PipelineVersion
from pipeline.versions import ensure_built_in
from tests.documents import blank_pdf, pdf_of
from tests.factories import make_tenant
from tests.pipeline.memo_readings import version_with

pytestmark = pytest.mark.django_db

KEYS = {
    *("path", "source_id", "content_hash", "pipeline_version", "model_id"),
    *("disposition", "reason", "document_type", "fields", "lines", "steps", "error"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ensure_built_in()
    make_tenant("harbour")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "invoice.pdf").write_bytes(pdf_of())
    (tmp_path / "deeper" / "blank.pdf").write_bytes(blank_pdf())
    (tmp_path / "notes.txt").write_text("no document at all")
    (tmp_path / ".hidden").write_text("left alone")
    return tmp_path


def rows(*args: str) -> list[dict[str, object]]:
    out = io.StringIO()
    call_command("process", *args, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_line_a_file_and_nothing_else(folder: Path) -> None:
    found = {Path(str(row["path"])).name: row for row in rows(str(folder))}

    assert set(found) == {"invoice.pdf", "blank.pdf", "notes.txt"}
    assert all(set(row) >= KEYS for row in found.values())
    assert found["blank.pdf"]["disposition"] == "rejected"
    assert found["notes.txt"]["reason"] == "unsupported_type"
    assert found["invoice.pdf"]["document_type"] == "invoice"
    assert found["invoice.pdf"]["error"] is None


def test_a_second_call_gives_the_same_and_stores_nothing_new(folder: Path) -> None:
    first = rows(str(folder / "invoice.pdf"))

    assert rows(str(folder / "invoice.pdf")) == first
    assert SourceMedia.objects.count() == 1


def test_documents_of_nobody_named_go_to_the_default_tenant(folder: Path) -> None:
    rows(str(folder / "invoice.pdf"))

    assert SourceMedia.objects.get().tenant.slug == "default"


def test_the_tenant_can_be_named(folder: Path) -> None:
    make_tenant("meadow")

    rows(str(folder / "invoice.pdf"), "--tenant", "meadow")

    assert SourceMedia.objects.get().tenant.slug == "meadow"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--tenant", "nobody"), "There is no tenant 'nobody'. Known: harbour"),
        (("--pipeline", "doc-extract@9.9.9"), "There is no pipeline version"),
    ],
)
def test_unknown_names_are_explained(
    folder: Path, args: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        rows(str(folder / "invoice.pdf"), *args)


def test_a_missing_path_is_explained(folder: Path) -> None:
    with pytest.raises(CommandError, match="There is no file or folder"):
        rows(str(folder / "nothing.pdf"))


def test_a_file_over_the_limit_is_an_error_and_the_rest_goes_on(
    folder: Path, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = len(pdf_of()) - 1
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 of 3 files"):
        call_command("process", str(folder), "--json", stdout=out)

    errors = {
        Path(row["path"]).name: row["error"]
        for row in map(json.loads, out.getvalue().splitlines())
    }
    assert str(errors.pop("invoice.pdf")).startswith("too_large")
    assert set(errors.values()) == {None}


def test_a_second_version_takes_over_unless_it_is_to_be_fresh(folder: Path) -> None:
    base = PipelineVersion.objects.active().get()
    for number in ("1.9.1", "1.9.2"):
        version_with(base, number)
    invoice = str(folder / "invoice.pdf")
    rows(invoice)

    [again] = rows(invoice, "--pipeline", "doc-extract@1.9.1")
    [fresh] = rows(invoice, "--pipeline", "doc-extract@1.9.2", "--fresh")

    assert {"ocr", "verify"} <= spared(again)
    assert spared(fresh) == set()
    assert again["fields"] == fresh["fields"] != {}


def spared(row: dict[str, object]) -> set[str]:
    steps = row["steps"]
    assert isinstance(steps, list)
    return {step["step"] for step in steps if step.get("memo")}
