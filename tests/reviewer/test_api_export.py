from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from catalog.models import DeliveredArtifact, Delivery, DerivedArtifact, Generation
from reviewer import services
from reviewer.exports import safe_cell
from reviewer.models import ReviewTask, Verdict
from tests.factories import (
    field_artifact,
    make_generation,
    make_source,
    make_task,
    make_tenant,
    make_user,
)

URL = "/api/v1/export/"


@pytest.fixture
def mara(db: None) -> User:
    """The manager of harbour."""
    return make_user("mara", make_tenant("harbour"), role="manager")


def released(*fields: Any, tenant: str = "harbour", name: str = "a.pdf") -> Generation:
    return make_generation(
        make_source(make_tenant(tenant), name=name),
        disposition="auto_accept",
        reason="all_critical_verified",
        fields=fields or (field_artifact("total", "21.20", status="verified"),),
    )


def sent(client: Client, **query: str) -> str:
    response: Any = client.get(URL, {"tenant": "harbour", **query})
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def answered(task: ReviewTask, user: User, **verdicts: Verdict) -> None:
    """Answer all items of a task; those not named are confirmed."""
    held = services.reserve(user=user, task_id=task.pk)
    assert held.reservation_token
    for item in task.items.all():
        verdict = verdicts.get(item.slot, Verdict.CONFIRM)
        services.decide(
            user=user,
            task_id=task.pk,
            token=held.reservation_token,
            answer=services.Answer(uuid.uuid4(), item.slot, verdict),
        )


def test_released_values_leave_as_json_lines(client: Client, mara: User) -> None:
    generation = released()
    make_task(make_tenant("harbour"))
    client.force_login(mara)

    [line] = sent(client).splitlines()

    row = json.loads(line)
    assert row["source_id"] == str(generation.source_id)
    assert row["values"]["total"]["value"] == "21.20"
    assert row["values"]["total"]["bbox"] == [0.6, 0.8, 0.75, 0.83]


def test_a_delivery_holds_exactly_what_was_sent(client: Client, mara: User) -> None:
    released(name="a.pdf")
    released(name="b.pdf")
    client.force_login(mara)

    rows = list(csv.DictReader(io.StringIO(sent(client, format="csv"))))

    delivery = Delivery.objects.get()
    carried = DeliveredArtifact.objects.filter(delivery=delivery)
    assert (delivery.recipient, delivery.form, len(rows)) == (mara, "csv", 2)
    assert {row["artifact_id"] for row in rows} == {
        str(row.artifact_id) for row in carried
    }


def test_what_changes_while_sending_is_sent_as_recorded(
    client: Client, mara: User
) -> None:
    released(name="a.pdf")
    client.force_login(mara)
    response: Any = client.get(URL, {"tenant": "harbour"})
    released(name="later.pdf")

    text = b"".join(response.streaming_content).decode()

    assert "later.pdf" not in text
    assert "a.pdf" in text


def test_peoples_answers_stand_and_what_they_could_not_say_is_null(
    client: Client, mara: User
) -> None:
    task = make_task(make_tenant("harbour"))
    answered(task, mara, total=Verdict.UNREADABLE, date=Verdict.ABSENT)
    client.force_login(mara)

    values = json.loads(sent(client))["values"]

    assert (values["total"]["value"], values["total"]["status"]) == (None, "unreadable")
    assert (values["date"]["value"], values["date"]["status"]) == (None, "absent")
    assert values["date"]["origin"] == "human"
    assert values["company"]["value"] == "Gin Kee"
    superseded = DerivedArtifact.objects.filter(superseded_by__isnull=False)
    assert not DeliveredArtifact.objects.filter(artifact__in=superseded).exists()


def test_since_leaves_out_what_was_released_before(client: Client, mara: User) -> None:
    released()
    client.force_login(mara)
    now = timezone.now()

    assert sent(client, since=(now - timedelta(hours=1)).isoformat())
    assert not sent(client, since=(now + timedelta(hours=1)).isoformat())


def test_another_tenants_values_stay_there(client: Client, mara: User) -> None:
    released(tenant="meadow")
    client.force_login(mara)

    assert sent(client) == ""
    assert client.get(URL, {"tenant": "meadow"}).status_code == 404


def test_reviewers_may_not_export(client: Client, alice: User) -> None:
    client.force_login(alice)

    response = client.get(URL, {"tenant": "harbour"})

    assert response.status_code == 403
    assert "ask one of them" in response.json()["detail"]
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"tenant": "harbour", "format": "xml"},
        {"tenant": "harbour", "since": "soon"},
        {"tenant": "harbour", "since": "9999-12-31T23:59:59-14:00"},
        {"tenant": "\x00"},
    ],
)
def test_malformed_parameters_are_refused(
    client: Client, mara: User, query: dict[str, str]
) -> None:
    client.force_login(mara)

    assert client.get(URL, query).status_code == 400
    assert not Delivery.objects.exists()


def test_asking_for_headers_only_delivers_nothing(client: Client, mara: User) -> None:
    client.force_login(mara)

    assert client.head(URL, {"tenant": "harbour"}).status_code == 405
    assert not Delivery.objects.exists()


def test_no_cell_is_a_formula(client: Client, mara: User) -> None:
    released(
        field_artifact("company", '=HYPERLINK("http://x")', value_type="name"),
        field_artifact("total", "-21.20"),
    )
    client.force_login(mara)

    rows = list(csv.DictReader(io.StringIO(sent(client, format="csv"))))

    by_slot = {row["slot"]: row["value"] for row in rows}
    assert by_slot["company"] == '\'=HYPERLINK("http://x")'
    assert by_slot["total"] == "-21.20"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " ="])
def test_formula_starts_are_neutralised(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("plain", ["", "21.20", "-21.20", "Gin Kee", "2018-01-11"])
def test_plain_cells_stay(plain: str) -> None:
    assert safe_cell(plain) == plain
