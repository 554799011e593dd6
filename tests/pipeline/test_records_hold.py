"""What nobody may write into the evidence of a gate, even past the code: by SQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from catalog.models import Comparison
from catalog.services import erase
from pipeline.gate import measure, open_gate, sign
from pipeline.models import AcceptanceProof, Gate, PipelineVersion, ReprocessItem
from tests.factories import make_generation, make_source, make_user, make_version
from tests.pipeline.gated import make_item, make_items, make_reprocess

pytestmark = pytest.mark.django_db


def refused(sql: str, *parameters: Any, because: str | None = None) -> None:
    with (
        pytest.raises(DatabaseError, match=because),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, list(parameters))


@pytest.fixture
def olive(db: None) -> User:
    return make_user("olive", is_superuser=True)


def signed_gate(signer: User) -> Gate:
    reprocess = make_reprocess()
    make_item(reprocess)
    gate = measure(gate=open_gate(reprocess=reprocess))
    return sign(gate=gate, actor=signer)


FORGED = """INSERT INTO gate (gate_id, reprocess_id, margins, level, measured_at,
    fit_to_activate, figures, signed_by_id, signed_at, report_digest)
    SELECT catalog_new_id(), %s, '{}', .05, now(), true, '{}', %s, now(), 'forged'"""


def test_a_gate_is_not_born_signed_or_fit(olive: User) -> None:
    refused(FORGED, make_reprocess().pk, olive.pk, because="Cannot insert")
    with pytest.raises(DatabaseError), transaction.atomic():
        Gate.objects.create(reprocess=make_reprocess(), fit_to_activate=True)


SIGN = "UPDATE gate SET signed_at = now(), signed_by_id = %s, report_digest = 'x'"


def test_a_signature_changes_nothing_else(olive: User) -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["worse"] * 8)
    measure(gate=open_gate(reprocess=reprocess))
    for more in ("fit_to_activate = true", "figures = '{}'", "measured_at = now()"):
        refused(f"{SIGN}, {more}", olive.pk, because="signed as it was measured")


def test_no_gate_is_signed_as_fit_that_its_slices_say_is_not(
    olive: User,
) -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["worse"] * 8)
    gate = measure(gate=open_gate(reprocess=reprocess))
    Gate.objects.filter(pk=gate.pk).update(fit_to_activate=True)
    refused(SIGN, olive.pk, because="signed as it was measured")
    gate.slices.all().delete()
    refused(SIGN, olive.pk, because="signed as it was measured")


def test_a_signed_gate_keeps_its_slices(olive: User) -> None:
    gate = signed_gate(olive)
    other = Gate.objects.create(reprocess=make_reprocess(), measured_at=timezone.now())
    refused("UPDATE gate_slice SET gate_id = %s", other.pk, because="is a record")
    assert gate.slices.exists()


def test_an_activation_needs_the_transaction_that_made_it(olive: User) -> None:
    make_version()
    version = make_version(version="1.1.0", active=False)
    activate = "UPDATE pipeline_version SET active = (version_id = %s)"
    refused(activate, version.pk, because="by an activation")
    # Whatever transaction it claims to be of, it is of its own.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activation (activation_id, pipeline_version_id, reason, note,"
            " actor_id, transaction) VALUES"
            " (catalog_new_id(), %s, 'unguarded', 'why', %s, 1) RETURNING transaction",
            [version.pk, olive.pk],
        )
        assert cursor.fetchone() != (1,)
    refused("UPDATE activation SET transaction = 1", because="Cannot update")
    gate = signed_gate(olive)
    other = make_version(version="1.2.0", active=False)
    for reason in ("first", "gate", "return"):
        refused(
            "INSERT INTO activation (activation_id, pipeline_version_id, reason, note,"
            " gate_id) VALUES (catalog_new_id(), %s, %s, '', %s)",
            *(other.pk, reason, gate.pk if reason == "gate" else None),
            because="was not activated because",
        )
    assert not PipelineVersion.objects.get(pk=version.pk).active


def test_a_comparison_is_of_one_source() -> None:
    one, other = make_generation(), make_generation(make_source(), version="1.1.0")
    with (
        pytest.raises(DatabaseError, match="two readings of one source"),
        transaction.atomic(),
    ):
        Comparison.objects.create(
            old_generation=one,
            new_generation=other,
            comparator_version="forged",
            verdict="identical",
            differences={},
        )


def test_what_was_compared_is_a_record() -> None:
    reprocess = make_reprocess()
    item, other = make_items(reprocess, ["worse", "same"])
    record = "is a record|of its own source"
    for change in ("state = 'waiting'", "slices = '{}'", "stage = 3", "ms = 1"):
        refused(f"UPDATE reprocess_item SET {change}", because=record)  # noqa: S608 - fixed
    refused(
        "UPDATE reprocess_item SET comparison_id = %s WHERE item_id = %s",
        *(other.comparison_id, item.pk),
        because=record,
    )
    waiting = make_item(reprocess, state="waiting")
    for column in ("source_id", "reprocess_id"):
        refused(
            f"UPDATE reprocess_item SET {column} = catalog_new_id()"  # noqa: S608 - fixed
            " WHERE item_id = %s",
            waiting.pk,
            because="Cannot update|of its own source",
        )
    refused("UPDATE reprocess SET canary_share = 0", because="Cannot update")


def test_an_item_is_about_readings_of_its_own_source() -> None:
    reprocess = make_reprocess()
    item = make_item(reprocess)
    with (
        pytest.raises(DatabaseError, match="of its own source"),
        transaction.atomic(),
    ):
        ReprocessItem.objects.create(
            reprocess=reprocess,
            source=make_source(),
            stage=1,
            position=1,
            state="done",
            old_generation=item.old_generation,
            new_generation=item.new_generation,
            comparison=item.comparison,
            finished_at=timezone.now(),
        )


@pytest.mark.django_db(transaction=True)
def test_a_reprocess_takes_no_items_after_it_has_begun() -> None:
    with transaction.atomic():
        reprocess = make_reprocess()
        make_item(reprocess)
    with pytest.raises(DatabaseError, match="takes no more items"):
        make_item(reprocess)


def test_an_erasure_takes_the_template_out_of_the_record() -> None:
    item = make_item(make_reprocess())
    erase(source=item.source, basis="request")
    item.refresh_from_db()
    assert (item.state, item.slices["template"]) == ("done", "")
    refused("UPDATE reprocess_item SET slices = '{}'", because="is a record")


def test_a_proof_counts_what_it_says() -> None:
    counts = {"cases": 10, "accepted": 10, "wrong": 0, "proven": True}
    proof = AcceptanceProof.objects.create(
        pipeline_version=make_version(),
        target=0.9,
        confidence=0.9,
        threshold=0.5,
        audited=4,
        audited_wrong=2,
        **counts,
    )
    for change in ("audited_wrong = 0", "audited = 3", "audited_wrong = 5"):
        refused(f"UPDATE acceptance_proof SET {change}")  # noqa: S608 - fixed
    proof.refresh_from_db()
    assert (proof.audited, proof.audited_wrong) == (4, 2)
