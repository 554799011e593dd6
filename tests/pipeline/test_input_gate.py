from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from pipeline.steps.base import Outcome, StepResult
from pipeline.steps.input_gate import GATE_MESSAGES, GateReason, InputGate
from tests.pipeline.reading_inputs import step_input, text_picture, write_pdf


def gate(path: Path, **params: float) -> StepResult:
    return InputGate().run(step_input(path, path.parent / "work", params=params))


def saved(folder: Path, picture: Image.Image, kind: str = "PNG") -> Path:
    path = folder / "original"
    picture.save(path, format=kind)
    return path


def test_a_sharp_picture_comes_in(tmp_path: Path) -> None:
    result = gate(saved(tmp_path, text_picture("Total 12.00", "Cash 20.00"), "JPEG"))
    assert (result.outcome, result.reason) == (Outcome.ACCEPT, "")
    assert result.quality["pages"] == 1
    assert result.quality["res"] == "ok"
    assert result.quality["blur"] < 0.5


def test_a_page_of_a_single_word_comes_in(tmp_path: Path) -> None:
    picture = text_picture("4711", size=(1240, 1754), letters=24)
    assert gate(saved(tmp_path, picture)).outcome == Outcome.ACCEPT


@pytest.mark.parametrize("colour", ["white", "ivory", "red"])
def test_blank(tmp_path: Path, colour: str) -> None:
    result = gate(saved(tmp_path, Image.new("RGB", (800, 1000), colour)))
    assert (result.outcome, result.reason) == (Outcome.REJECT, GateReason.BLANK)


def test_noise_is_blank(tmp_path: Path) -> None:
    noise = Image.effect_noise((800, 1000), 5).point(lambda grey: min(grey + 100, 255))
    assert gate(saved(tmp_path, noise)).reason == GateReason.BLANK


@pytest.mark.parametrize("radius", [5, 8])
def test_blurred(tmp_path: Path, radius: int) -> None:
    lines = [f"Item {n}   {n}.50   {n * 3}.00" for n in range(12)]
    picture = text_picture(*lines).filter(ImageFilter.GaussianBlur(radius))
    assert gate(saved(tmp_path, picture)).reason == GateReason.BLURRED


def test_too_dark(tmp_path: Path) -> None:
    picture = text_picture("Total 12.00").point(lambda value: value // 6)
    assert gate(saved(tmp_path, picture)).reason == GateReason.TOO_DARK


@pytest.mark.parametrize("size", [(1500, 60), (150, 150)])
def test_too_small(tmp_path: Path, size: tuple[int, int]) -> None:
    result = gate(saved(tmp_path, Image.effect_noise(size, 90)))
    assert (result.reason, result.quality["res"]) == (GateReason.TOO_SMALL, "low")


def test_too_many_pixels(tmp_path: Path) -> None:
    result = gate(saved(tmp_path, Image.new("1", (900, 900))), max_pixels=800_000)
    assert result.reason == GateReason.TOO_MANY_PIXELS


def test_a_declared_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("L", (8, 8)), "GIF")
    content = bytearray(path.read_bytes())
    content[6:10] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert gate(path).reason == GateReason.TOO_MANY_PIXELS


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(b"")
    assert gate(path).reason == GateReason.EMPTY_FILE


@pytest.mark.parametrize(
    "content", [b"Dear Sir or Madam", b"fLaC\x00\x00\x00\x22", b"8BPS\x00\x01\x00"]
)
def test_unsupported_type(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "original"
    path.write_bytes(content)
    assert gate(path).reason == GateReason.UNSUPPORTED_TYPE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_cut_picture_is_broken(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path, text_picture("Total 12.00"), kind)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert gate(path).reason == GateReason.BROKEN


def test_born_digital_pdf(tmp_path: Path) -> None:
    result = gate(write_pdf(tmp_path / "o", ("Invoice 4711",), ("Page two",)))
    assert result.outcome == Outcome.ACCEPT
    assert (result.quality["pages"], result.quality["words"]) == (2, 4)


def test_a_scan_in_a_pdf_is_looked_at(tmp_path: Path) -> None:
    sharp = text_picture("Total 12.00", "Cash 20.00")
    accepted = gate(write_pdf(tmp_path / "sharp", sharp))
    assert accepted.outcome == Outcome.ACCEPT
    soft = sharp.filter(ImageFilter.GaussianBlur(6))
    assert gate(write_pdf(tmp_path / "soft", soft)).reason == GateReason.BLURRED
    assert gate(write_pdf(tmp_path / "blank", ())).reason == GateReason.BLANK


def test_an_empty_back_does_no_harm(tmp_path: Path) -> None:
    front = text_picture("Total 12.00", "Cash 20.00")
    assert gate(write_pdf(tmp_path / "a", front, ())).outcome == Outcome.ACCEPT
    assert gate(write_pdf(tmp_path / "b", (), front)).outcome == Outcome.ACCEPT


def test_encrypted_pdf(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "original", ("Invoice",), password="hidden")
    assert gate(path).reason == GateReason.ENCRYPTED


def test_broken_pdf(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 8)
    assert gate(path).reason == GateReason.BROKEN


def test_too_many_pages(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "original", *[("page",)] * 4)
    assert gate(path, max_pages=3).reason == GateReason.TOO_MANY_PAGES
    frames = [text_picture(str(number)) for number in range(3)]
    tiff = tmp_path / "frames"
    frames[0].save(tiff, format="TIFF", save_all=True, append_images=frames[1:])
    assert gate(tiff, max_pages=2).reason == GateReason.TOO_MANY_PAGES


def test_time_and_memory_run_out(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "original", ("Invoice",))
    assert gate(path, seconds=0.001).reason == GateReason.TIMED_OUT
    large = saved(tmp_path, Image.effect_noise((6000, 6000), 9).convert("CMYK"), "TIFF")
    assert gate(large, memory_mb=256).reason == GateReason.TOO_MUCH_MEMORY


def test_every_reason_says_what_to_do() -> None:
    assert set(GATE_MESSAGES) == set(GateReason)
    assert all(message.count(".") == 1 for message in GATE_MESSAGES.values())
