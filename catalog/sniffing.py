"""A file's type by what is in it, never by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import puremagic

Modality = Literal["image", "document", "audio", "video", "unknown"]

UNKNOWN_TYPE: Final = "application/octet-stream"
HEAD: Final = 4096  # bytes that are looked at

# Readers accept a PDF whose header has junk before it (PDF 1.7, Annex H.3.4.1).
_PDF_WITHIN: Final = 1024

_SIGNATURES: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), mime_type)
    for pattern, mime_type in (
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"II[*+]\x00|MM\x00[*+]", "image/tiff"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"RIFF....WAVE", "audio/wav"),
        (rb"RIFF....AVI ", "video/x-msvideo"),
        (rb"BM.{4}\x00\x00\x00\x00.{4}[\x0c\x28\x38\x40\x6c\x7c]\x00", "image/bmp"),
        (rb"\x00\x00\x00\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", "image/jp2"),
        (rb"8BPS\x00[\x01\x02]", "image/vnd.adobe.photoshop"),
        (rb"fLaC", "audio/flac"),
        (rb"OggS.{24,200}\x01video|OggS.{24,40}\x80theora", "video/ogg"),
        (rb"OggS", "audio/ogg"),
        (rb"ID3[\x02-\x04]", "audio/mpeg"),
        (rb"FORM....AIF[FC]", "audio/aiff"),
        (rb"\x1a\x45\xdf\xa3.{0,60}webm", "video/webm"),
        (rb"\x1a\x45\xdf\xa3.{0,60}matroska", "video/x-matroska"),
        # An ADTS or MPEG audio frame: eleven set bits, then a layer and rates in use.
        (rb"\xff[\xf0\xf1\xf8\xf9][\x40-\x9f]", "audio/aac"),
        (rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x10-\xef]", "audio/mpeg"),
    )
)

# The major brand of an ISO base media file ("....ftypBRND", ISO/IEC 14496-12, 4.3).
_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1", b"mif2"), "image/heif"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), "audio/mp4"),
    **dict.fromkeys((b"qt  ",), "video/quicktime"),
}
_OLD_QUICKTIME: Final = (b"moov", b"mdat", b"wide", b"free", b"skip")


@dataclass(frozen=True, slots=True)
class SniffedType:
    """mime_type is application/octet-stream where the content tells nothing."""

    mime_type: str
    modality: Modality


def sniff(head: bytes) -> SniffedType:
    """head: at least the first HEAD bytes of a file, or all if it is shorter."""
    mime_type = _media_type(head)
    return SniffedType(mime_type, modality_of(mime_type))


def modality_of(mime_type: str) -> Modality:
    match mime_type.partition("/")[0]:
        case "image":
            return "image"
        case "audio":
            return "audio"
        case "video":
            return "video"
    return "document" if mime_type == "application/pdf" else "unknown"


def _media_type(head: bytes) -> str:
    for pattern, mime_type in _SIGNATURES:
        if pattern.match(head):
            return mime_type
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "application/pdf"
    if head[4:8] in _OLD_QUICKTIME:
        return "video/quicktime"
    return _by_puremagic(head)


def _by_brand(head: bytes) -> str:
    """The major brand decides; a general one is looked up in the compatible brands."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    compatible = [head[at : at + 4] for at in range(16, length - 3, 4)]
    if major in (b"mif1", b"msf1", b"mif2"):
        named = (brand for brand in compatible if brand not in (b"mif1", b"msf1"))
        return next((_BRANDS[b] for b in named if b in _BRANDS), _BRANDS[major])
    return _BRANDS.get(major, "video/mp4")


def _by_puremagic(head: bytes) -> str:
    """Everything that this system does not read itself, so that it can be named."""
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError, IndexError):
        return UNKNOWN_TYPE
    # What is read must have passed the strict signatures above.
    reads = modality_of(found) != "unknown"
    return UNKNOWN_TYPE if reads or not found else found
