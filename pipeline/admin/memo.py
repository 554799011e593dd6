from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.forms import ModelForm
from django.http import HttpRequest

from catalog.admin import Window
from pipeline.memo.revocations import Which, revoke_memo
from pipeline.models import MemoRevocation


@admin.register(MemoRevocation)
class MemoRevocationAdmin(Window):
    """Results that no later reading may take over. For operators alone: the results are
    everybody's, and a reason may speak of one tenant's documents.
    """

    search_ids = ("pk",)
    list_display = [
        "created_at",
        "step",
        "step_version",
        "pipeline_version",
        "model_id",
        "from_time",
        "until_time",
        "reason",
        "created_by",
    ]
    list_select_related = ["created_by"]
    fields = [
        "step",
        "step_version",
        "pipeline_version",
        "model_id",
        "memo_key",
        "from_time",
        "until_time",
        "reason",
    ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: Any
    ) -> None:
        which = Which(
            **{field.name: getattr(obj, field.name) for field in fields(Which)}
        )
        user = request.user if isinstance(request.user, User) else None
        made = revoke_memo(which=which, reason=obj.reason, created_by=user)
        obj.pk, obj.created_at = made.pk, made.created_at
