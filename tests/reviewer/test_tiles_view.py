"""The addresses of tiles: who gets them, and what is noted."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image
from pytest_django import Settings

from catalog.models import DerivedArtifact, Sighting, What
from catalog.services import NewArtifact, Reading, store_generation
from pipeline.showing import tiles
from reviewer.page_tiles import made_for, wanted_for
from tests.factories import make_source, make_tenant, make_version
from tests.reviewer import crop_cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(tmp_path: Path, settings: Settings, db: None) -> DerivedArtifact:
    """The page picture, set upright, of a large original that lies on its left side."""
    settings.HOME = tmp_path
    page = Image.linear_gradient("L").resize((2400, 1600)).convert("RGB")
    data = io.BytesIO()
    page.save(data, "PNG")
    source = make_source(make_tenant("harbour"), data=data.getvalue(), name="plan.png")
    flat, upright = tmp_path / "flat.jpg", tmp_path / "upright.jpg"
    small = page.resize((600, 400))
    small.save(flat)
    small.transpose(Image.Transpose.ROTATE_270).save(upright)
    version = make_version()
    made = [
        NewArtifact("page_image", slot, "normalize", file=file, media_type="image/jpeg")
        for slot, file in (("page=1", flat), ("page=1 upright", upright))
    ]
    generation = store_generation(
        source=source,
        reading=Reading(
            pipeline_name=version.name,
            pipeline_version=version.version,
            complete=True,
            disposition="auto_accept",
            reason="",
            document_type="receipt",
            template_key="",
            artifacts=made,
        ),
    )
    return DerivedArtifact.objects.get(generation=generation, slot="page=1 upright")


def test_tiles_are_made_when_they_are_asked_for(
    client: Client,
    alice: User,
    image: DerivedArtifact,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[tiles.Wanted] = []
    monkeypatch.setattr(tiles, "begin", begun.append)
    client.force_login(alice)
    address = f"/artifacts/{image.pk}/tiles/"
    answer = client.get(address)
    assert (answer.status_code, answer.json()) == (202, {"state": "making"})
    assert client.get(f"{address}0/0-0.jpg").status_code == 404
    [wanted] = begun
    assert wanted == wanted_for(image)
    assert wanted.turns == 1
    tiles.make(wanted)
    told = client.get(address).json()
    assert told["state"] == "ready"
    assert told["levels"][0] == [1600, 2400]
    tile = client.get(f"{address}0/3-4.jpg")
    assert tile.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(tile.content)).size == (64, 352)
    noted = Sighting.objects.get()
    assert (noted.what, noted.page) == (What.TILE, 1)
    assert noted.rectangles == [[0.96, 0.8533, 1.0, 1.0]]
    for none in ("9/0-0", "0/4-0", "0/0-5"):
        assert client.get(f"{address}{none}.jpg").status_code == 404


def test_others_have_no_tiles(
    client: Client, charlie: User, image: DerivedArtifact
) -> None:
    tiles.make(wanted_for(image))
    erin = crop_cases.make_crop_reviewer("erin", make_tenant("harbour"))
    for user in (charlie, erin):
        client.force_login(user)
        for end in ("", "0/0-0.jpg"):
            assert client.get(f"/artifacts/{image.pk}/tiles/{end}").status_code == 404
    assert Client().get(f"/artifacts/{image.pk}/tiles/").status_code == 302
    assert not Sighting.objects.exists()


def test_a_page_without_more_detail_says_so(
    client: Client, alice: User, tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = tmp_path
    task = crop_cases.make_case(make_tenant("harbour"))
    image = crop_cases.page_image(task.source)
    tiles.make(wanted_for(image))  # the original is no picture at all
    client.force_login(alice)
    assert client.get(f"/artifacts/{image.pk}/tiles/").json() == {"state": "none"}


def test_crops_have_the_originals_pixels_when_there_are_tiles(
    image: DerivedArtifact,
) -> None:
    assert made_for(image) is None
    tiles.make(wanted_for(image))
    pack = made_for(image)
    assert pack is not None
    assert pack.sizes[0] == [1600, 2400]
