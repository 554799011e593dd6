"""Each part of the running house is killed with work at hand; nothing is lost or done
twice, and nothing is left."""

from __future__ import annotations

import http.client
import io
from itertools import count

import psutil
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.config.house import PATIENCE, House, all_gone, processes_of
from tests.config.processes import wait_until
from tests.documents import pdf_of

_numbers = count(1)


def slow_document() -> bytes:
    """A picture that OCR needs a moment for."""
    image = Image.new("RGB", (900, 1200), "white")
    font = ImageFont.load_default(size=28)
    draw = ImageDraw.Draw(image)
    draw.text((80, 40), f"Receipt {next(_numbers)}", "black", font=font)
    for line in range(12):
        text = f"Tea and cake, table {line}          {line + 3}.00"
        draw.text((80, 120 + line * 60), text, "black", font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def quick_document() -> bytes:
    return pdf_of(((60, 60, f"Note {next(_numbers)} of the day"),))


def under_way(house: House, lane: str) -> str:
    """A document that a worker of the lane is just reading."""
    asked = house.ask(lane, slow_document())
    assert wait_until(lambda: house.is_at(asked, "running"), PATIENCE)
    return asked


def taker(master: psutil.Process, upload: http.client.HTTPConnection) -> psutil.Process:
    """The worker of the web server that has taken the connection."""
    port = upload.sock.getsockname()[1]
    found: list[psutil.Process] = []

    def look() -> bool:
        for worker in master.children():
            ends = worker.net_connections("tcp")
            if any(end.raddr and end.raddr.port == port for end in ends):
                found.append(worker)
        return bool(found)

    assert wait_until(look)
    return found[0]


@pytest.mark.parametrize("victim", ["master", "worker"])
def test_killed_web_server(house: House, victim: str) -> None:
    other = under_way(house, "interactive")
    master = house.root_of("web")
    data = quick_document()
    upload, _ = house.begin_upload(data, share=0.5)
    worker = taker(master, upload)
    dead = [master, *master.children()] if victim == "master" else [worker]
    dead[0].kill()
    with pytest.raises((OSError, http.client.HTTPException)):
        upload.getresponse()
    assert all_gone(dead)
    assert wait_until(house.is_ready, PATIENCE)
    # Whoever got no answer sends it again, and whoever is not sure, once more.
    first, second = house.upload(data), house.upload(data)
    assert (first["created"], second["created"]) == (True, False)
    for asked in (other, first["content_hash"]):
        house.assert_read_once(asked)
        assert house.attempts(asked) == 1


@pytest.mark.parametrize("lane", ["interactive", "batch"])
def test_killed_queue(house: House, lane: str) -> None:
    since = len(house.lines)
    cluster = house.root_of(lane)
    dead = [cluster, *cluster.children(recursive=True)]
    asked = under_way(house, lane)
    cluster.kill()
    assert house.said(f"{lane} ended (status 137)", since)
    assert all_gone(dead)
    house.end_leases()
    # Whatever comes next has the lost one done first.
    house.assert_read_once(house.ask(lane, quick_document()))
    house.assert_read_once(asked)
    assert house.attempts(asked) == 2


def test_killed_database(house: House) -> None:
    since = len(house.lines)
    postmaster = house.postmaster()
    dead = [postmaster, *postmaster.children()]
    asked = under_way(house, "interactive")
    data = quick_document()
    upload, rest = house.begin_upload(data, share=0.5)
    postmaster.kill()
    assert house.said("PostgreSQL has ended; starting it again", since)
    assert all_gone(dead)
    assert wait_until(house.is_ready, PATIENCE)
    upload.send(rest)
    status = upload.getresponse().status
    house.end_leases()
    again = house.upload(data)
    # Kept if and only if it was said to be.
    assert again["created"] is (status != 201)
    for document in (again["content_hash"], asked):
        house.assert_read_once(document)
    assert house.attempts(asked) == 2


def test_killed_supervisor(house: House) -> None:
    since = len(house.lines)
    dead = processes_of(house.home)
    asked = under_way(house, "interactive")
    house.process.kill()
    house.process.wait()
    house.start()
    assert all_gone(dead)
    assert "did not stop in order" in "".join(house.lines[since:])
    # The run had a moment to come to its end, and may have used it.
    house.end_leases()
    house.assert_read_once(house.ask("interactive", quick_document()))
    house.assert_read_once(asked)
