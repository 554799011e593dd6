"""OCR by Tesseract, by tesserocr, with the language data of the system's package."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import Image, UnidentifiedImageError

from catalog.regions import BoundingBox
from pipeline.engines.base import EngineError
from pipeline.words import PageWords, Word

# Where packages put the language data: Debian and Ubuntu, other Linux, Homebrew.
PLACES = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
OSD = "osd"  # the data by which Tesseract tells how a page lies
# Tesseract's orientation confidence above which a page is read once more, turned; the
# ocr step keeps what reads better.
_SURE = 1.0
# Its letters should be some 30 pixels high, and small photos of receipts have fewer.
_NARROWEST = 1000  # pixels
_LONGEST = 120_000  # milliseconds that one page may take


class TesseractEngine:
    """Reads printed text on the processor, in the languages of lang ("eng+deu").

    turns: whether pages that lie on a side are noticed, which needs the osd data.
    segmentation is one of Tesseract's page segmentation modes. Its own choice, AUTO,
    takes columns apart and loses amounts that stand far to the right: our layout puts
    lines together from boxes, whatever the order of words. max_pixels bounds the
    picture, and with it time and memory. tessdata: the folder of the language data;
    where packages put it if empty. Calls of several threads wait for each other:
    Tesseract's objects are not shared.
    """

    def __init__(
        self,
        lang: str = "eng",
        *,
        turns: bool = True,
        segmentation: str = "SINGLE_BLOCK",
        max_pixels: int = 4_000_000,
        tessdata: str = "",
    ) -> None:
        self.lang = lang
        self.turns = turns
        self.segmentation = segmentation
        self.max_pixels = max_pixels
        self._tessdata = tessdata or os.environ.get("TESSDATA_PREFIX", "")
        self._lock = threading.Lock()

    @cached_property
    def model_id(self) -> str:
        first = str(_library().tesseract_version()).split()
        return f"tesseract-{first[1]}-{self.lang}"

    @cached_property
    def weights_digest(self) -> str:
        """SHA-256 of the language data; of several files one after the other."""
        digest = hashlib.sha256()
        for path in self._data:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def read(self, image: Path, *, page: int) -> PageWords:
        """The words of an upright RGB picture file. Raises EngineError."""
        return self._read(_opened(image), page)

    def read_as_it_lies(self, image: Path, *, page: int) -> tuple[PageWords, int]:
        """As read, and how many clockwise quarter turns would set the page upright."""
        picture = _opened(image)
        turns = self._turns_of(picture) if self.turns else 0
        return self._read(picture, page), turns

    def _read(self, picture: Image.Image, page: int) -> PageWords:
        width, height = picture.size
        sized = _sized(picture, self.max_pixels)
        with self._lock:
            words = tuple(self._words(sized))
        origin: Any = "ocr" if words else "none"
        return PageWords(page, float(width), float(height), words, origin)

    def _words(self, picture: Image.Image) -> Iterator[Word]:
        """In Tesseract's reading order."""
        library, reader = _library(), self._reader
        reader.SetImage(picture)
        try:
            if not reader.Recognize(_LONGEST):
                raise EngineError("Tesseract could not read the page", permanent=True)
            found = reader.GetIterator()
            while found is not None and not found.Empty(library.RIL.WORD):
                word = _word(found, library.RIL.WORD, picture.size)
                if word is not None:
                    yield word
                if not found.Next(library.RIL.WORD):
                    return
        finally:
            reader.Clear()

    def _turns_of(self, picture: Image.Image) -> int:
        with self._lock:
            looker = self._looker
            looker.SetImage(_sized(picture, self.max_pixels))
            try:
                found = looker.DetectOrientationScript()
            finally:
                looker.Clear()
        if not found or found["orient_conf"] < _SURE:
            return 0
        # It says how far the text has been turned.
        return -int(found["orient_deg"]) // 90 % 4

    @cached_property
    def _data(self) -> tuple[Path, ...]:
        """The files of each language, and of osd. Raises EngineError if one is not
        here.
        """
        names = [*self.lang.split("+"), *([OSD] if self.turns else [])]
        folder = self._folder(names[0])
        paths = tuple(folder / f"{name}.traineddata" for name in names)
        for name, path in zip(names, paths, strict=True):
            if not path.is_file():
                raise _missing(name)
        return paths

    def _folder(self, language: str) -> Path:
        for place in (self._tessdata, *PLACES):
            if place and (Path(place) / f"{language}.traineddata").is_file():
                return Path(place)
        raise _missing(language)

    @cached_property
    def _reader(self) -> Any:
        return self._loaded(self.lang, getattr(_library().PSM, self.segmentation))

    @cached_property
    def _looker(self) -> Any:
        return self._loaded(OSD, _library().PSM.OSD_ONLY)

    def _loaded(self, lang: str, mode: Any) -> Any:
        library, folder = _library(), str(self._data[0].parent)
        try:
            reader = library.PyTessBaseAPI(path=folder, lang=lang, psm=mode)
        except RuntimeError:
            message = f"Tesseract cannot load its {lang} data in {folder}"
            raise EngineError(message, permanent=True) from None
        # It writes to the terminal otherwise.
        reader.SetVariable("debug_file", os.devnull)
        return reader


def _library() -> ModuleType:
    """tesserocr, loaded when it is first needed.

    A Tesseract that was built with OpenMP has threads that wait by turning in circles,
    and costs a machine several times the work for a page. OpenMP looks at the limit
    once, while the library is loaded. tesserocr's wheels are built without.
    """
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    try:
        import tesserocr
    except ImportError:
        message = "the package tesserocr is not installed: run script/bootstrap"
        raise EngineError(message, permanent=True) from None
    return tesserocr  # type: ignore[no-any-return]


def _missing(language: str) -> EngineError:
    return EngineError(
        f"Tesseract's data for {language!r} is not on this machine. Debian, Ubuntu:"
        f" apt-get install tesseract-ocr-{language}. macOS: brew install tesseract."
        " Elsewhere: set TESSDATA_PREFIX to the folder that holds"
        f" {language}.traineddata.",
        permanent=True,
    )


def _opened(image: Path) -> Image.Image:
    try:
        with Image.open(image, formats=("JPEG", "PNG")) as opened:
            return opened.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        raise EngineError("not a picture that can be read", permanent=True) from None


def _sized(picture: Image.Image, max_pixels: int) -> Image.Image:
    """Wide enough for Tesseract to tell letters, and not larger than allowed."""
    width, height = picture.size
    factor = max(1.0, _NARROWEST / width)
    factor = min(factor, (max_pixels / (width * height)) ** 0.5)
    if factor == 1:
        return picture
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _word(found: Any, level: Any, size: tuple[int, int]) -> Word | None:
    text = found.GetUTF8Text(level).strip()
    box = found.BoundingBox(level)
    if not text or box is None:
        return None
    (left, top, right, bottom), (width, height) = box, size
    place = BoundingBox.clamped(
        left / width, top / height, right / width, bottom / height
    )
    return Word(text, place, min(max(found.Confidence(level) / 100, 0.0), 1.0))
