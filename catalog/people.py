"""Who may look: the one type that every visible_to() takes."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User

Viewer = User | AnonymousUser
