from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from catalog.compiled import compiled
from catalog.people import Viewer


class OwnKeysQuerySet(models.QuerySet["OwnKeys"]):
    def of(self, user: Viewer) -> OwnKeys | None:
        """None for who never changed a key."""
        return next(iter(_of(user.pk)), None) if user.pk else None


@compiled
def _of(user_id: int) -> models.QuerySet[OwnKeys]:
    return OwnKeys.objects.filter(pk=user_id)


class OwnKeys(models.Model):
    """The keys that a person has changed: by action, "" for one without a key.

    See reviewer.key_table for the actions and their usual keys.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="own_keys",
    )
    keys = models.JSONField(default=dict)
    no_signs = models.BooleanField(
        default=False, help_text="letters, digits and signs are no keys at all"
    )
    changed_at = models.DateTimeField(db_default=Now())

    objects = OwnKeysQuerySet.as_manager()

    class Meta:
        db_table = "own_keys"
        verbose_name_plural = "own keys"

    def __str__(self) -> str:
        return f"keys of {self.user}"
