"""What is proven of review, for who leads a tenant."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.access import ApiView, person
from catalog.models import Tenant
from reviewer import audit_sizing
from reviewer.models.skills import SENIOR_ROLES
from reviewer.review_counts import report_of

FOR_MANAGERS = "For managers and admins: ask one of them."


def led_by(request: Request) -> list[Tenant]:
    """Raises PermissionDenied for who leads no tenant."""
    led = list(Tenant.objects.led_by(person(request), *SENIOR_ROLES).distinct())
    if not led:
        raise PermissionDenied(FOR_MANAGERS)
    return led


class ResidualView(ApiView):
    """How much is still wrong of what people reviewed: with its interval, as a whole,
    by tenant and by field; null where there is too little to say.
    """

    @extend_schema(operation_id="residual", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(report_of(led_by(request)).as_json())


class AuditsView(ApiView):
    """What the random audits of accepted documents prove, by field and version."""

    @extend_schema(operation_id="audits", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        rows = audit_sizing.field_audits([one.pk for one in led_by(request)])
        return Response({"fields": [row.as_json() for row in rows]})
