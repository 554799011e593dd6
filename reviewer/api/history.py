"""What the history of a source looks like over the API."""

from __future__ import annotations

from rest_framework import serializers


class MomentSerializer(serializers.Serializer[object]):
    """With further ids and words by kind: those of the reading or the promotion."""

    at = serializers.DateTimeField()
    kind = serializers.CharField(
        help_text=(
            "upload, reading, promotion, decision, second_opinion, note, delivery,"
            " hold_placed, hold_lifted"
            " or erasure"
        )
    )
    what = serializers.CharField()
    detail = serializers.CharField()
    who = serializers.CharField()


class HistorySerializer(serializers.Serializer[object]):
    source_id = serializers.UUIDField()
    history = MomentSerializer(many=True)


class PairParams(serializers.Serializer[object]):
    """Two generations of the source; without them the current one and the newest."""

    left = serializers.UUIDField(required=False)
    right = serializers.UUIDField(required=False)


class SideSerializer(serializers.Serializer[object]):
    artifact_id = serializers.UUIDField()
    value = serializers.CharField()
    status = serializers.CharField()
    origin = serializers.CharField()


class PairRowSerializer(serializers.Serializer[object]):
    slot = serializers.CharField()
    was = serializers.CharField(
        help_text="what the left one calls it: a line's number may be another there"
    )
    verdict = serializers.CharField(
        help_text=(
            "same, equal, differs, only left, only right, better, worse or ungrounded"
        )
    )
    left = SideSerializer(allow_null=True)
    right = SideSerializer(allow_null=True)


class PairSerializer(serializers.Serializer[object]):
    """left and right are null where the source has fewer than two readings."""

    left = serializers.UUIDField(allow_null=True)
    right = serializers.UUIDField(allow_null=True)
    comparison = serializers.CharField(
        allow_null=True, help_text="its verdict, if the two were compared this way"
    )
    differing = serializers.IntegerField()
    rows = PairRowSerializer(many=True)
