"""The scan after an erasure finds what is left, and says where."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection

from catalog.erasing.places import tables
from catalog.erasing.residue import Scope
from catalog.models import (
    DerivedArtifact,
    Erasure,
)
from catalog.services import (
    ResidueFound,
    erase,
    finish_erasure,
)
from tests.catalog.canaries import (
    CANARY,
)
from tests.factories import (
    field_artifact,
    make_generation,
    make_source,
)

pytestmark = pytest.mark.django_db


def leave_behind(text: str) -> None:
    """In a table that nobody thought of."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (note text, raw bytea)")
        cursor.execute("INSERT INTO left_behind VALUES (%s, %s)", [text, text.encode()])


@pytest.mark.parametrize("what", ["name", "value", "hash"])
def test_residue_is_an_error_that_names_table_and_column(what: str) -> None:
    source = make_source(name=f"{CANARY}-name.pdf")
    make_generation(source, fields=(field_artifact("number", f"{CANARY}-value"),))
    said = {
        "name": source.name.upper(),
        "value": f"quoted: {CANARY}-value.",
        "hash": source.content_hash,
    }
    leave_behind(said[what])

    with pytest.raises(ResidueFound, match=r"1 in left_behind\.note") as found:
        erase(source=source, basis="request")

    assert CANARY not in str(found.value)
    erasure = Erasure.objects.get()
    assert erasure.finished_at is None
    assert erasure.residue is not None
    assert erasure.residue["found"]["left_behind.note"] == 1


def test_what_was_found_by_words_is_not_forgotten_with_them() -> None:
    source = make_source(name=f"{CANARY}-name.pdf")
    leave_behind(source.name)
    with pytest.raises(ResidueFound):
        erase(source=source, basis="request")
    erasure = Erasure.objects.get()

    # The words are known no more, and so nobody can say that they are gone.
    with pytest.raises(ResidueFound):
        finish_erasure(erasure=erasure)

    done = finish_erasure(erasure=erasure, by_hand=True)
    assert done.finished_at is not None
    assert done.residue is not None
    assert done.residue["settled_by_hand"]


def test_a_word_in_another_document_is_that_documents() -> None:
    fields = (field_artifact("number", f"{CANARY}-value"),)
    ours, theirs = make_generation(fields=fields), make_generation(fields=fields)

    erase(source=ours.source, basis="request")

    assert DerivedArtifact.objects.filter(source=theirs.source, kind="field").exists()


def columns_of_all() -> int:
    return sum(len(table.columns) for table in tables())


def test_the_quick_scan_looks_at_the_sources_own_rows(alice: User) -> None:
    source = make_generation().source

    erasure = erase(source=source, basis="request", scope=Scope.ROWS)

    assert erasure.residue is not None
    assert erasure.residue["scope"] == "rows"
    assert 20 < erasure.residue["columns"] < columns_of_all()
