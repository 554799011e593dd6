"""Second looks and siblings of an error, as the history of a source tells them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from catalog.models import SourceMedia
from reviewer.happening import Happening, name_of
from reviewer.models import ReviewTask, Sibling, UnseenRelease

MOST_NAMED = 20
ASKED = {
    ReviewTask.Asks.SECOND: "Another person was asked to read {} before the release",
    ReviewTask.Asks.THIRD: "Two people differed in {}: a third one was asked",
}


def looks_of(source: SourceMedia) -> Iterator[Happening]:
    looks = ReviewTask.objects.blind().filter(source=source)
    counted = looks.annotate(count=Count("items"))
    for asks, at, count in counted.values_list("asks", "created_at", "count"):
        fields = f"{count} field{'s' if count != 1 else ''}"
        yield Happening(at, "review", ASKED[ReviewTask.Asks(asks)].format(fields))
    released = UnseenRelease.objects.filter(task__source=source)
    for one in released.select_related("actor"):
        yield Happening(
            one.at,
            "review",
            "Released without the second look",
            detail=f"{one.get_because_display().capitalize()}.",
            who=name_of(one.actor),
        )


def siblings_of(source: SourceMedia) -> Iterator[Happening]:
    """What an error of this one has opened, and whether another one opened this."""
    causes = ReviewTask.objects.filter(source=source, siblings__isnull=False)
    for cause in causes.distinct():
        opened = list(Sibling.objects.caused_by(cause).order_by("opened_at"))
        names = [one.task.source.name for one in opened[:MOST_NAMED]]
        more = len(opened) - len(names)
        alike = "document like it is" if len(opened) == 1 else "documents like it are"
        yield Happening(
            opened[0].opened_at,
            "review",
            f"An error was found: {len(opened)} {alike} checked",
            detail=", ".join(names) + (f" and {more} more" if more else ""),
        )
    caused = Sibling.objects.filter(task__source=source)
    for one in caused.select_related("cause__source"):
        yield Happening(
            one.opened_at,
            "review",
            "It is checked since one like it was wrong",
            detail=one.cause.source.name,
        )
