"""Seeded checks: how many planted errors are caught, for who leads a tenant."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.access import ApiView
from catalog.api.questions import ScopeParams, params_of
from catalog.scope import scope_of
from reviewer.checks import checks_of


class CheckParams(ScopeParams):
    since = serializers.DateTimeField(
        required=False, default=None, help_text="answered then or later"
    )
    until = serializers.DateTimeField(
        required=False, default=None, help_text="answered before then"
    )


class CatchRateSerializer(serializers.Serializer[object]):
    answered = serializers.IntegerField()
    caught = serializers.IntegerField()
    missed = serializers.IntegerField()
    catch_rate = serializers.FloatField(allow_null=True, help_text="0..1")
    low = serializers.FloatField(help_text="of its 95 % interval (Wilson)")
    high = serializers.FloatField()


class NamedRateSerializer(CatchRateSerializer):
    name = serializers.CharField()


class ChecksSerializer(CatchRateSerializer):
    level = serializers.FloatField()
    planted = serializers.IntegerField(help_text="answered or not")
    learned = serializers.IntegerField(
        help_text="of those, drawn from the installation's own corrections"
    )
    by_team = NamedRateSerializer(many=True)
    by_field = NamedRateSerializer(many=True)
    by_kind = NamedRateSerializer(many=True)


class ReviewChecksView(ApiView):
    """Of the errors put into review on purpose, how many are caught: by team, field and
    kind of error. Never by person, and never which question was one.
    """

    @extend_schema(
        operation_id="review_checks",
        parameters=[CheckParams],
        responses=ChecksSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = params_of(CheckParams, request)
        tenants = scope_of(request.user, asked["tenant"])
        checks = checks_of(tenants, since=asked["since"], until=asked["until"])
        return Response(checks.as_json())
