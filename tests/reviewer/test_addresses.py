"""Addresses by a kept pattern are those that Django writes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse, set_script_prefix

from reviewer.addresses import address_of

# The same in each process, since they name the tests.
ONE, OTHER = uuid.UUID(int=1 << 100), uuid.UUID(int=1 << 101)

PAGES: list[tuple[str, tuple[Any, ...]]] = [
    ("queue", ()),
    ("task", (ONE,)),
    ("task-words", (ONE, 3)),
    ("task-page", (ONE, OTHER)),
    ("task-crop", (ONE, OTHER, "10-20-30-40", 480)),
    ("task-crop", (ONE, OTHER, "a b&c", 480)),  # needs quoting
    ("task", (str(ONE),)),  # takes one form of text only
    ("admin:index", ()),
]


@pytest.mark.parametrize(("name", "values"), PAGES)
def test_an_address_is_that_of_reverse(name: str, values: tuple[Any, ...]) -> None:
    expected = reverse(name, args=values)
    assert [address_of(name, *values) for _ in range(2)] == [expected, expected]


@pytest.mark.parametrize("values", [(), (1,), ("x",), (ONE, OTHER)])
def test_what_no_page_takes_is_an_error(values: tuple[Any, ...]) -> None:
    with pytest.raises(NoReverseMatch):
        address_of("task", *values)


def test_an_address_has_the_prefix_of_now() -> None:
    plain = address_of("task", ONE)
    set_script_prefix("/below/")
    try:
        assert address_of("task", ONE) == f"/below{plain}"
    finally:
        set_script_prefix("/")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% url 'task' one %}", f"/review/{ONE}/"),
        ("{% url name one %}", f"/review/{ONE}/"),
        ("{% url 'task' task_id=one %}", f"/review/{ONE}/"),
        ("{% url 'task' one as found %}[{{ found }}]", f"[/review/{ONE}/]"),
        ("{% url 'task' 'none' as found %}[{{ found }}]", "[]"),
        ("{% url 'admin:index' %}", "/admin/"),
        (
            "{% url 'task-crop' one one '&' 1 %}",
            f"/review/{ONE}/crops/{ONE}/&amp;/1.webp",
        ),
    ],
)
def test_the_tag_is_that_of_django(text: str, expected: str) -> None:
    context = Context({"one": ONE, "name": "task"})
    assert Template(text).render(context) == expected


def test_the_tag_refuses_what_no_page_takes() -> None:
    with pytest.raises(NoReverseMatch):
        Template("{% url 'task' 'none' %}").render(Context())
