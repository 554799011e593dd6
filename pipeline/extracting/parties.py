"""Who wrote an invoice and who is to pay it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.claims import FieldSpec
from pipeline.extracting.candidates import Candidate
from pipeline.extracting.context import Context, Ranked
from pipeline.extracting.issuer_name import name_text
from pipeline.extracting.labels import LabelHit
from pipeline.extracting.letterhead import has_town
from pipeline.extracting.letterhead_words import LEGAL_FORM, POSTCODE
from pipeline.extracting.sender import (
    PARTS,
    SALUTATION,
    may_be_name,
    sender,
    sender_lines,
    top_of,
)
from pipeline.extracting.values import squeeze, tidy
from pipeline.extracting.view import Segment, Span, View, span_of

NAME_LABELS = frozenset(
    ("name", "firma", "firmenname", "company", "companyname", "nom", "naam", "nama")
)
META = re.compile(
    r"^[^:]{2,28}:\s*\S|^[A-Z]{2,5}\s?\d{6,}|^[^:]{2,28}:$|^\W*\d[\d\s/-]*$"
)
ATTENTION = re.compile(r"^(?:attn|att|attention|z\.?\s?hd|t\.a\.v)\b[.:\s]*", re.I)
FURTHER = frozenset(("yourorder", "customer", "client", "attn"))
BLOCK_ROWS = 7
ROW_GAP = 2.2  # line heights between the rows of one block
LABELLED, BLOCK, COMPANY = 0.93, 0.6, 0.1


def supplier(context: Context, field: FieldSpec) -> Ranked:
    """Below or beside its label; else the name that the letterhead speaks for."""
    found = _ranked([*labelled(context, field)])
    return found if found.candidates else sender(context, buyer_names(context))


def buyer_names(context: Context) -> frozenset[str]:
    """The names under a buyer's or a delivery's label, squeezed: not the supplier's."""
    found: list[Candidate | None] = []
    for field in context.spec.fields:
        if field.hints.get("role") == "recipient":
            found += labelled(context, field)
            places = {squeeze(label) for label in field.hints.get("delivery", ())}
            headings = [
                hit
                for hit in context.neighbourhood.hits
                if hit.label in places and _is_heading(hit)
            ]
            found += [_below(context, hit) for hit in headings]
    return frozenset(squeeze(candidate.value) for candidate in found if candidate)


def recipient(context: Context, field: FieldSpec) -> Ranked:
    """Below or beside its label; else the address field under the sender's line."""
    found = [*labelled(context, field)]
    if not found:
        found = [*address_fields(context)]
    return _ranked(found)


def labelled(context: Context, field: FieldSpec) -> Iterator[Candidate]:
    for hit, rank in context.neighbourhood.hits_of(field.name):
        if not _is_heading(hit):
            continue
        score = LABELLED * hit.similarity - 0.005 * rank - 0.02 * (hit.segment.page - 1)
        rest = hit.segment.text[hit.end :].strip(" :/()")
        candidate = _after(hit) if rest else _below(context, hit)
        if candidate is not None:
            yield candidate.scored(score)


def _is_heading(hit: LabelHit) -> bool:
    """A label that stands at a segment's start; in running text it is just a word."""
    if hit.start > 2:
        return False
    rest = hit.segment.text[hit.end :].strip()
    return rest == "" or rest[0] in ":/(" or len(rest) < 2


def _after(hit: LabelHit) -> Candidate | None:
    text = hit.segment.text
    rest = text[hit.end :]
    begin = hit.end + len(rest) - len(rest.lstrip(" :/"))
    value = text[begin:].split(",")[0]
    if sum(c.isalpha() for c in value) < 4:
        return None
    return _candidate([span_of(hit.segment, begin, begin + len(value))])


def _below(context: Context, hit: LabelHit) -> Candidate | None:
    """The first row under the label that is no further label."""
    segments = list(_column(context.view, hit.segment))
    for place, segment in enumerate(segments):
        text = segment.text
        key = squeeze(text.split(":")[0])
        if key in NAME_LABELS:
            return _named(context.view, segment)
        attention = ATTENTION.match(text)
        if attention and len(text) > attention.end():
            return _candidate([span_of(segment, attention.end(), len(text))])
        if _is_label(context, segment) or key in FURTHER or text.startswith("("):
            continue
        if not any(c.isalpha() for c in text):
            continue
        rest = [s for s in segments[place + 1 :] if not _is_label(context, s)]
        return _name_from([segment, *rest])
    return None


def _is_label(context: Context, segment: Segment) -> bool:
    """Whether a segment is a label with a value of its own, not a name."""
    if META.match(segment.text):
        return True
    hits = context.neighbourhood.hits_in(segment)
    if any(hit.start == 0 and _is_heading(hit) for hit in hits):
        return True
    row = context.view.rows[segment.row].segments
    following = row[segment.place + 1] if segment.place + 1 < len(row) else None
    return following is not None and following.text.startswith(":")


def _column(view: View, head: Segment) -> Iterator[Segment]:
    """Segments below the given one that share its column, down to a wide gap."""
    bottom, count = head.bbox.bottom, 0
    for row in view.rows[head.row + 1 :]:
        if row.page != head.page or count >= BLOCK_ROWS:
            return
        for segment in row.segments:
            if _aligned(head, segment):
                if segment.bbox.top - bottom > ROW_GAP * max(
                    head.height, segment.height
                ):
                    return
                bottom = segment.bbox.bottom
                count += 1
                yield segment
                break


def _aligned(head: Segment, segment: Segment) -> bool:
    shared = min(head.bbox.right, segment.bbox.right) - max(
        head.bbox.left, segment.bbox.left
    )
    return shared > 0 or abs(head.bbox.left - segment.bbox.left) < 0.03


def _named(view: View, label: Segment) -> Candidate | None:
    """The value beside a "Name:" label, with the line above it if that is its start."""
    row = view.rows[label.row]
    if ":" in label.text and any(c.isalpha() for c in label.text.split(":", 1)[1]):
        begin = label.text.index(":") + 1
        return _candidate([span_of(label, begin, len(label.text))])
    if label.place + 1 >= len(row.segments):
        return None
    value = row.segments[label.place + 1]
    segments = [value]
    if label.row > 0:
        above = view.rows[label.row - 1].segments
        near = value.bbox.top - above[0].bbox.bottom < 0.8 * value.height
        alone = len(above) == 1 and abs(above[0].bbox.left - value.bbox.left) < 0.01
        if near and alone and above[0].page == value.page:
            segments.insert(0, above[0])
    return _candidate([span_of(s, 0, len(s.text)) for s in segments])


def _name_from(segments: Sequence[Segment]) -> Candidate | None:
    """One line, or two: after a salutation, or before a line with a legal form."""
    first = segments[0]
    kept = [first]
    if len(segments) > 1 and not LEGAL_FORM.search(first.text):
        second = segments[1].text
        legal = LEGAL_FORM.search(second) and not POSTCODE.search(second)
        if SALUTATION.match(first.text.strip()) or (legal and not META.match(second)):
            kept.append(segments[1])
    return _candidate([span_of(s, 0, len(s.text)) for s in kept])


def address_fields(context: Context) -> Iterator[Candidate]:
    """Blocks of name, street and town high up that are not the sender's.

    They stand on the left; on the right only if the name has a legal form.
    """
    view = context.view
    senders = [
        *sender_lines(view),
        *sender(context, buyer_names(context)).candidates[:1],
    ]
    known = {squeeze(sender.value) for sender in senders}
    for segment in top_of(view):
        name = squeeze(segment.text)
        aside = segment.bbox.left > 0.5 and not LEGAL_FORM.search(segment.text)
        if aside or any(k in name or name in k for k in known):
            continue
        if _is_label(context, segment) or not may_be_name(segment.text):
            continue
        block = [segment, *_column(view, segment)]
        town = next((i for i, s in enumerate(block[:6]) if has_town(s.text)), 0)
        joined = any(squeeze(s.text) in known for s in block[:town])
        if town < 2 or joined or PARTS.search(segment.text):
            continue
        candidate = _name_from(block)
        if candidate is not None:
            legal = COMPANY if LEGAL_FORM.search(candidate.value) else 0.0
            yield candidate.scored(BLOCK + legal - 0.1 * segment.bbox.top)


def _candidate(spans: Sequence[Span]) -> Candidate | None:
    text = tidy(name_text(" ".join(span.text for span in spans)))
    if sum(c.isalpha() for c in text) < 2:
        return None
    return Candidate(text, text, tuple(spans), marked=True)


def _ranked(found: Sequence[Candidate]) -> Ranked:
    ranked = sorted(found, key=lambda c: -c.score)
    if not ranked:
        return Ranked((), 0.0)
    return Ranked(tuple(ranked), max(0.05, min(0.95, ranked[0].score)))
