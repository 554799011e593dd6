"""The desk for somebody who sees only crops."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from reviewer.citations import Page
from reviewer.desk import Desk, Question
from reviewer.granting import Glimpse, glimpses_of


def veiled(desk: Desk) -> Desk:
    """Its pages show what is granted of them only, and have only the words in it."""
    glimpses = glimpses_of(desk.task)
    pages = [
        replace(page, address=_address(desk, page))
        for page in desk.pages
        if page.image.pk in glimpses
    ]
    numbers = [page.number for page in pages]
    by_number = {page.number: glimpses[page.image.pk] for page in pages}
    return replace(
        desk,
        crops_only=True,
        pages=pages,
        questions=[_within(q, by_number) for q in desk.questions],
        words={n: reverse("task-words", args=[desk.task.pk, n]) for n in numbers},
        shown=desk.shown if desk.shown in numbers else min(numbers, default=1),
        lone_lines=[],
        lines=None,
    )


def _address(desk: Desk, page: Page) -> str:
    return reverse("task-page", args=[desk.task.pk, page.image.pk])


def _within(question: Question, glimpses: dict[int, Glimpse]) -> Question:
    """Without a cut-out of where somebody else said that the value stands."""
    crop = question.crop
    if crop is None:
        return question
    glimpse = glimpses.get(crop.page.number)
    granted = glimpse is not None and glimpse.shows(crop.bounds)
    return question if granted else replace(question, crop=None)
