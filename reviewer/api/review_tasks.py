from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.viewsets import ReadOnlyModelViewSet

from catalog.api.access import OwnRows, person, tenant_of
from catalog.api.pages import NewestFirst
from catalog.api.problems import Conflict
from catalog.models import Way, What
from catalog.services import note_seen
from reviewer import services, task_pictures, wording
from reviewer.api import task_serializers as serializers
from reviewer.api.filters import ReviewTaskFilter
from reviewer.granting import may_look
from reviewer.models import Decision, ReviewItem, ReviewTask, TaskNote, scopes_of
from reviewer.narrowing import Narrowing

EMPTY = OpenApiResponse(description="Done; nothing to say.")
# An action that takes no filters and gives no pages.
VERB: dict[str, Any] = {
    "methods": ["post"],
    "filterset_class": None,
    "pagination_class": None,
}


class ReviewTaskViewSet(OwnRows, ReadOnlyModelViewSet[ReviewTask]):
    """What people are asked. The verbs are those of the review page.

    400: the answer makes no sense; 409: the reservation is lost. `detail` says which
    way out there is.
    """

    queryset = ReviewTask.objects.select_related("tenant", "reserver", "generation")
    filterset_class = ReviewTaskFilter
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if self.action == "list":
            rows &= ReviewTask.objects.within(scopes_of(person(self.request)))
        return rows & ReviewTask.objects.not_closed_to(person(self.request))

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action == "retrieve":
            return serializers.TaskDetailSerializer
        return serializers.TaskSerializer

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(self._as_problem(exc))

    def _as_problem(self, exc: Exception) -> Exception:
        match exc:
            case services.ReservationLost():
                return Conflict(wording.lost_and_kept(exc, person(self.request)))
            case services.AnswerRefused():
                return ValidationError({"detail": str(exc)})
            case ReviewItem.DoesNotExist():
                return ValidationError(
                    {"slot": ["The task does not ask about this: see its items."]}
                )
            case ReviewTask.DoesNotExist() | Decision.DoesNotExist():
                return Http404()
        return exc

    def _task_id(self) -> UUID:
        task_id: UUID = self.get_object().pk
        return task_id

    def _token(self) -> UUID:
        form = serializers.TokenSerializer(data=self.request.data)
        form.is_valid(raise_exception=True)
        token: UUID = form.validated_data["token"]
        return token

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What it asks, and what stands there now. 404 for somebody who sees only
        crops and neither holds it nor has answered in it.
        """
        return Response(self.get_serializer(self._looked_at()).data)

    def _looked_at(self) -> ReviewTask:
        """The task, its values noted as shown. Raises Http404."""
        task: ReviewTask = self.get_object()
        if not may_look(person(self.request), task):
            raise Http404
        self._note_shown(task)
        return task

    def _note_shown(self, task: ReviewTask) -> None:
        note_seen(
            user=person(self.request),
            sources=[(task.source_id, task.tenant_id)],
            what=What.VALUES,
            way=Way.API,
            task_id=task.pk,
        )

    def _reserved(self, task: ReviewTask) -> Response:
        self._note_shown(task)
        return Response(serializers.ReservedTaskSerializer(task).data)

    @extend_schema(
        request=serializers.NextSerializer,
        responses={200: serializers.ReservedTaskSerializer, 204: EMPTY},
    )
    @action(detail=False, **VERB)
    def next(self, request: Request) -> Response:
        """Reserve the most urgent task that nobody holds. 204: none is left."""
        form = serializers.NextSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        slug = form.validated_data.get("tenant")
        tenant = tenant_of(request, slug, crops_too=True) if slug else None
        narrowing = Narrowing(asks=form.validated_data.get("asks"))
        task = services.reserve_next(
            user=person(request), tenant=tenant, narrowing=narrowing
        )
        return self._reserved(task) if task else Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=serializers.ReservedTaskSerializer)
    @action(detail=True, **VERB)
    def reserve(self, request: Request, pk: str) -> Response:
        """Hold this task: the answer has the reservation token that the others ask."""
        return self._reserved(
            services.reserve(user=person(request), task_id=self._task_id())
        )

    @extend_schema(
        request=serializers.TokenSerializer,
        responses=serializers.ReservedTaskSerializer,
    )
    @action(detail=True, **VERB)
    def extend(self, request: Request, pk: str) -> Response:
        """Hold it for another while."""
        return self._reserved(
            services.extend(
                user=person(request), task_id=self._task_id(), token=self._token()
            )
        )

    @extend_schema(
        request=serializers.TurnAnswerSerializer,
        responses={201: serializers.TurnSerializer},
    )
    @action(detail=True, **VERB)
    def decide(self, request: Request, pk: str) -> Response:
        """Answer one item; the task is done when the last one is answered. 409: your
        answer came too late, and was kept as a second opinion if `detail` says so.
        """
        task_id = self._task_id()
        form = serializers.TurnAnswerSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = {
            "user": person(request),
            "task_id": task_id,
            "token": form.validated_data["token"],
            "answer": form.answer(),
        }
        if form.validated_data["go_on"]:
            turn = services.decide_and_go_on(**given)
            told: dict[str, Any] = {"following": turn.following, "ahead": turn.ahead}
            if turn.ahead is not None:
                told["pictures"] = task_pictures.addresses_of(turn.ahead)
            if turn.following is not None:
                self._note_shown(turn.following)
            return self._filed(turn.decision, told)
        return self._filed(services.decide(**given), {})

    def _filed(self, decision: Decision, context: dict[str, Any]) -> Response:
        rows = Decision.objects.select_related(
            "item__task__tenant", "item__task__reserver"
        )
        filed = rows.filter(pk=decision.pk).first() or decision
        told = serializers.TurnSerializer(filed, context=context)
        return Response(told.data, status=HTTP_201_CREATED)

    @extend_schema(
        request=serializers.UndoSerializer,
        responses={201: serializers.TurnSerializer},
    )
    @action(detail=False, **VERB)
    def undo(self, request: Request) -> Response:
        """Take an answer of yours back, until its values are exported; the task is
        yours again. 409: somebody else has the task.
        """
        form = serializers.UndoSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return self._filed(services.undo(user=person(request), **form.asked()), {})

    @extend_schema(responses=serializers.NoteSerializer(many=True), filters=False)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def notes(self, request: Request, pk: str) -> Response:
        """What people said about it, oldest first."""
        notes = TaskNote.objects.of_task(self._looked_at())
        return Response(serializers.NoteSerializer(notes, many=True).data)

    @extend_schema(
        request=serializers.SayingSerializer,
        responses={201: serializers.NoteSerializer},
    )
    @action(detail=True, **VERB)
    def comment(self, request: Request, pk: str) -> Response:
        """Say something to whoever reads the task; no reservation is needed."""
        return self._say(services.comment, serializers.SayingSerializer)

    @extend_schema(
        request=serializers.SayingWithTokenSerializer,
        responses={201: serializers.NoteSerializer},
    )
    @action(detail=True, **VERB)
    def escalate(self, request: Request, pk: str) -> Response:
        """Leave it to a senior reviewer."""
        return self._say(services.escalate, serializers.SayingWithTokenSerializer)

    @extend_schema(
        request=serializers.SayingWithTokenSerializer,
        responses={201: serializers.NoteSerializer},
    )
    @action(detail=True, url_path="return", **VERB)
    def return_to_first(self, request: Request, pk: str) -> Response:
        """Give it back to who asked for help, or first answered it."""
        return self._say(
            services.return_to_first, serializers.SayingWithTokenSerializer
        )

    def _say(
        self,
        verb: Callable[..., TaskNote],
        serializer: type[serializers.SayingSerializer],
    ) -> Response:
        task_id = self._task_id()
        form = serializer(data=self.request.data)
        form.is_valid(raise_exception=True)
        note = verb(user=person(self.request), task_id=task_id, **form.saying())
        told = serializers.NoteSerializer(note)
        return Response(told.data, status=HTTP_201_CREATED)

    @extend_schema(request=serializers.TokenSerializer, responses={204: EMPTY})
    @action(detail=True, **VERB)
    def skip(self, request: Request, pk: str) -> Response:
        """Leave it to others: `next` will not give it to you again."""
        services.skip(
            user=person(request), task_id=self._task_id(), token=self._token()
        )
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=serializers.TokenSerializer, responses={204: EMPTY})
    @action(detail=True, url_path="put-back", **VERB)
    def put_back(self, request: Request, pk: str) -> Response:
        """End the reservation at once; a token that holds nothing changes nothing."""
        services.put_back(
            user=person(request), task_id=self._task_id(), token=self._token()
        )
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=serializers.TokenSerializer, responses={204: EMPTY})
    @action(detail=True, **VERB)
    def close(self, request: Request, pk: str) -> Response:
        """Say that a document without items was looked at."""
        services.close_without_items(
            user=person(request), task_id=self._task_id(), token=self._token()
        )
        return Response(status=HTTP_204_NO_CONTENT)
