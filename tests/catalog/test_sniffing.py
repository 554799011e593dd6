from __future__ import annotations

import wave
from pathlib import Path

import pytest
from PIL import Image

from catalog.sniffing import UNKNOWN_TYPE, modality_of, sniff

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("TIFF", "image/tiff"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("JPEG2000", "image/jp2"),
    ],
)
def test_pictures_are_told_by_their_content(
    tmp_path: Path, kind: str, mime_type: str
) -> None:
    path = tmp_path / "named.pdf"
    Image.new("RGB", (20, 10), "red").save(path, format=kind)
    found = sniff(path.read_bytes())
    assert (found.mime_type, found.modality) == (mime_type, "image")


@pytest.mark.parametrize(
    ("head", "mime_type", "modality"),
    [
        (b"%PDF-1.7\n", "application/pdf", "document"),
        (b"junk\r\n" * 100 + b"%PDF-1.4\n", "application/pdf", "document"),
        (b"8BPS\x00\x01" + b"\x00" * 20, "image/vnd.adobe.photoshop", "image"),
        (b"MM\x00*\x00\x00\x00\x08", "image/tiff", "image"),
        (b"fLaC\x00\x00\x00\x22", "audio/flac", "audio"),
        (b"ID3\x03\x00\x00\x00", "audio/mpeg", "audio"),
        (b"\xff\xfb\x90\x64" + b"\x00" * 32, "audio/mpeg", "audio"),
        (b"\xff\xf1\x50\x80", "audio/aac", "audio"),
        (b"OggS\x00\x02" + b"\x00" * 22 + b"\x01vorbis", "audio/ogg", "audio"),
        (b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00", "audio/mp4", "audio"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00", "video/quicktime", "video"),
        (MP4, "video/mp4", "video"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm", "video"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "video/x-msvideo", "video"),
    ],
)
def test_signatures(head: bytes, mime_type: str, modality: str) -> None:
    found = sniff(head)
    assert (found.mime_type, found.modality) == (mime_type, modality)


@pytest.mark.parametrize(
    ("brands", "mime_type"),
    [
        (b"heic\x00\x00\x00\x00mif1heic", "image/heic"),
        (b"mif1\x00\x00\x00\x00mif1heic", "image/heic"),
        (b"mif1\x00\x00\x00\x00mif1avif", "image/avif"),
        (b"mif1\x00\x00\x00\x00mif1miaf", "image/heif"),
    ],
)
def test_heif_is_told_by_its_brands(brands: bytes, mime_type: str) -> None:
    head = (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands
    assert sniff(head + b"\x00" * 64).mime_type == mime_type


def test_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    with wave.open(str(path), "wb") as recording:
        recording.setparams((1, 2, 8000, 0, "NONE", ""))
        recording.writeframes(b"\x00" * 200)
    assert (sniff(path.read_bytes()).mime_type, sniff(path.read_bytes()).modality) == (
        "audio/wav",
        "audio",
    )


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00",
        b"BM is how this text begins, and it is no picture",
        b"x" * 1100 + b"%PDF-1.7",
        b"Invoice 4711\nTotal 12.00 EUR\n",
        b"\xff\xd8",
        bytes(range(256)),
    ],
)
def test_what_nothing_tells_is_unknown(head: bytes) -> None:
    assert sniff(head).modality == "unknown"


def test_a_name_does_not_decide(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x01\x02\x03\x04")
    assert sniff(path.read_bytes()).mime_type == UNKNOWN_TYPE


def test_modalities() -> None:
    assert modality_of("application/pdf") == "document"
    assert modality_of("text/plain") == "unknown"
