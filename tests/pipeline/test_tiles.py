"""Tiles of large pages: what they show, what they are made under, and how they go."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from catalog.models import Erasure, SourceMedia
from catalog.regions import BoundingBox
from catalog.services import erase
from pipeline.sandbox import Limits
from pipeline.showing import cutting, tiles
from pipeline.showing.cutting import COVER, Veil
from pipeline.showing.tiles import Wanted
from tests.documents import pdf_of
from tests.factories import make_source

pytestmark = pytest.mark.django_db

SHOWN = 600 * 400  # pixels of the page picture


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def drawn(size: tuple[int, int], form: str = "PNG", **options: object) -> bytes:
    """Grey from left to right, redder from top to bottom."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    page = Image.merge("RGB", (down, across, Image.new("L", size, 128)))
    out = io.BytesIO()
    page.save(out, form, **options)
    return out.getvalue()


def large(data: bytes, name: str = "plan.png") -> SourceMedia:
    return make_source(data=data, name=name)


def wanted(source: SourceMedia, **more: int) -> Wanted:
    given = {"page": 1, "turns": 0, "shown_pixels": SHOWN, **more}
    return Wanted(source.content_hash, source.mime_type, **given)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def near(one: object, other: object) -> bool:
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


def test_levels_are_halves_down_to_the_page_picture() -> None:
    want = wanted(large(drawn((3000, 2000))))
    assert tiles.pack_of(want) is None
    assert tiles.make(want)
    pack = tiles.pack_of(want)
    assert pack is not None
    assert pack.sizes == [[3000, 2000], [1500, 1000], [750, 500]]


@pytest.mark.parametrize(
    ("box", "width", "size"),
    [
        (BoundingBox(0.31, 0.42, 0.51, 0.47), 960, (600, 100)),  # all that there is
        (BoundingBox(0.31, 0.42, 0.51, 0.47), 480, (480, 80)),
        (BoundingBox(0.0, 0.1, 1.0, 0.2), 1000, (1000, 67)),  # from a smaller level
    ],
)
def test_a_cut_out_has_the_originals_own_pixels(
    box: BoundingBox, width: int, size: tuple[int, int]
) -> None:
    data = drawn((3000, 2000))
    want = wanted(large(data))
    tiles.make(want)
    pack = tiles.pack_of(want)
    assert pack is not None
    cut = opened(cutting.cut_tiles(pack, box, width=width))
    assert cut.size == size
    page = opened(data)
    for across, down in ((0.1, 0.1), (0.5, 0.5), (0.9, 0.9)):
        here = cut.getpixel((int(across * size[0]), int(down * size[1])))
        x = (box.left + across * box.width) * 3000
        y = (box.top + down * box.height) * 2000
        assert near(here, page.getpixel((int(x), int(y))))


def test_a_cut_out_of_tiles_is_painted_over_as_of_the_picture() -> None:
    want = wanted(large(drawn((3000, 2000))))
    tiles.make(want)
    pack = tiles.pack_of(want)
    assert pack is not None
    hidden = BoundingBox(0.40, 0.43, 0.45, 0.46)
    box = BoundingBox(0.31, 0.42, 0.51, 0.47)
    cut = opened(cutting.cut_tiles(pack, box, width=960, veil=Veil([hidden])))
    assert near(cut.getpixel((350, 50)), COVER)
    assert not near(cut.getpixel((50, 50)), COVER)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_tile_has_the_originals_own_pixels(form: str) -> None:
    data = drawn((2600, 1800), form)
    want = wanted(large(data, f"plan.{form.lower()}"))
    tiles.make(want)
    pack = tiles.pack_of(want)
    assert pack is not None
    page = opened(data)
    for x, y in ((0, 0), (3, 2), (5, 3)):
        tile = opened(pack.tile(0, x, y))
        left, top = x * 512, y * 512
        assert tile.size == (min(512, 2600 - left), min(512, 1800 - top))
        assert near(tile.getpixel((20, 20)), page.getpixel((left + 20, top + 20)))
        edges = [left / 2600, top / 1800]
        assert pack.edges(0, x, y)[:2] == edges
    for place in ((0, 6, 0), (0, 0, 4), (9, 0, 0), (0, -1, 0)):
        with pytest.raises(LookupError):
            pack.tile(*place)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_that_was_set_upright_is_turned_alike(turns: int) -> None:
    data = drawn((2000, 1200))
    want = wanted(large(data), turns=turns)
    tiles.make(want)
    pack = tiles.pack_of(want)
    assert pack is not None
    page = opened(data).rotate(-90 * turns, expand=True)
    assert pack.sizes[0] == list(page.size)
    assert near(opened(pack.tile(0, 0, 0)).getpixel((9, 9)), page.getpixel((9, 9)))


def test_a_camera_that_lay_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    want = wanted(large(drawn((2000, 1200), "JPEG", exif=exif), "photo.jpg"))
    tiles.make(want)
    pack = tiles.pack_of(want)
    assert pack is not None
    assert pack.sizes[0] == [1200, 2000]


def test_a_pdf_is_drawn_anew() -> None:
    want = wanted(large(pdf_of(), "letter.pdf"))
    tiles.make(want)
    pack = tiles.pack_of(want)
    assert pack is not None
    assert min(pack.sizes[0]) > 2000


def test_a_small_page_has_none_and_is_not_asked_again() -> None:
    want = wanted(large(drawn((700, 450))))
    assert tiles.make(want)
    assert tiles.pack_of(want) is None
    assert tiles.is_refused(want)


def test_what_is_too_large_or_broken_is_refused_under_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = drawn((3000, 2000))
    broken = wanted(large(data[: len(data) // 2]))
    assert tiles.make(broken)
    assert tiles.is_refused(broken)
    monkeypatch.setattr(tiles, "LIMITS", Limits(memory_mb=400, file_mb=64))
    grown = io.BytesIO()
    Image.new("RGB", (14_000, 12_000)).save(grown, "PNG")
    want = wanted(large(grown.getvalue()))
    assert tiles.make(want)
    assert tiles.is_refused(want)
    monkeypatch.setattr(tiles, "MOST_PIXELS", 1_000_000)
    other = wanted(large(data))
    tiles.make(other)
    assert tiles.is_refused(other)


def test_one_at_a_time() -> None:
    want = wanted(large(drawn((3000, 2000))))
    with tiles._alone() as mine:
        assert mine
        assert not tiles.make(want)
    assert tiles.make(want)


def test_an_erasure_takes_them_and_nothing_is_left_on_the_way(home: Path) -> None:
    source = large(drawn((3000, 2000)))
    want = wanted(source)
    tiles.make(want)
    assert [path.name for path in want.path.parent.iterdir()] == [want.path.name]
    # As after a crash between the tables and the files: the scan takes what is there.
    erasure = erase(source=source, basis=Erasure.Basis.REQUEST)
    assert erasure.finished_at is not None
    assert not want.path.parent.exists()
    # Whoever was at work on it meanwhile keeps nothing either.
    assert tiles.make(want)
    assert not want.path.exists()
    assert not want.path.parent.exists()


def test_what_nobody_needs_is_collected() -> None:
    used, unused = (wanted(large(drawn((3000, 2000 + 2 * n)))) for n in (0, 1))
    for want in (used, unused):
        tiles.make(want)
    os.utime(unused.path, (1, 1))
    assert tiles.collect() == 1
    assert used.path.exists()
    SourceMedia.objects.filter(content_hash=used.content_hash)
    assert tiles.collect(kept_seconds=-1) == 1
    assert not used.path.exists()
