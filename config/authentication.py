"""Django's own log-in, which asks who somebody is with every request."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db.models import QuerySet

from catalog.compiled import compiled


class Backend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        found = _user(user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@compiled
def _user(user_id: int) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)
