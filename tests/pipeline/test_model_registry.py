"""Models in the admin, on the health page and by command."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from catalog.ids import new_id
from pipeline import model_registry, versions
from pipeline.events import StepRecord, ensure_partitions
from pipeline.model_registry import listed, register_reported
from pipeline.models import (
    ModelEntry,
    ModelPrice,
    PipelineVersion,
    StepEvent,
    TokenFormula,
)
from pipeline.prices import tariff_of
from tests.factories import make_tenant, make_user

URL = "/admin/pipeline/modelentry/"
SEER = "seer-1"
pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return make_user("olga", is_staff=True, is_superuser=True)


@pytest.fixture
def version() -> PipelineVersion:
    """Active, and names a service's model and a local one."""
    engines = {
        "ocr": {
            "backend": "tests.Reader",
            "options": {},
            "model_id": "reader-1",
            "weights_digest": "a" * 64,
        },
        "extract_vision": {
            "backend": "tests.Seer",
            "options": {},
            "model_id": SEER,
            "weights_digest": "",
        },
    }
    made = PipelineVersion.objects.create(
        name="by-service",
        version="1.0.0",
        manifest={"steps": [], "engines": engines, "document_types": []},
        digest="d" * 64,
        state=PipelineVersion.State.RELEASED,
    )
    return versions.activate(version=made)


def make_step_event(
    residual: float, *, created_at: datetime | None = None
) -> StepEvent:
    return StepEvent.objects.create(
        event_id=new_id(),
        step_no=5,
        created_at=created_at or timezone.now(),
        tenant_id=new_id(),
        pipeline_name="by-service",
        pipeline_version="1.0.0",
        model_id=SEER,
        step="extract",
        outcome="ok",
        ms=1,
        vision_tokens=1,
        micro_usd=0,
        quality={"tokens_residual": residual},
    )


def test_released_models_are_written_down_once(version: PipelineVersion) -> None:
    assert model_registry.register_released() == 2
    assert model_registry.register_released() == 0
    local = ModelEntry.objects.local().get()
    assert (local.model_id, local.weights_digest) == ("reader-1", "a" * 64)
    assert ModelEntry.objects.remote().get().model_id == SEER


def test_the_command_lists_them(
    version: PipelineVersion, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("models", "--json")
    rows = {row["model_id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows[SEER]["versions"] == ["by-service@1.0.0"]
    assert rows[SEER]["price"] is None
    assert rows[SEER]["warnings"] == [f"What {SEER} costs is not known: add its price."]
    assert rows["reader-1"]["warnings"] == []
    call_command("models")
    said = capsys.readouterr()
    assert "reader-1" in said.out
    assert "add its price" in said.err


@pytest.mark.parametrize(("days", "told"), [(31, 0), (30, 1), (-1, 1)])
def test_a_model_that_goes_is_told_of(
    version: PipelineVersion, client: Client, operator: User, days: int, told: int
) -> None:
    day = timezone.now().date() + timedelta(days=days)
    shown = f"{day.day} {day:%b %Y}"
    ModelEntry.objects.create(model_id=SEER, kind="remote", retires_at=day)
    client.force_login(operator)
    for page in ("/health/", URL):
        assert client.get(page).text.count(f"retired on {shown}") == told


def test_a_model_that_no_version_names_may_go() -> None:
    ModelEntry.objects.create(
        model_id="unused", kind="remote", retires_at=date(2020, 1, 1)
    )
    assert model_registry.warnings() == []


def test_the_price_of_a_day_is_the_last_before_it() -> None:
    entry = ModelEntry.objects.create(model_id=SEER, kind="remote")
    for day, micro in ((1, 100), (20, 50)):
        ModelPrice.objects.create(
            model=entry,
            valid_from=date(2026, 3, day),
            input_micro_usd=micro,
            output_micro_usd=micro,
        )

    def price_on(day: date) -> int | None:
        price = tariff_of(SEER, on=day).price
        return price.input if price else None

    assert price_on(date(2026, 2, 28)) is None
    assert price_on(date(2026, 3, 19)) == 100
    assert price_on(date(2026, 3, 20)) == 50
    assert tariff_of("another", on=date(2026, 3, 20)).price is None


def test_tokens_that_differ_from_the_formula_are_told_of(
    version: PipelineVersion,
) -> None:
    model_registry.register_released()
    ensure_partitions()
    for residual in (0.1, 0.2):
        make_step_event(residual)
    make_step_event(9.0, created_at=timezone.now() - timedelta(days=20))
    seer = next(one for one in listed() if one.entry.model_id == SEER)
    assert seer.residual == pytest.approx(0.15)
    assert any("+15%" in warning for warning in seer.warnings)


def test_an_operator_adds_a_price_in_dollars(client: Client, operator: User) -> None:
    entry = ModelEntry.objects.create(model_id=SEER, kind="remote")
    client.force_login(operator)
    page = f"{URL}{entry.pk}/change/"
    form = {
        "provider": "seers",
        "notes": "",
        "prices-TOTAL_FORMS": 1,
        "prices-INITIAL_FORMS": 0,
        "prices-0-valid_from": "2026-01-01",
        "prices-0-input_usd": "0.4",
        "prices-0-output_usd": "1.6",
        "formulas-TOTAL_FORMS": 1,
        "formulas-INITIAL_FORMS": 0,
        "formulas-0-valid_from": "2026-01-01",
        "formulas-0-kind": "patches",
        "formulas-0-patch": "28",
        "formulas-0-most": "1568",
    }
    assert client.post(page, form).status_code == 302
    price = entry.prices.get()
    assert (price.input_micro_usd, price.output_micro_usd) == (400_000, 1_600_000)
    assert price.cached_micro_usd == 400_000, "left empty, so no gift"
    formula = entry.formulas.get()
    assert formula.params == {"patch": 28, "most": 1568, "aligned": False}
    text = client.get(page).text
    assert "0.40" in text
    # What was valid stays: neither page nor database lets it change.
    assert 'name="prices-0-input_usd"' not in text
    with pytest.raises(DatabaseError), transaction.atomic():
        ModelPrice.objects.update(input_micro_usd=1)


def test_numbers_of_the_other_kind_are_refused(client: Client, operator: User) -> None:
    entry = ModelEntry.objects.create(model_id=SEER, kind="remote")
    client.force_login(operator)
    form = {
        "prices-TOTAL_FORMS": 0,
        "prices-INITIAL_FORMS": 0,
        "formulas-TOTAL_FORMS": 1,
        "formulas-INITIAL_FORMS": 0,
        "formulas-0-valid_from": "2026-01-01",
        "formulas-0-kind": "tiles",
        "formulas-0-patch": "28",
    }
    answer = client.post(f"{URL}{entry.pk}/change/", form)
    assert "Fill in only the numbers of the kind" in answer.text
    assert not TokenFormula.objects.exists()


def test_a_local_model_reports_nothing(client: Client, operator: User) -> None:
    client.force_login(operator)
    form = {
        "model_id": "reader-1",
        "kind": "local",
        "response_version": "2026",
        "prices-TOTAL_FORMS": 0,
        "prices-INITIAL_FORMS": 0,
        "formulas-TOTAL_FORMS": 0,
        "formulas-INITIAL_FORMS": 0,
    }
    answer = client.post(f"{URL}add/", form)
    assert "A local model is known by its weights" in answer.text


def test_only_operators_change_models(client: Client) -> None:
    entry = ModelEntry.objects.create(model_id=SEER, kind="remote")
    ada = make_user("ada", make_tenant("harbour"), role="admin", is_staff=True)
    client.force_login(ada)
    assert client.get(URL).status_code == 200
    assert client.post(f"{URL}{entry.pk}/change/", {}).status_code == 403
    assert client.get(f"{URL}add/").status_code == 403


def test_a_service_that_changes_its_model_is_told_of(version: PipelineVersion) -> None:
    """The name stays, the model does not: the upgrade that nobody asked for."""
    now = timezone.now()
    for name, days in (("seer-1-2026-03", 90), ("seer-1-2026-11", 2)):
        ModelEntry.objects.create(
            model_id=SEER,
            kind="remote",
            response_version=name,
            first_seen_at=now - timedelta(days=days),
        )
    told = [said for said in model_registry.warnings() if "answers as" in said]
    assert len(told) == 1
    assert "answers as seer-1-2026-11 since" in told[0]
    assert "before as seer-1-2026-03" in told[0]


def test_what_answers_report_is_written_down_once() -> None:
    detail = {"reported_models": ["seer-1-2026-03"]}
    record = StepRecord("extract", "ok", 1, model_id=SEER, detail=detail)
    for _ in range(2):
        register_reported([record])
    assert ModelEntry.objects.get().response_version == "seer-1-2026-03"
