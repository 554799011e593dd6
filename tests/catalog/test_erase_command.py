"""Erasing from the command line, and proving it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.ids import new_id
from catalog.models import (
    Erasure,
)
from catalog.services import (
    place_hold,
)
from tests.factories import (
    PDF,
    make_source,
    make_tenant,
)

pytestmark = pytest.mark.django_db


def test_the_command_lists_erases_and_proves(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.write_bytes(PDF + b"proof")
    source = make_source(make_tenant("harbour"), data=original.read_bytes())
    out = io.StringIO()

    call_command("erase", str(source.pk), "--dry-run", "--json", stdout=out)
    assert json.loads(out.getvalue())["erased"]["blobs"] == 1
    assert not Erasure.objects.exists()

    out = io.StringIO()
    call_command("erase", str(source.pk), "--reference", "R-7", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["residue"]["total"] == 0
    erasure = Erasure.objects.get()
    assert told["erasure_id"] == str(erasure.pk)

    out = io.StringIO()
    call_command("erasure_proof", str(erasure.pk), str(original), stdout=out)
    assert "are the erased ones" in out.getvalue()
    original.write_bytes(PDF + b"another")
    with pytest.raises(CommandError, match="are not"):
        call_command("erasure_proof", str(erasure.pk), str(original))


def test_the_command_says_what_stands_in_the_way() -> None:
    source = make_source()
    place_hold(tenant=source.tenant, reference="CASE-12")

    with pytest.raises(CommandError, match="CASE-12"):
        call_command("erase", str(source.pk), "--reference", "R-8")
    with pytest.raises(CommandError, match="no source"):
        call_command("erase", str(new_id()), "--reference", "R-8")
