from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from reviewer import key_table
from reviewer.key_table import KeysRefused
from reviewer.models import OwnKeys
from tests.factories import make_tenant, make_user
from tests.reviewer.cases import two_doubts

pytestmark = pytest.mark.django_db

# Reviewers have these in their fingers: whoever changes one breaks their work. The
# scripts' side of the same table is pinned in tests/js/keymap.test.mjs.
PINNED = {
    "confirm": "Enter",
    "first": "1",
    "second": "2",
    "third": "3",
    "type": "c",
    "pick": "w",
    "absent": "a",
    "unreadable": "u",
    "next_field": "ArrowDown",
    "last_field": "ArrowUp",
    "lines": "l",
    "undo": "z",
    "skip": "s",
    "next_case": "n",
    "hold": "h",
    "comment": "m",
    "senior": "e",
    "give_back": "r",
    "zoom_in": "+",
    "zoom_out": "-",
    "whole": "0",
    "turn": "t",
    "contrast": "i",
    "keys": "?",
}


@pytest.fixture
def alice(client: Client) -> User:
    user = make_user("alice", make_tenant("acme"))
    client.force_login(user)
    return user


def test_the_usual_keys_are_pinned(alice: User) -> None:
    assert key_table.keys_of(alice) == PINNED


def test_only_what_was_changed_is_kept(alice: User) -> None:
    key_table.save_keys(user=alice, keys={"absent": "X", "skip": ""}, no_signs=False)
    assert OwnKeys.objects.get().keys == {"absent": "x", "skip": ""}
    assert json.loads(key_table.for_scripts(alice)) == {
        "own": {"a": "x", "s": ""},
        "off": False,
    }
    assert key_table.keys_of(alice) == {**PINNED, "absent": "x", "skip": ""}


def test_two_keys_may_change_places(alice: User) -> None:
    key_table.save_keys(
        user=alice, keys={"absent": "u", "unreadable": "a"}, no_signs=False
    )
    assert key_table.keys_of(alice)["unreadable"] == "a"


def test_one_key_for_two_is_refused_with_both_names(alice: User) -> None:
    with pytest.raises(KeysRefused, match=r"“s” cannot do both .*not say.*Skip the"):
        key_table.save_keys(user=alice, keys={"absent": "s"}, no_signs=False)
    assert not OwnKeys.objects.exists()


@pytest.mark.parametrize("key", ["F5", "Tab", "ab", "Control"])
def test_a_key_that_is_the_browsers_is_refused(alice: User, key: str) -> None:
    with pytest.raises(KeysRefused, match="take one letter"):
        key_table.save_keys(user=alice, keys={"absent": key}, no_signs=False)


def test_the_page_saves_and_the_desk_hears(client: Client, alice: User) -> None:
    page = reverse("own-keys")
    assert client.post(page, {"absent": "f4", "no_signs": "on"}).status_code == 302
    shown = client.get(page).content.decode()
    assert 'value="F4"' in shown
    assert "checked" in shown
    task = two_doubts(make_tenant("acme"))
    desk = client.get(reverse("task", args=[task.pk])).content.decode()
    assert "&quot;a&quot;: &quot;F4&quot;" in desk
    assert "&quot;off&quot;: true" in desk


def test_the_page_says_why_and_keeps_what_was_given(
    client: Client, alice: User
) -> None:
    response = client.post(reverse("own-keys"), {"absent": "s"})
    assert response.status_code == 400
    said = response.content.decode()
    assert "cannot do both" in said
    assert said.count('value="s"') == 2


def test_back_to_the_usual_ones(client: Client, alice: User) -> None:
    client.post(reverse("own-keys"), {"absent": "x"})
    client.post(reverse("own-keys"), {"reset": "1"})
    assert key_table.keys_of(alice) == PINNED
    assert key_table.for_scripts(alice) == ""


def test_each_person_has_their_own(client: Client, alice: User) -> None:
    client.post(reverse("own-keys"), {"absent": "x"})
    bob = make_user("bob", make_tenant("acme"))
    assert key_table.keys_of(bob) == PINNED


def test_nobody_without_a_log_in(client: Client) -> None:
    assert client.get(reverse("own-keys")).status_code == 302
