from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from pipeline.memo.revocations import Which, revoke_memo


class Command(BaseCommand):
    help = (
        "Disown results of a step: no later reading takes them over. Nothing is"
        " deleted. What is left out means any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--step", default="", help="such as ocr")
        parser.add_argument("--step-version", default="", metavar="1.0.0")
        parser.add_argument("--pipeline-version", default="", metavar="1.0.0")
        parser.add_argument("--model-id", default="", metavar="ID")
        parser.add_argument("--memo-key", default="", metavar="HEX")
        parser.add_argument("--from", dest="from_time", type=_moment, metavar="TIME")
        parser.add_argument(
            "--until", dest="until_time", type=_moment, metavar="TIME", help="or: now"
        )
        parser.add_argument("--reason", required=True, help="what is wrong with them")

    def handle(self, *args: Any, **options: Any) -> None:
        which = Which(**{field.name: options[field.name] for field in fields(Which)})
        try:
            revocation = revoke_memo(which=which, reason=options["reason"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"Revoked: {revocation} ({revocation.pk})")


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ArgumentTypeError(f"{text!r} is no time; write 2026-01-31T12:00Z")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
