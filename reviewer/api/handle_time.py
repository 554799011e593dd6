"""How long answers take, for managers and admins."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.access import MANAGERS, ApiView, managed_tenant_of, person
from catalog.api.questions import params_of
from catalog.models import Tenant
from reviewer import handle_time


class RangeParams(serializers.Serializer[object]):
    tenant = serializers.SlugField(
        required=False, default="", help_text="only this one of your tenants"
    )
    since = serializers.DateField(
        required=False, default=None, help_text="this day on; default: 30 days"
    )
    until = serializers.DateField(
        required=False, default=None, help_text="that day too; default: today"
    )


class SpreadSerializer(serializers.Serializer[object]):
    """Seconds at work. mu and sigma: of the fitted lognormal distribution."""

    n = serializers.IntegerField()
    median = serializers.FloatField()
    p10 = serializers.FloatField()
    p25 = serializers.FloatField()
    p75 = serializers.FloatField()
    p90 = serializers.FloatField()
    mean = serializers.FloatField()
    hours = serializers.FloatField()
    mu = serializers.FloatField(allow_null=True)
    sigma = serializers.FloatField(allow_null=True)


class FieldTimeSerializer(SpreadSerializer):
    asks = serializers.CharField()
    document_type = serializers.CharField()
    field = serializers.CharField()


class UnansweredSerializer(SpreadSerializer):
    ended = serializers.CharField(
        help_text="skipped, escalated, returned, left, left_out or closed"
    )


class LateSerializer(serializers.Serializer[object]):
    n = serializers.IntegerField()
    hours = serializers.FloatField()


class HandleTimeSerializer(serializers.Serializer[object]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    hours = serializers.FloatField(help_text="of everything below")
    fields = FieldTimeSerializer(many=True)  # type: ignore[assignment]
    unanswered = UnansweredSerializer(many=True)
    late = LateSerializer(help_text="second opinions")


class HandleTimeView(ApiView):
    """Time at work by question, document type and field; of nobody in particular."""

    @extend_schema(
        operation_id="handle_time",
        parameters=[RangeParams],
        responses=HandleTimeSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = params_of(RangeParams, request)
        if asked["tenant"]:
            tenants = [managed_tenant_of(request, asked["tenant"])]
        else:
            led = Tenant.objects.led_by(person(request), *MANAGERS)
            tenants = list(led.distinct())
        if not tenants:
            raise PermissionDenied("Only managers and admins may ask this.")
        bounds = handle_time.bounds(asked["since"], asked["until"])
        return Response(handle_time.report(tenants, *bounds).as_json())
