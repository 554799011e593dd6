from __future__ import annotations

import json
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.choosing import add_slice, described, sliced
from catalog.models import Promotion, PromotionBatch
from catalog.services import PromotionRefused, roll_back


class Command(BaseCommand):
    help = "Take a batch, a slice of it or one promotion back, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=uuid.UUID, help="of a batch or of a promotion")
        add_slice(parser)
        parser.add_argument("--note", default="", help="why, for the ledger")
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = PromotionBatch.objects.filter(pk=options["id"]).first()
        promotions = Promotion.objects.replacements().filter(
            **({"batch": batch} if batch else {"pk": options["id"]})
        )
        chosen = sliced(promotions, options, path="new_generation__")
        answer: dict[str, Any] = {
            "promotions": chosen.count(),
            "can_be_rolled_back": chosen.undoable().count(),
        }
        if not options["dry_run"]:
            try:
                done = roll_back(
                    promotions=chosen,
                    of_batch=batch,
                    note=options["note"],
                    selection=described(options),
                )
            except PromotionRefused as refused:
                raise CommandError(str(refused)) from None
            answer |= {"batch": str(done.batch.pk), "rolled_back": done.generations}
        self.stdout.write(
            json.dumps(answer) if options["json"] else self._sentence(answer)
        )

    def _sentence(self, answer: dict[str, Any]) -> str:
        if "batch" not in answer:
            return (
                f"{answer['can_be_rolled_back']} of {answer['promotions']} promotions"
                " can be rolled back; nothing was."
            )
        return (
            f"{answer['rolled_back']} earlier readings are current again, as batch"
            f" {answer['batch']}."
        )
