"""Sheets over the API: one field of many tasks, held and answered together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from catalog.api.access import ApiView, person, tenant_of
from reviewer import services, sheet_page
from reviewer.api.task_serializers import AnswerSerializer
from reviewer.models import scopes_of
from reviewer.names import FieldNames
from reviewer.narrowing import Narrowing
from reviewer.services.sheets import LARGEST, SIZE, SheetAnswer

EMPTY = OpenApiResponse(description="Nothing is there to answer.")


class FieldCountSerializer(serializers.Serializer[object]):
    slot = serializers.CharField()
    count = serializers.IntegerField(help_text="of the most urgent thousand tasks")


class TakeSerializer(serializers.Serializer[object]):
    slot = serializers.CharField(max_length=100)
    tenant = serializers.SlugField(required=False, default="")
    document_type = serializers.CharField(required=False, default="", max_length=50)
    size = serializers.IntegerField(
        required=False, default=SIZE, min_value=1, max_value=LARGEST
    )
    but = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=500,
        help_text="tasks that you leave to the desk",
    )


class CellSerializer(serializers.Serializer[object]):
    task_id = serializers.UUIDField(source="task.pk")
    source_id = serializers.UUIDField(source="task.source_id")
    value = serializers.CharField(source="question.value")
    region = serializers.SerializerMethodField()
    candidates = serializers.SerializerMethodField()
    seen = serializers.IntegerField(source="question.seen")
    why = serializers.CharField(help_text="what is odd about it; empty: nothing much")

    def get_region(self, cell: sheet_page.Cell) -> dict[str, Any] | None:
        return cell.question.region.as_json() if cell.question.region else None

    def get_candidates(self, cell: sheet_page.Cell) -> list[str]:
        return [candidate.value for candidate in cell.question.candidates]


class SheetSerializer(serializers.Serializer[object]):
    """cells: odd ones first."""

    token = serializers.UUIDField()
    slot = serializers.CharField()
    cells = CellSerializer(many=True)


class SheetAnswerSerializer(AnswerSerializer):
    """One task's answer; the sheet gives the token, the slot and the time."""

    token = None  # type: ignore[assignment]
    active_ms = None  # type: ignore[assignment]
    slot = serializers.CharField(max_length=100, required=False, default="")
    task_id = serializers.UUIDField()


class AnswersSerializer(serializers.Serializer[object]):
    slot = serializers.CharField(max_length=100)
    answers = SheetAnswerSerializer(many=True, max_length=LARGEST)  # type: ignore[call-arg]
    left_out = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=LARGEST
    )
    active_ms = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=86_400_000,
        help_text="at work on the whole sheet: it is shared among what is on it",
    )


class OutcomeSerializer(serializers.Serializer[object]):
    """By task. refused ones stay held, and say what to do."""

    decisions = serializers.DictField(child=serializers.UUIDField())
    second_opinions = serializers.ListField(child=serializers.UUIDField())
    lost = serializers.ListField(child=serializers.UUIDField())
    refused = serializers.DictField(child=serializers.CharField())


class TimeSerializer(serializers.Serializer[object]):
    active_ms = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=86_400_000
    )


def given(form: serializers.Serializer[Any]) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    found: dict[str, Any] = form.validated_data
    return found


class SheetsView(ApiView):
    @extend_schema(
        operation_id="review_sheets_fields",
        responses=FieldCountSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The fields of which many tasks wait for you."""
        user, names = person(request), FieldNames({})
        found = sheet_page.choices(user, scopes_of(user), Narrowing(), names)
        return Response(FieldCountSerializer(found, many=True).data)

    @extend_schema(
        operation_id="review_sheets_take",
        request=TakeSerializer,
        responses={201: SheetSerializer, 204: EMPTY},
    )
    def post(self, request: Request) -> Response:
        """Hold tasks that doubt this field, for two minutes. 204: there is none."""
        asked = given(TakeSerializer(data=request.data))
        if asked["tenant"]:
            tenant_of(request, asked["tenant"])
        narrowing = Narrowing(
            tenant=asked["tenant"] or None, type=asked["document_type"] or None
        )
        sheet = services.take_sheet(
            user=person(request),
            slot=asked["slot"],
            narrowing=narrowing,
            size=asked["size"],
            but=asked["but"],
        )
        if sheet is None:
            return Response(status=HTTP_204_NO_CONTENT)
        page = sheet_page.lay_out(sheet, asked["slot"])
        return Response(SheetSerializer(page).data, status=HTTP_201_CREATED)


class SheetAnswerView(ApiView):
    @extend_schema(
        operation_id="review_sheets_answer",
        request=AnswersSerializer,
        responses=OutcomeSerializer,
    )
    def post(self, request: Request, token: UUID) -> Response:
        """Answer what is on it; each answer counts for itself. What was left out and
        what asks more goes back to the queue."""
        form = AnswersSerializer(data=request.data)
        asked = given(form)
        outcome = services.answer_sheet(
            user=person(request),
            token=token,
            answers=[_answer(one, asked["slot"]) for one in asked["answers"]],
            left_out=asked["left_out"],
            active_ms=asked["active_ms"],
        )
        late = outcome.late.items()
        told = {
            "decisions": {str(t): d.pk for t, d in outcome.decisions.items()},
            "second_opinions": [task for task, one in late if one.kept is not None],
            "lost": [task for task, one in late if one.kept is None],
            "refused": {str(t): said for t, said in outcome.refused.items()},
        }
        return Response(OutcomeSerializer(told).data)


def _answer(one: dict[str, Any], slot: str) -> SheetAnswer:
    form = SheetAnswerSerializer()
    return SheetAnswer(one["task_id"], form.answer_of({**one, "slot": slot}))


class SheetExtendView(ApiView):
    @extend_schema(
        operation_id="review_sheets_extend", request=None, responses={204: EMPTY}
    )
    def post(self, request: Request, token: UUID) -> Response:
        """Hold it for another two minutes. 404: nothing of it is held any more."""
        if services.hold_sheet(user=person(request), token=token) is None:
            raise Http404
        return Response(status=HTTP_204_NO_CONTENT)


class SheetPutBackView(ApiView):
    @extend_schema(
        operation_id="review_sheets_put_back",
        request=TimeSerializer,
        responses={204: EMPTY},
    )
    def post(self, request: Request, token: UUID) -> Response:
        """Let go of all that is held of it."""
        asked = given(TimeSerializer(data=request.data))
        services.put_sheet_back(
            user=person(request), token=token, active_ms=asked["active_ms"]
        )
        return Response(status=HTTP_204_NO_CONTENT)
