"""A small picture of the first page, for lists."""

from __future__ import annotations

from PIL import Image

from pipeline.steps.base import Determinism, Output, StepError, StepInput, StepResult
from pipeline.steps.slots import UPRIGHT

_DEFAULT_WIDTH = 320
# A receipt as long as a towel is shown from its top.
_HIGHEST = 2.0  # times the width


class Thumbnail:
    """Kind `thumbnail`, slot "page=1", WebP; made of our own picture, in-process."""

    name = "thumbnail"
    version = "1.0.0"
    reads: tuple[str, ...] = ("page_image",)
    reads_types = False
    keeps = True
    determinism = Determinism.BITWISE

    def run(self, given: StepInput) -> StepResult:
        width = int(given.params.get("width", _DEFAULT_WIDTH))
        pages = given.outputs("page_image")
        if not pages:
            raise StepError("no_page_image", "there is no page picture to make small")
        slot = pages[0].slot
        page = next((p for p in pages if p.slot == slot + UPRIGHT), pages[0])
        if page.file is None:
            raise StepError("no_page_image", "there is no page picture to make small")
        file = given.workdir / "thumbnail.webp"
        with Image.open(page.file, formats=("JPEG",)) as picture:
            picture.draft("RGB", (width, width))
            small = _from_the_top(picture.convert("RGB"), width)
            small.save(file, "WEBP", quality=75, method=2)
        output = Output(
            kind="thumbnail",
            slot="page=1",
            file=file,
            media_type="image/webp",
            inputs=((page.kind, page.slot),),
        )
        return StepResult(
            outputs=(output,), detail={"width": small.width, "height": small.height}
        )


def _from_the_top(picture: Image.Image, width: int) -> Image.Image:
    shown = picture.crop(
        (0, 0, picture.width, min(picture.height, round(picture.width * _HIGHEST)))
    )
    width = min(width, shown.width)
    height = max(1, round(shown.height * width / shown.width))
    return shown.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
