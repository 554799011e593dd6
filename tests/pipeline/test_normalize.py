from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from pipeline.reading.errors import UnreadableReason
from pipeline.steps.base import StepError, StepResult
from pipeline.steps.normalize import Normalize
from pipeline.steps.thumbnail import Thumbnail
from tests.pipeline.reading_inputs import step_input, text_picture, write_pdf


def normalize(path: Path, **params: float) -> StepResult:
    return Normalize().run(step_input(path, path.parent / "normal", params=params))


def test_pages_of_a_pdf(tmp_path: Path) -> None:
    result = normalize(write_pdf(tmp_path / "pdf", ("one",), ("two",)), dpi=50)
    assert [output.slot for output in result.outputs] == ["page=1", "page=2"]
    assert {output.kind for output in result.outputs} == {"page_image"}
    assert all(output.inputs == () for output in result.outputs)
    assert result.detail["pages"]["1"] == {"width": 414, "height": 585}
    for output in result.outputs:
        assert output.file is not None
        with Image.open(output.file) as picture:
            assert (picture.format, picture.mode) == ("JPEG", "RGB")
            assert picture.size == (414, 585)


def test_a_picture_becomes_one_page_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    text_picture("Total", size=(3000, 2000)).save(path, format="PNG")
    result = normalize(path, max_page_pixels=600_000)
    (page,) = result.detail["pages"].values()
    assert page["width"] * page["height"] <= 601_000
    assert page["width"] / page["height"] == pytest.approx(1.5, abs=0.01)


def test_pages_of_a_tiff(tmp_path: Path) -> None:
    frames = [Image.new("1", (100, 80), 1) for _ in range(3)]
    path = tmp_path / "tiff"
    frames[0].save(path, format="TIFF", save_all=True, append_images=frames[1:])
    assert [output.slot for output in normalize(path).outputs] == [
        "page=1",
        "page=2",
        "page=3",
    ]


@pytest.mark.parametrize("content", [b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\n"])
def test_a_broken_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken"
    path.write_bytes(content)
    with pytest.raises(StepError) as caught:
        normalize(path)
    assert caught.value.reason == UnreadableReason.BROKEN
    assert caught.value.permanent


def test_running_out_of_time_is_said_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StepError) as caught:
        normalize(write_pdf(tmp_path / "pdf", ("one",)), seconds=0.01)
    assert caught.value.reason == UnreadableReason.TIMED_OUT
    assert caught.value.permanent


def test_thumbnail_of_the_first_page(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("one",), ("two",))
    pages = normalize(path)
    given = step_input(path, tmp_path / "thumb", upstream=pages.outputs)
    result = Thumbnail().run(given)
    (output,) = result.outputs
    assert (output.kind, output.slot) == ("thumbnail", "page=1")
    assert output.inputs == (("page_image", "page=1"),)
    assert output.file is not None
    with Image.open(output.file) as picture:
        assert (picture.format, picture.width) == ("WEBP", 320)
        assert picture.height == pytest.approx(453, abs=2)


def test_a_long_receipt_is_shown_from_its_top(tmp_path: Path) -> None:
    path = tmp_path / "long"
    text_picture("Total", size=(400, 3000)).save(path, format="PNG")
    pages = normalize(path)
    given = step_input(path, tmp_path / "thumb", upstream=pages.outputs)
    assert Thumbnail().run(given).detail == {"width": 320, "height": 640}


def test_a_page_that_was_set_upright_has_its_thumbnail_so(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    text_picture("Total", size=(400, 600)).save(path, format="PNG")
    (lying,) = normalize(path).outputs
    upright = replace(lying, slot="page=1 upright")
    given = step_input(path, tmp_path / "thumb", upstream=(lying, upright))
    (output,) = Thumbnail().run(given).outputs
    assert (output.slot, output.inputs) == ("page=1", (("page_image", upright.slot),))


def test_no_thumbnail_without_a_page(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "pdf", ("one",))
    with pytest.raises(StepError):
        Thumbnail().run(step_input(path, tmp_path / "thumb"))
