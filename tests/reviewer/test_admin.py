from __future__ import annotations

import pytest
from django.test import Client

from reviewer.reasons import reason_text
from tests.factories import make_task, make_tenant, make_user

PAGE = "/admin/reviewer/reviewtask/"


@pytest.mark.django_db
def test_tasks_and_their_items_say_why_in_words(client: Client) -> None:
    task = make_task(make_tenant("harbour"))
    item = task.items.order_by("position").last()
    assert item is not None
    client.force_login(make_user("olga", is_staff=True, is_superuser=True))

    shown = client.get(PAGE).content.decode()
    opened = client.get(f"{PAGE}{task.pk}/change/").content.decode()

    assert reason_text(task.reason) in shown
    assert reason_text(task.reason) in opened
    assert reason_text(item.reason) in opened
    assert task.reason not in opened
    assert item.reason not in opened
