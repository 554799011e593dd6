"""Which original the tiles of a page picture are cut from."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from catalog import blobs
from catalog.models import DerivedArtifact, Kind
from pipeline.showing import tiles
from pipeline.showing.tiles import Pack, Wanted
from pipeline.steps.slots import UPRIGHT
from reviewer.citations import page_number

_LOOK = 48  # pixels: enough to tell how a page lies


def wanted_for(image: DerivedArtifact) -> Wanted:
    """Raises BlobMissing, BlobDamaged."""
    with _opened(image) as picture:
        pixels = picture.width * picture.height
    return Wanted(
        content_hash=image.source.content_hash,
        mime_type=image.source.mime_type,
        page=page_number(image.slot),
        turns=_turns(image) if image.slot.endswith(UPRIGHT) else 0,
        shown_pixels=pixels,
    )


def made_for(image: DerivedArtifact) -> Pack | None:
    """The tiles, where somebody has looked so closely before. Raises BlobMissing,
    BlobDamaged.
    """
    if not tiles.any_of(image.source.content_hash):
        return None
    return tiles.pack_of(wanted_for(image))


def _turns(upright: DerivedArtifact) -> int:
    """How many quarters the page was turned to the right to be set upright: nothing
    says it, so both pictures are compared.
    """
    flat = DerivedArtifact.objects.whole().of_kind(Kind.PAGE_IMAGE)
    before = flat.filter(
        generation=upright.generation_id, slot=upright.slot.removesuffix(UPRIGHT)
    ).first()
    if before is None:
        return 0
    lies, stands = _small(before), _small(upright)
    far = {
        turns: float(np.abs(np.rot90(lies, -turns) - stands).mean())
        for turns in (1, 2, 3)
    }
    return min(far, key=lambda turns: far[turns])


def _small(image: DerivedArtifact) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    with _opened(image) as picture:
        picture.draft("L", (_LOOK, _LOOK))
        grey = picture.convert("L").resize((_LOOK, _LOOK))
        return np.asarray(grey, dtype=np.float64)


def _opened(image: DerivedArtifact) -> Image.Image:
    data = blobs.read_verified(image.payload_hash)
    return Image.open(io.BytesIO(data), formats=("JPEG",))
