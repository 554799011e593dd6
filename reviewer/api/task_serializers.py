from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.ids import new_id
from catalog.models import DerivedArtifact
from catalog.regions import BoundingBox, Region
from pipeline.report import live_fields
from reviewer.answers import LONGEST_VALUE, Answer
from reviewer.checks import showing
from reviewer.models import (
    ANSWERS,
    Correction,
    Decision,
    ReviewItem,
    ReviewTask,
    TaskNote,
    Verdict,
)
from reviewer.standing import standing_in

VERDICTS = [(word.value, word.label) for word in ANSWERS]
TASK_FIELDS = [
    "task_id",
    "tenant",
    "source_id",
    "generation_id",
    "asks",
    "comparison_id",
    "state",
    "stakes",
    "priority",
    "reason",
    "document_type",
    "template_key",
    "created_at",
    "done_at",
    "reserver",
    "reserved_until",
]


class TaskSerializer(serializers.ModelSerializer[ReviewTask]):
    tenant = serializers.SlugField(source="tenant.slug", read_only=True)
    source_id = serializers.UUIDField(read_only=True)
    generation_id = serializers.UUIDField(read_only=True)
    comparison_id = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="of the two readings asked about"
    )
    stakes = serializers.CharField(source="get_stakes_display", read_only=True)
    reserver = serializers.CharField(
        source="reserver.username", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = ReviewTask
        fields = TASK_FIELDS


class StandingValueSerializer(serializers.ModelSerializer[DerivedArtifact]):
    value = serializers.SerializerMethodField("value_of")
    confidence = serializers.SerializerMethodField("confidence_of")
    status = serializers.SerializerMethodField("status_of")

    class Meta:
        model = DerivedArtifact
        fields = ["artifact_id", "origin", "value", "confidence", "status", "region"]

    def value_of(self, artifact: DerivedArtifact) -> str | None:
        return (artifact.payload or {}).get("value") or None

    def confidence_of(self, artifact: DerivedArtifact) -> float | None:
        return (artifact.payload or {}).get("confidence")

    def status_of(self, artifact: DerivedArtifact) -> str | None:
        return (artifact.payload or {}).get("status")


class ItemSerializer(serializers.ModelSerializer[ReviewItem]):
    """A field asked about and what stands in it now; null where nothing was found.

    older, newer: what each of two versions found, where the task asks which is right;
    of two people who differ, what each answered, in no order.
    """

    standing = serializers.SerializerMethodField()
    older = serializers.SerializerMethodField()
    newer = serializers.SerializerMethodField()

    class Meta:
        model = ReviewItem
        fields = [
            "slot",
            "value_type",
            "critical",
            "reason",
            "decided",
            "standing",
            "older",
            "newer",
        ]

    @extend_schema_field(StandingValueSerializer(allow_null=True))
    def get_standing(self, item: ReviewItem) -> dict[str, Any] | None:
        return _value(self.context["standing"].get(item.slot))

    @extend_schema_field(StandingValueSerializer(allow_null=True))
    def get_older(self, item: ReviewItem) -> dict[str, Any] | None:
        return _value(item.artifact) if self.context["asks_which"] else None

    @extend_schema_field(StandingValueSerializer(allow_null=True))
    def get_newer(self, item: ReviewItem) -> dict[str, Any] | None:
        return _value(item.other_artifact) if self.context["asks_which"] else None


def _value(artifact: DerivedArtifact | None) -> dict[str, Any] | None:
    return dict(StandingValueSerializer(artifact).data) if artifact else None


class TaskDetailSerializer(TaskSerializer):
    items = serializers.SerializerMethodField()

    class Meta(TaskSerializer.Meta):
        fields = [*TASK_FIELDS, "items"]

    @extend_schema_field(ItemSerializer(many=True))
    def get_items(self, task: ReviewTask) -> list[dict[str, Any]]:
        items = list(task.items.select_related("artifact", "other_artifact"))
        masks = showing.masks_of(task, items)
        shown = showing.as_shown(masks, live_fields(task.generation))
        standing = standing_in(task, items, shown)
        context = {"standing": standing, "asks_which": task.shows_two}
        return list(ItemSerializer(items, many=True, context=context).data)


class ReservedTaskSerializer(TaskDetailSerializer):
    """With the token that only the holder gets."""

    class Meta(TaskDetailSerializer.Meta):
        fields = [*TaskDetailSerializer.Meta.fields, "reservation_token"]


class NoteSerializer(serializers.ModelSerializer[TaskNote]):
    author = serializers.CharField(source="author.username", read_only=True)
    to = serializers.CharField(
        source="to.username", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = TaskNote
        fields = ["note_id", "kind", "author", "to", "text", "written_at"]


class SayingSerializer(serializers.Serializer[object]):
    note_id = serializers.UUIDField(
        required=False, help_text="made by you, so that a note sent twice is one"
    )
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=1000, default=""
    )

    def saying(self) -> dict[str, Any]:
        given = self.validated_data
        return {"note_id": given.get("note_id") or new_id(), "text": given["text"]}


class SayingWithTokenSerializer(SayingSerializer):
    token = serializers.UUIDField(help_text="the reservation_token that reserve gave")

    def saying(self) -> dict[str, Any]:
        return {**super().saying(), "token": self.validated_data["token"]}


class UndoSerializer(serializers.Serializer[object]):
    undoes = serializers.UUIDField(help_text="the decision_id of your answer")
    decision_id = serializers.UUIDField(
        required=False, help_text="made by you, so that an undo sent twice is one"
    )

    def asked(self) -> dict[str, Any]:
        given = self.validated_data
        return {
            "undoes": given["undoes"],
            "decision_id": given.get("decision_id") or new_id(),
        }


class NextSerializer(serializers.Serializer[object]):
    tenant = serializers.SlugField(required=False, help_text="only of this tenant")
    asks = serializers.ChoiceField(
        ReviewTask.Asks.choices, required=False, help_text="only tasks that ask this"
    )


class TokenSerializer(serializers.Serializer[object]):
    token = serializers.UUIDField(help_text="the reservation_token that reserve gave")


class RegionSerializer(serializers.Serializer[object]):
    page = serializers.IntegerField(min_value=1, max_value=1_000_000)
    bbox = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1),
        min_length=4,
        max_length=4,
        help_text="left, top, right, bottom in page fractions, origin top left",
    )

    def validate_bbox(self, edges: list[float]) -> list[float]:
        try:
            BoundingBox.from_list(edges)
        except ValueError as error:
            raise serializers.ValidationError(
                "Give left, top, right, bottom, the smaller of each pair first."
            ) from error
        return edges


class AnswerSerializer(TokenSerializer):
    decision_id = serializers.UUIDField(
        required=False,
        help_text="made by you, so that an answer sent twice is one decision",
    )
    slot = serializers.CharField(max_length=100)
    verdict = serializers.ChoiceField(VERDICTS)
    value = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_VALUE, default=""
    )
    region = RegionSerializer(required=False, allow_null=True, default=None)
    how = serializers.ChoiceField(
        Correction.How.choices,
        required=False,
        default=Correction.How.TYPED,
        help_text=(
            "Of a task that asks which of two versions is right: verdict confirm takes"
            ' the older one, correct with how "version" the newer one; value and region'
            " are then those of the version."
        ),
    )
    active_ms = serializers.IntegerField(
        required=False, min_value=0, max_value=86_400_000, default=0
    )
    seen = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=32_000,
        allow_null=True,
        default=None,
        help_text="how many answers the item had when you looked: where it has more"
        " by now, yours is kept as a second opinion",
    )
    shown = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_VALUE,
        default="",
        help_text="the value that you saw, for a confirmation that comes too late",
    )

    def answer(self) -> Answer:
        return self.answer_of(self.validated_data)

    def answer_of(self, given: dict[str, Any]) -> Answer:
        region = given["region"]
        return Answer(
            decision_id=given.get("decision_id") or new_id(),
            slot=given["slot"],
            verdict=Verdict(given["verdict"]),
            value=given["value"],
            region=Region.from_json(region) if region else None,
            how=Correction.How(given["how"]),
            active_ms=given.get("active_ms", 0),
            seen=given["seen"],
            shown=given["shown"],
        )


class TurnAnswerSerializer(AnswerSerializer):
    go_on = serializers.BooleanField(
        required=False, default=False, help_text="hand me the next task with the last"
    )


class AheadSerializer(serializers.Serializer[object]):
    task_id = serializers.UUIDField()
    pictures = serializers.ListField(child=serializers.CharField())


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    slot = serializers.CharField(source="item.slot", read_only=True)
    artifact_id = serializers.UUIDField(read_only=True)
    task = TaskSerializer(source="item.task", read_only=True)

    class Meta:
        model = Decision
        fields = [
            "decision_id",
            "slot",
            "verdict",
            "artifact_id",
            "undoes",
            "decided_at",
            "task",
        ]


class TurnSerializer(DecisionSerializer):
    """following: the next task, held by you, where this one is done and `go_on` asked
    for it; ahead: the one that is kept for you after that, and where its crops are.
    """

    following = serializers.SerializerMethodField()
    ahead = serializers.SerializerMethodField()

    class Meta(DecisionSerializer.Meta):
        fields = [*DecisionSerializer.Meta.fields, "following", "ahead"]

    @extend_schema_field(ReservedTaskSerializer(allow_null=True))
    def get_following(self, decision: Decision) -> dict[str, Any] | None:
        task = self.context.get("following")
        return dict(ReservedTaskSerializer(task).data) if task else None

    @extend_schema_field(AheadSerializer(allow_null=True))
    def get_ahead(self, decision: Decision) -> dict[str, Any] | None:
        task = self.context.get("ahead")
        if task is None:
            return None
        addresses: list[str] = self.context.get("pictures", [])
        return {"task_id": str(task.pk), "pictures": addresses}
