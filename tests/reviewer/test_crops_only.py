"""What somebody is served who sees only crops, and what nobody gets."""

from __future__ import annotations

import io
import re

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from PIL import Image

from catalog.models import Membership, Tenant
from catalog.regions import BoundingBox, Region
from pipeline.showing.cutting import NOTHING
from reviewer import services
from reviewer.answers import AnswerRefused
from reviewer.models import Decision, ReviewTask, Verdict
from tests.factories import make_tenant
from tests.reviewer import crop_cases
from tests.reviewer.answering import say
from tests.reviewer.crop_cases import COMPANY, FAR, PAPER, SECRETS, TOTAL, shares

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def erin(tenant: Tenant, client: Client) -> User:
    """Sees only crops; logged in."""
    user = crop_cases.make_crop_reviewer("erin", tenant)
    client.force_login(user)
    return user


@pytest.fixture
def task(tenant: Tenant) -> ReviewTask:
    return crop_cases.make_case(tenant)


def desk(client: Client, task: ReviewTask) -> str:
    answer = client.get(f"/review/{task.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def crops_in(html: str) -> list[str]:
    return re.findall(r'class="crop__picture" src="([^"]+)"', html)


def test_the_desk_says_only_what_it_asks_about(
    client: Client, erin: User, task: ReviewTask
) -> None:
    html = desk(client, task)
    assert "21.20" in html
    assert not [secret for secret in SECRETS if secret in html]
    for address in ("/artifacts/", "/sources/" + str(task.source_id)):
        assert address not in html
    assert f"/review/{task.pk}/pages/" in html
    assert len(crops_in(html)) == 2


def test_a_crop_shows_the_field_and_paints_its_neighbour_over(
    client: Client, erin: User, alice: User, task: ReviewTask
) -> None:
    pictures = {one: client.get(one).content for one in crops_in(desk(client, task))}
    [total] = [one for one, data in pictures.items() if shares(data)[TOTAL]]
    seen = shares(pictures[total])
    assert seen[TOTAL] > 0.05
    assert seen[PAPER] > 0.2
    assert seen[COMPANY] == 0
    client.force_login(alice)
    assert shares(client.get(total).content)[COMPANY] > 0.03


def test_its_page_shows_the_crops_and_nothing_else(
    client: Client, erin: User, task: ReviewTask
) -> None:
    desk(client, task)
    image = crop_cases.page_image(task.source)
    answer = client.get(f"/review/{task.pk}/pages/{image.pk}.jpg")
    assert answer.status_code == 200
    seen = shares(answer.content)
    assert seen[TOTAL] > 0
    assert seen[COMPANY] == seen[FAR] == 0
    page = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert page.size == (crop_cases.WIDTH, crop_cases.HEIGHT)
    corner = page.getpixel((880, 1180))
    assert isinstance(corner, tuple)
    assert max(abs(a - b) for a, b in zip(corner, NOTHING, strict=True)) < 4


def test_only_words_inside_can_be_picked(
    client: Client, erin: User, alice: User, task: ReviewTask
) -> None:
    desk(client, task)
    words = client.get(f"/review/{task.pk}/words/1/").json()["words"]
    assert {word[0] for word in words} == {"21.20", "11/01/2018", "Nearby"}
    client.force_login(alice)
    words = client.get(f"/review/{task.pk}/words/1/").json()["words"]
    assert {word[0] for word in words} == set(crop_cases.WORDS)


@pytest.mark.parametrize(
    "place",
    [
        "0-0-100000-100000",
        "10000-85000-30000-88000",
        "40000-10000-50000-52000",
        "1-2-3",
        "5-5-1-1",
        "x-0-1-1",
        "9999999-0-1-1",
    ],
)
def test_no_other_part_of_the_page_is_cut(
    client: Client, erin: User, task: ReviewTask, place: str
) -> None:
    desk(client, task)
    image = crop_cases.page_image(task.source)
    answer = client.get(f"/review/{task.pk}/crops/{image.pk}/{place}/480.webp")
    assert answer.status_code == 404


def test_a_case_is_shown_to_who_holds_it_and_to_who_answered_it(
    client: Client, erin: User, bob: User, task: ReviewTask
) -> None:
    paths = [
        *crops_in(desk(client, task)),
        f"/review/{task.pk}/pages/{crop_cases.page_image(task.source).pk}.jpg",
        f"/review/{task.pk}/words/1/",
    ]

    def codes() -> set[int]:
        return {client.get(path).status_code for path in paths}

    assert codes() == {200}
    ReviewTask.objects.filter(pk=task.pk).update(
        reserver=None, reservation_token=None, reserved_until=None
    )
    assert codes() == {404}
    services.reserve(user=bob, task_id=task.pk)
    assert codes() == {404}
    ReviewTask.objects.filter(pk=task.pk).update(
        reserver=None, reservation_token=None, reserved_until=None
    )
    held = services.reserve(user=erin, task_id=task.pk)
    services.decide(
        user=erin,
        task_id=task.pk,
        token=held.reservation_token or task.pk,
        answer=say("total", Verdict.CONFIRM),
    )
    ReviewTask.objects.filter(pk=task.pk).update(
        reserver=None, reservation_token=None, reserved_until=None
    )
    assert codes() == {200}


def test_the_next_case_comes_early_as_crops(
    client: Client, erin: User, tenant: Tenant, task: ReviewTask
) -> None:
    other = crop_cases.make_case(tenant)
    html = desk(client, task)
    assert f'data-ahead="/review/{task.pk}/ahead/"' in html
    token = re.search(r'data-token="([^"]+)"', html)
    assert token is not None
    told = client.post(f"/review/{task.pk}/ahead/", {"token": token[1]}).json()
    assert f'data-task="{other.pk}"' in told["desk"]
    pictures = re.findall(r'(?:src|srcset)="(/[^" ]+)', told["desk"])
    assert len({*pictures}) == 3  # two crops, and the page with what is granted of it
    for address in pictures:
        assert address.startswith(f"/review/{other.pk}/"), address
        assert client.get(address).status_code == 200, address


def test_an_answer_cannot_widen_what_is_shown(
    client: Client, erin: User, task: ReviewTask
) -> None:
    held = services.reserve(user=erin, task_id=task.pk)
    token = held.reservation_token
    assert token is not None

    def pick(box: list[float]) -> None:
        place = Region(1, BoundingBox.from_list(box))
        said = say("total", Verdict.CORRECT, "9.00", region=place)
        services.decide(user=erin, task_id=task.pk, token=token, answer=said)

    with pytest.raises(AnswerRefused, match="what you are shown"):
        pick(crop_cases.BOXES["address"])
    with pytest.raises(AnswerRefused, match="what you are shown"):
        pick([0.0, 0.0, 1.0, 1.0])
    assert not Decision.objects.exists()
    pick(crop_cases.WORDS["Nearby"])
    # Picked inside, at its edge: the windows stay as they were.
    image = crop_cases.page_image(task.source)
    shown = client.get(f"/review/{task.pk}/pages/{image.pk}.jpg").content
    assert shares(shown)[COMPANY] == shares(shown)[FAR] == 0
    words = client.get(f"/review/{task.pk}/words/1/").json()["words"]
    assert {word[0] for word in words} == {"21.20", "11/01/2018", "Nearby"}


def test_the_queue_has_neither_names_nor_pictures(
    client: Client, erin: User, alice: User, task: ReviewTask
) -> None:
    html = client.get("/").content.decode()
    assert f"/review/{task.pk}/" in html
    assert crop_cases.NAME not in html
    assert "/artifacts/" not in html
    client.force_login(alice)
    html = client.get("/").content.decode()
    assert crop_cases.NAME in html
    assert "/artifacts/" in html


def test_a_document_that_is_not_shown_is_not_closed(
    erin: User, task: ReviewTask
) -> None:
    task.items.update(decided=True)
    held = services.reserve(user=erin, task_id=task.pk)
    with pytest.raises(AnswerRefused, match="shown to you"):
        services.close_without_items(
            user=erin, task_id=task.pk, token=held.reservation_token or task.pk
        )


def test_the_api_gives_values_of_what_is_asked_while_it_is_held(
    client: Client, erin: User, task: ReviewTask
) -> None:
    detail = f"/api/v1/review-tasks/{task.pk}/"
    assert client.get(detail).status_code == 404
    assert client.get(f"{detail}notes/").status_code == 404
    held = client.post(f"{detail}reserve/")
    assert {item["slot"] for item in held.json()["items"]} == {"total", "date"}
    body = client.get(detail).content.decode()
    assert "21.20" in body
    assert not [secret for secret in SECRETS if secret in body]


def test_the_rule_is_of_reviewers_and_of_one_tenant(
    client: Client, erin: User, tenant: Tenant, task: ReviewTask
) -> None:
    meadow = make_tenant("meadow")
    Membership.objects.create(user=erin, tenant=meadow, role="admin")
    elsewhere = crop_cases.make_case(meadow)
    assert client.get(f"/sources/{elsewhere.source_id}/").status_code == 200
    assert client.get(f"/sources/{task.source_id}/").status_code == 404
    with pytest.raises(IntegrityError, match="only_reviewers_see_only_crops"):
        Membership.objects.filter(tenant=meadow).update(crops_only=True)


def test_outsiders_and_strangers_get_nothing(
    client: Client, erin: User, charlie: User, task: ReviewTask
) -> None:
    [crop, _] = crops_in(desk(client, task))
    image = crop_cases.page_image(task.source)
    paths = [
        crop,
        f"/review/{task.pk}/pages/{image.pk}.jpg",
        f"/review/{task.pk}/words/1/",
    ]
    client.force_login(charlie)
    assert {client.get(path).status_code for path in paths} == {404}
    assert {Client().get(path).status_code for path in paths} == {302}


PLACES_OF_DOCUMENTS = ("/sources/", "/upload/", "/search/", "/golden/")


def test_the_menu_leads_only_where_there_is_something(
    client: Client, erin: User, tenant: Tenant
) -> None:
    """Only the queue; one tenant that is seen whole brings the rest."""
    empty = client.get("/").content.decode()
    assert 'href="/"' in empty
    assert not [one for one in PLACES_OF_DOCUMENTS if f'href="{one}"' in empty]
    meadow = make_tenant("meadow")
    Membership.objects.create(user=erin, tenant=meadow)
    whole = client.get("/").content.decode()
    assert all(f'href="{one}"' in whole for one in PLACES_OF_DOCUMENTS)
