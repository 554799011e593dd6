"""The history of a source: one line of time, values side by side, and the way back."""

from __future__ import annotations

import io
import json
import uuid

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from catalog.models import (
    DerivedArtifact,
    Erasure,
    Generation,
    LegalHold,
    Promotion,
    SourceMedia,
)
from catalog.services import record_delivery
from reviewer import services
from reviewer.models import Verdict
from reviewer.side_by_side import side_by_side
from reviewer.timeline import timeline_of
from tests.corpus import put_in_place
from tests.factories import field_artifact, make_generation, make_task, make_tenant
from tests.factories import make_user as user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def adam(db: None) -> User:
    return user_of("adam", make_tenant("harbour"), role="admin")


@pytest.fixture
def source(alice: User) -> SourceMedia:
    """Read, corrected by alice, told, read anew by 1.1.0, which was put in place."""
    task = make_task(make_tenant("harbour"))
    reserved = services.reserve_next(user=alice)
    assert reserved is not None
    assert reserved.reservation_token is not None
    answer = services.Answer(
        decision_id=uuid.uuid4(), slot="total", verdict=Verdict.CORRECT, value="25.30"
    )
    services.decide(
        user=alice, task_id=task.pk, token=reserved.reservation_token, answer=answer
    )
    told = DerivedArtifact.objects.filter(generation=task.generation, kind="field")
    record_delivery(
        tenant=task.tenant,
        recipient=alice,
        form="csv",
        artifact_ids=[a.pk for a in told],
    )
    fields = (
        field_artifact("total", "99.00"),
        field_artifact("date", "2018-11-01", value_type="date"),
        field_artifact("tax", "1.00"),
    )
    newer = make_generation(task.source, version="1.1.0", fields=fields)
    put_in_place(newer, note="spring invoices", actor=alice)
    LegalHold.objects.create(tenant=task.tenant, reference="AZ 12")
    return task.source


def rollback_of(source: SourceMedia) -> str:
    found = Promotion.objects.get(source=source, reason="replacement")
    return f"/promotions/{found.pk}/roll-back/"


def test_the_line_of_time_tells_everything(source: SourceMedia) -> None:
    moments = timeline_of(source)

    kinds = [moment.kind for moment in moments]
    twice = ["reading", "promotion"]
    assert sorted(kinds) == sorted(
        ["upload", *twice, "decision", "delivery", *twice, "hold_placed"]
    )
    times = [moment.happening.at for moment in moments]
    assert times == sorted(times, reverse=True)
    replaced = next(
        m for m in moments if m.kind == "promotion" and m.facts["old_generation"]
    )
    assert replaced.facts["comparison"] == "changed"
    assert replaced.facts["note"] == "spring invoices"
    assert replaced.happening.who == "alice"


def test_another_tenants_hold_and_another_sources_are_not_told(
    source: SourceMedia,
) -> None:
    other = make_task(make_tenant("harbour")).source
    LegalHold.objects.create(tenant=make_tenant("meadow"), reference="AZ 13")
    LegalHold.objects.create(tenant=source.tenant, source=other, reference="AZ 14")

    told = json.dumps([m.as_json() for m in timeline_of(source)])

    assert "AZ 12" in told
    assert "AZ 13" not in told
    assert "AZ 14" not in told


def test_an_erasure_is_told(source: SourceMedia) -> None:
    LegalHold.objects.in_force().update(lifted_at=timezone.now())
    Erasure.objects.create(
        tenant=source.tenant,
        source=source,
        basis="request",
        reference="R-7",
        fingerprint="00" * 32,
    )

    assert "R-7" in json.dumps([m.as_json() for m in timeline_of(source)])


def test_values_stand_side_by_side(source: SourceMedia) -> None:
    old, new = Generation.objects.filter(source=source).order_by("created_at")

    rows = {row.slot: row for row in side_by_side(old, new).rows}

    verdicts = {slot: row.verdict for slot, row in rows.items()}
    assert verdicts == {
        # A person's answer goes on: the new machine's 99.00 is not what it says.
        "total": "same",
        "date": "differs",
        "company": "only left",
        "tax": "only right",
    }
    assert rows["total"].right is not None
    assert (rows["total"].right.value, rows["total"].right.artifact.origin) == (
        "25.30",
        "human",
    )


def test_the_page_shows_both(client: Client, alice: User, source: SourceMedia) -> None:
    client.force_login(alice)

    html = client.get(f"/sources/{source.pk}/history/").content.decode()

    for shown in ("spring invoices", "AZ 12", "21.20 → 25.30", "2018-11-01"):
        assert shown in html
    assert "3 of 4 values differ" in html
    # Marked by words, not by colour alone.
    assert html.count("Only right") == 1
    assert (
        f'href="/sources/{source.pk}/history/"'
        in client.get(f"/sources/{source.pk}/").content.decode()
    )


def test_any_two_readings_can_be_chosen(
    client: Client, alice: User, source: SourceMedia
) -> None:
    client.force_login(alice)
    one = str(Generation.objects.filter(source=source)[0].pk)
    other = str(make_generation().pk)
    path = f"/sources/{source.pk}/history/"

    same = client.get(path, {"left": one, "right": one})
    foreign = client.get(path, {"left": one, "right": other})

    assert "values are the same" in same.content.decode()
    assert foreign.status_code == 404
    assert client.get(path, {"left": "x", "right": "y"}).status_code == 404


def test_a_source_of_one_reading_has_nothing_to_compare(
    client: Client, alice: User
) -> None:
    lonely = make_task(make_tenant("harbour")).source
    client.force_login(alice)

    html = client.get(f"/sources/{lonely.pk}/history/").content.decode()

    assert "one reading only" in html


def test_an_admin_rolls_back_after_being_asked(
    client: Client, adam: User, source: SourceMedia
) -> None:
    client.force_login(adam)
    path = rollback_of(source)
    assert path in client.get(f"/sources/{source.pk}/history/").content.decode()

    asked = client.get(path).content.decode()
    assert "Roll back?" in asked
    assert Generation.objects.current().get(source=source).pipeline_version == "1.1.0"
    without = client.post(path, {"note": ""})
    assert without.status_code == 200
    assert Generation.objects.current().get(source=source).pipeline_version == "1.1.0"
    answer = client.post(path, {"note": "worse dates"})

    assert answer.status_code == 302
    now = Generation.objects.current().get(source=source)
    assert (now.pipeline_version, now.restores is not None) == ("1.0.0", True)
    back = Promotion.objects.get(source=source, reason="rollback")
    assert back.actor == adam
    assert back.batch is not None
    assert back.batch.note == "worse dates"


def test_what_was_rolled_back_is_not_again(
    client: Client, adam: User, source: SourceMedia
) -> None:
    client.force_login(adam)
    path = rollback_of(source)
    client.post(path, {"note": "worse"})

    assert "Nothing can be rolled back here" in client.get(path).content.decode()
    client.post(path, {"note": "worse"})

    assert Promotion.objects.filter(source=source, reason="rollback").count() == 1


@pytest.mark.parametrize("role", ["reviewer", "manager"])
def test_others_of_the_tenant_may_not_roll_back(
    client: Client, source: SourceMedia, role: str
) -> None:
    client.force_login(user_of("mara", make_tenant("harbour"), role=role))
    path = rollback_of(source)

    assert path not in client.get(f"/sources/{source.pk}/history/").content.decode()
    assert client.get(path).status_code == 403
    assert client.post(path, {"note": "mine"}).status_code == 403
    assert Generation.objects.current().get(source=source).pipeline_version == "1.1.0"


def test_an_admin_of_another_tenant_finds_nothing(
    client: Client, source: SourceMedia
) -> None:
    dana = user_of("dana", make_tenant("meadow"), role="admin")
    client.force_login(dana)

    assert client.get(f"/sources/{source.pk}/history/").status_code == 404
    assert client.post(rollback_of(source), {"note": "x"}).status_code == 404


def test_the_api_tells_the_same(
    client: Client, alice: User, charlie: User, source: SourceMedia
) -> None:
    client.force_login(alice)
    api = f"/api/v1/sources/{source.pk}"

    told = client.get(f"{api}/history/").json()
    pair = client.get(f"{api}/side-by-side/").json()

    assert told["history"] == [m.as_json() for m in timeline_of(source)]
    assert pair["differing"] == 3
    unknown = {"left": str(uuid.uuid4()), "right": pair["right"]}
    assert client.get(f"{api}/side-by-side/", unknown).status_code == 404
    client.force_login(charlie)
    assert client.get(f"{api}/history/").status_code == 404
    assert client.get(f"{api}/side-by-side/").status_code == 404


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("history", *words, stdout=out)
    return out.getvalue()


def test_the_command_tells_the_same(source: SourceMedia) -> None:
    told = json.loads(command(str(source.pk), "--json"))
    table = command(str(source.pk))

    assert told["history"] == [m.as_json() for m in timeline_of(source)]
    assert told["values"]["differing"] == 3
    assert "3 of 4 values differ" in table
    assert "only right" in table


def test_the_command_says_what_is_not_there(source: SourceMedia) -> None:
    with pytest.raises(CommandError, match="no source"):
        command(str(uuid.uuid4()))
    with pytest.raises(CommandError, match="It has"):
        command(str(source.pk), "--values", str(uuid.uuid4()), str(uuid.uuid4()))
