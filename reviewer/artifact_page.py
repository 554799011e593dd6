"""What the page of one artifact shows: its payload, its place and its lineage."""

from __future__ import annotations

import json
from typing import Any

from catalog.api.files import payload_of
from catalog.models import DerivedArtifact
from catalog.people import Viewer
from reviewer import citations
from reviewer.citations import Page, region_box
from reviewer.lineage_panel import panel_of
from reviewer.replays import replays_of

# More than this of a payload nobody reads on a page; the file has all of it.
MOST_CHARACTERS = 20_000


def open_page(
    artifact: DerivedArtifact, viewer: Viewer, asked: str = ""
) -> dict[str, Any]:
    """asked: when it was asked to be made again. Raises Unavailable where the payload's
    bytes are not whole.
    """
    picture = artifact.media_type.startswith("image/")
    payload = "" if picture else _printed(artifact)
    return {
        "artifact": artifact,
        "picture": picture,
        "payload": payload[:MOST_CHARACTERS],
        "cut": len(payload) > MOST_CHARACTERS,
        "page": _page(artifact),
        "lineage": panel_of(artifact, viewer),
        "replays": replays_of(artifact, asked),
    }


def _printed(artifact: DerivedArtifact) -> str:
    return json.dumps(payload_of(artifact), indent=2, ensure_ascii=False)


def _page(artifact: DerivedArtifact) -> Page | None:
    """The page on which the artifact's region is, with its box."""
    status = str((artifact.payload or {}).get("status", ""))
    box = region_box(artifact.region, slot=artifact.slot, look=status)
    images = citations.page_images(artifact.generation)
    if box is None or box.page not in images:
        return None
    words = citations.words_on(artifact.generation, box.page)
    return citations.page_of(images[box.page], words, [box])
