from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog import services
from catalog.models import DerivedArtifact, Generation, GoldenCase, GoldenValue
from tests.factories import make_generation, make_source, make_tenant, make_user


@pytest.fixture
def generation(alice: User) -> Generation:
    return make_generation(make_source(make_tenant("harbour")))


def artifact_of(generation: Generation, slot: str) -> DerivedArtifact:
    return DerivedArtifact.objects.get(generation=generation, slot=slot)


def test_lists_hold_only_what_the_user_may_see(
    client: Client, generation: Generation, charlie: User
) -> None:
    other = make_generation(make_source(make_tenant("meadow")))
    client.force_login(charlie)

    rows = client.get("/api/v1/generations/").json()["results"]

    assert [row["generation_id"] for row in rows] == [str(other.pk)]


def test_artifacts_are_filtered(
    client: Client, generation: Generation, alice: User
) -> None:
    client.force_login(alice)

    rows = client.get("/api/v1/artifacts/?kind=field&slot=total").json()["results"]

    assert [(row["kind"], row["slot"]) for row in rows] == [("field", "total")]
    assert rows[0]["pipeline_version"] == "1.0.0"
    assert "payload" not in rows[0]


def test_an_unknown_choice_is_refused_with_a_sentence(
    client: Client, alice: User
) -> None:
    client.force_login(alice)

    response = client.get("/api/v1/artifacts/?kind=nonsense")

    assert response.status_code == 400
    assert response.json()["detail"].startswith("kind: ")


@pytest.mark.parametrize(
    "query",
    ["source=x", "live=maybe", "slot=%00", "cursor=x", "cursor=cD14", "page_size=x"],
)
def test_malformed_parameters_are_no_server_error(
    client: Client, alice: User, query: str
) -> None:
    client.force_login(alice)

    assert client.get(f"/api/v1/artifacts/?{query}").status_code < 500


@pytest.mark.parametrize("made_up", ["x", "0", "%00", "%F0%9F%98%80", "a" * 300])
def test_malformed_ids_are_not_found(client: Client, alice: User, made_up: str) -> None:
    client.force_login(alice)

    for room in ("artifacts", "generations", "golden-cases", "sources", "runs"):
        assert client.get(f"/api/v1/{room}/{made_up}/").status_code == 404


def test_an_artifact_shows_its_payload_and_lineage(
    client: Client, generation: Generation, alice: User
) -> None:
    client.force_login(alice)
    total, words = (artifact_of(generation, slot) for slot in ("total", "page=1"))

    shown = client.get(f"/api/v1/artifacts/{total.pk}/").json()

    assert shown["payload"]["value"] == "21.20"
    assert [row["artifact_id"] for row in shown["inputs"]] == [str(words.pk)]


def test_an_artifact_is_a_download(
    client: Client, generation: Generation, alice: User
) -> None:
    client.force_login(alice)
    total = artifact_of(generation, "total")

    response = client.get(f"/api/v1/artifacts/{total.pk}/file/")

    assert response.json()["value"] == "21.20"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_pages_follow_one_another(client: Client, alice: User) -> None:
    ids = {str(make_source(make_tenant("harbour")).pk) for _ in range(5)}
    client.force_login(alice)
    url, seen = "/api/v1/sources/?page_size=2", []

    while url:
        page = client.get(url).json()
        seen += [row["source_id"] for row in page["results"]]
        url = page["next"]

    assert (len(seen), set(seen)) == (5, ids)


def test_a_golden_case_gives_the_latest_value_of_each_slot(
    client: Client, generation: Generation, alice: User
) -> None:
    for value in ("21.00", "21.20"):
        services.file_golden_value(
            generation=generation,
            value=GoldenValue(slot="total", value_type="money", value=value),
            slices={},
        )
    client.force_login(alice)
    case = GoldenCase.objects.get()

    shown = client.get(f"/api/v1/golden-cases/{case.pk}/").json()

    assert [row["value"] for row in shown["values"]] == ["21.20"]
    assert GoldenCase.objects.count() == 1


def test_deliveries_are_for_managers(
    client: Client, generation: Generation, alice: User
) -> None:
    manager = make_user("mara", make_tenant("harbour"), role="manager")
    total = artifact_of(generation, "total")
    delivery = services.record_delivery(
        tenant=make_tenant("harbour"),
        recipient=manager,
        form="csv",
        artifact_ids=[total.pk],
    )
    url = f"/api/v1/deliveries/{delivery.pk}/"

    client.force_login(alice)
    assert client.get(url).status_code == 404
    assert client.get("/api/v1/deliveries/").json()["results"] == []

    client.force_login(manager)
    assert client.get(url).json()["recipient"] == "mara"
    carried = client.get(f"{url}artifacts/").json()["results"]
    assert [row["artifact_id"] for row in carried] == [str(total.pk)]


def test_who_was_told_a_value_can_be_asked(
    client: Client, generation: Generation
) -> None:
    manager = make_user("mara", make_tenant("harbour"), role="manager")
    total, date = (artifact_of(generation, slot) for slot in ("total", "date"))
    services.record_delivery(
        tenant=make_tenant("harbour"),
        recipient=manager,
        form="csv",
        artifact_ids=[total.pk],
    )
    client.force_login(manager)

    def deliveries(query: str) -> int:
        return len(client.get(f"/api/v1/deliveries/?{query}").json()["results"])

    assert deliveries(f"artifact={total.pk}") == 1
    assert deliveries(f"source={generation.source_id}") == 1
    assert deliveries(f"artifact={date.pk}") == 0
