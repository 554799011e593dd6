from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from catalog.models import Sighting
from catalog.models.sighting import KEPT_MONTHS
from catalog.services import drop_sightings

# A month in which nothing is dropped too early.
MONTH = timedelta(days=31)


def moment(text: str) -> datetime:
    given = parse_datetime(text) if "T" in text or " " in text else None
    day = None if given else parse_date(text)
    if day is not None:
        given = datetime(day.year, day.month, day.day)
    if given is None:
        raise ArgumentTypeError(f"{text} is no day and no time: write 2026-01-31.")
    return given if timezone.is_aware(given) else timezone.make_aware(given)


class Command(BaseCommand):
    help = "Who was shown what; newest first. Or drops what is older than its time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", type=UUID, help="of this source")
        parser.add_argument("--user", help="shown to this user name")
        parser.add_argument("--since", type=moment, help="a day or a time, UTC")
        parser.add_argument("--most", type=int, default=1000, help="rows; 0: all")
        parser.add_argument("--json", action="store_true", help="one object a line")
        parser.add_argument(
            "--drop-older-than",
            type=int,
            metavar="MONTHS",
            help=f"delete what is older, {KEPT_MONTHS} months at least",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drop_older_than"] is not None:
            self._drop(options["drop_older_than"])
            return
        rows = Sighting.objects.with_names().newest_first()
        if options["source"]:
            rows = rows.of_source(options["source"])
        if options["user"]:
            rows = rows.filter(user__username=options["user"])
        if options["since"]:
            rows = rows.filter(at__gte=options["since"])
        if options["most"]:
            rows = rows[: options["most"]]
        for row in rows.iterator(chunk_size=1000):
            self.stdout.write(
                json.dumps(row.as_json()) if options["json"] else self._said(row)
            )

    def _said(self, row: Sighting) -> str:
        where = f" page {row.page}" if row.page else ""
        parts = f", {len(row.rectangles)} of its parts" if row.rectangles else ""
        return (
            f"{row.at:%Y-%m-%d %H:%M:%S}  {row.user.get_username()}"
            f"  {row.get_what_display()}{where}{parts}"
            f"  {row.source_id}  {row.get_way_display()}"
        )

    def _drop(self, months: int) -> None:
        if months < KEPT_MONTHS:
            raise CommandError(
                f"Who saw what is kept for {KEPT_MONTHS} months at least: the database"
                " lets nothing younger go."
            )
        dropped = drop_sightings(before=timezone.now() - months * MONTH)
        self.stdout.write(f"{dropped} rows dropped.")
