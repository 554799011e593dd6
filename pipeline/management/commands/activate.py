from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from pipeline import upgrades, versions
from pipeline.admin.version_pages import ways_of
from pipeline.models import PipelineVersion


class Command(BaseCommand):
    help = (
        "Have a released version read what comes in. By its signed gate, or back to one"
        " that was active; any other one needs --because, and stays marked for ever."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="NAME@VERSION")
        parser.add_argument("--because", default="", help="why without a gate")
        parser.add_argument(
            "--by",
            metavar="USERNAME",
            help="who answers for it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        version = self._version(options["version"])
        ways = ways_of(version)
        if why := ways.cannot:
            self.stderr.write(f"This machine cannot run it: {why}.")
        gate = ways.gate if ways.by_gate else None
        try:
            versions.activate(
                version=version,
                actor=self._actor(options["by"]),
                gate=gate,
                note="" if gate else options["because"].strip(),
            )
        except versions.VersionRefused as refused:
            raise CommandError(f"{refused} (--because ...)") from None
        self.stdout.write(f"{version} reads new documents from now on.")
        for stuck in upgrades.stuck_versions():
            self.stdout.write(stuck.sentence)

    def _version(self, reference: str) -> PipelineVersion:
        try:
            return PipelineVersion.objects.named(reference)
        except PipelineVersion.DoesNotExist:
            known = ", ".join(str(v) for v in PipelineVersion.objects.released())
            raise CommandError(
                f"There is no pipeline version {reference!r}. Released: {known}."
            ) from None

    def _actor(self, name: str | None) -> User:
        operators = User.objects.filter(is_active=True, is_superuser=True)
        if name is not None:
            found = operators.filter(username=name).first()
            if found is None:
                raise CommandError(f"There is no operator {name!r}: they activate.")
            return found
        if operators.count() != 1:
            raise CommandError("Say who answers for it: --by USERNAME, an operator.")
        return operators.get()
