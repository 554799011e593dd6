from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from pipeline.memo.revocations import Origin, Which, reaches, revoke_memo
from pipeline.models import MemoRevocation
from tests.factories import make_tenant, make_user

pytestmark = pytest.mark.django_db
URL = "/admin/pipeline/memorevocation/"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
MADE = Origin("ocr", "1.0.0", "1.4.0", "rapidocr-3", "a" * 64, NOON)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("which", "reached"),
    [
        (Which(step="ocr"), True),
        (Which(step="layout"), False),
        (Which(step="ocr", step_version="1.0.0"), True),
        (Which(step="ocr", step_version="1.1.0"), False),
        (Which(pipeline_version="1.4.0"), True),
        (Which(pipeline_version="1.4.1"), False),
        (Which(model_id="rapidocr-3"), True),
        (Which(model_id="rapidocr-4"), False),
        (Which(memo_key="a" * 64), True),
        (Which(memo_key="b" * 64), False),
        (Which(from_time=NOON), True),
        (Which(from_time=NOON + HOUR), False),
        (Which(until_time=NOON + HOUR), True),
        (Which(until_time=NOON), False),
        (Which(step="ocr", from_time=NOON - HOUR, until_time=NOON + HOUR), True),
    ],
)
def test_what_is_named_must_fit(which: Which, reached: object) -> None:
    assert reaches(revoke_memo(which=which, reason="bad light"), MADE) is reached


def test_what_is_made_after_a_revocation_is_good_again() -> None:
    revocation = revoke_memo(which=Which(step="ocr"), reason="bad weights")
    later = Origin("ocr", "1.0.0", "1.4.0", "", "", timezone.now() + HOUR)

    assert not reaches(revocation, later)


def test_a_revocation_says_what_and_why() -> None:
    with pytest.raises(ValidationError):
        revoke_memo(which=Which(), reason="all is bad")
    with pytest.raises(ValidationError):
        revoke_memo(which=Which(step="ocr"), reason=" ")
    with pytest.raises(ValidationError):
        revoke_memo(which=Which(memo_key="abc"), reason="cut short")
    with pytest.raises(IntegrityError), transaction.atomic():
        MemoRevocation.objects.create(reason="by hand")


def test_a_revocation_is_kept() -> None:
    revoke_memo(which=Which(step="ocr"), reason="bad weights")

    with pytest.raises(ProgrammingError), transaction.atomic():
        MemoRevocation.objects.update(reason="other")
    with pytest.raises(ProgrammingError), transaction.atomic():
        MemoRevocation.objects.all().delete()


def test_the_command_revokes() -> None:
    call_command("revoke_memo", step="ocr", reason="bad weights")
    call_command("revoke_memo", "--from", "2026-01-31T12:00Z", "--reason", "bad day")

    day, step = MemoRevocation.objects.all()
    assert (step.step, step.reason, step.created_by) == ("ocr", "bad weights", None)
    assert day.from_time == NOON
    with pytest.raises(CommandError, match="at least one"):
        call_command("revoke_memo", reason="all is bad")


def test_operators_add_and_nobody_changes(client: Client) -> None:
    olga = make_user("olga", is_staff=True, is_superuser=True)
    make_user("ada", make_tenant("harbour"), role="admin", is_staff=True)
    client.force_login(olga)

    empty = client.post(f"{URL}add/", {"reason": "all"})
    client.post(f"{URL}add/", {"step": "ocr", "reason": "bad weights"})

    assert b"at least one of the columns" in empty.content
    revocation = MemoRevocation.objects.get()
    assert (revocation.step, revocation.created_by) == ("ocr", olga)
    assert client.get(URL).status_code == 200
    change = client.post(f"{URL}{revocation.pk}/change/", {"reason": "other"})
    assert change.status_code == 403
    client.logout()
    assert client.login(username="ada", password="correct horse")
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}add/", {"step": "ocr"}).status_code == 403
