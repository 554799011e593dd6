"""What a template is called: it has no name, but those who send by it have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from catalog.models import DerivedArtifact, Generation, Kind
from pipeline.wording import plain
from reviewer.slice_form import Scope

# Slots that say who sent it, of the built-in document types.
SENDERS = ("supplier_name", "company")
# Current readings of each template that are asked. Few, so that the page stays quick
# where a template has a million of them.
SAMPLE = 20


def template_names(keys: Collection[str], scope: Scope) -> Mapping[str, str]:
    """The most frequent sender and document type among some of the current readings of
    each template in these tenants; of a template without them nothing.
    """
    readings = _sampled(keys, scope)
    if not readings:
        return {}
    said = (
        DerivedArtifact.objects.standing()
        .whole()
        .of_kind(Kind.FIELD)
        .filter(generation__in=list(readings), slot__in=SENDERS)
        .values_list("generation", "payload__value")
    )
    senders: dict[str, Counter[str]] = defaultdict(Counter)
    for generation, value in said:
        if value:
            senders[readings[generation][0]][str(value)] += 1
    types: dict[str, Counter[str]] = defaultdict(Counter)
    for key, document_type in readings.values():
        types[key][document_type] += 1
    return {key: _name(senders[key], types[key]) for key in types}


def _sampled(keys: Collection[str], scope: Scope) -> Mapping[object, tuple[str, str]]:
    """Template and document type of each reading."""
    wanted = [key for key in keys if key]
    if not wanted:
        return {}
    each = [_some(key, scope) for key in wanted]
    rows = each[0].union(*each[1:], all=True) if len(each) > 1 else each[0]
    return {pk: (key, document_type) for pk, key, document_type in rows}


def _some(key: str, scope: Scope) -> QuerySet[Generation, tuple[object, str, str]]:
    found = Generation.objects.current().filter(template_key=key)
    if scope is not None:
        found = found.filter(source__tenant__in=scope)
    return found.values_list("pk", "template_key", "document_type")[:SAMPLE]


def _name(senders: Counter[str], types: Counter[str]) -> str:
    [(document_type, _)] = types.most_common(1)
    words = plain(document_type) if document_type else "Unknown type"
    if not senders:
        return words
    [(sender, _)] = senders.most_common(1)
    return f"{sender}, {words.lower()}"
