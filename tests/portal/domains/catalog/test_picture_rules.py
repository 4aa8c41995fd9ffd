"""What becomes of a file that somebody sent as a picture."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from portal.domains.catalog.picture_rules import LARGEST, sizes_of
from portal.kernel.fields import Faults
from tests.support.drawing import file_of, read

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SCRIPT = b"<script>alert(document.cookie)</script>"


def fault(sent: bytes) -> str:
    faults = Faults()
    assert sizes_of(faults, sent) == []
    message, params = faults.found["file"]
    return message % params if params else message


@pytest.mark.parametrize(
    ("width", "height", "widths"),
    [(2000, 1000, [480, 960, 1600]), (1000, 800, [480, 960, 1000]), (960, 960, [480, 960]), (330, 400, [330])],
)
def test_it_is_made_in_the_widths_it_has_dots_for(width: int, height: int, widths: list[int]) -> None:
    made = sizes_of(Faults(), file_of(width, height))
    assert [one.width for one in made] == widths
    for one in made:
        assert abs(one.height - height * one.width / width) <= 1
        assert (read(one.data).format, read(one.data).size) == ("WEBP", (one.width, one.height))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_three_forms_are_taken(form: str) -> None:
    assert [one.width for one in sizes_of(Faults(), file_of(600, 500, form))] == [480, 600]


def test_a_turned_picture_stands_upright_and_nothing_of_the_camera_is_kept() -> None:
    """Orientation 6: the camera was turned by a quarter; what was left is on top."""
    for one in sizes_of(Faults(), file_of(1200, 800, turned=6)):
        kept = read(one.data)
        assert kept.width < kept.height
        top, bottom = kept.getpixel((kept.width // 2, 5)), kept.getpixel((kept.width // 2, kept.height - 5))
        assert isinstance(top, tuple)
        assert isinstance(bottom, tuple)
        assert top[0] > 200 > 60 > top[2]
        assert bottom[2] > 200 > 60 > bottom[0]
        assert not kept.getexif()
        assert not {"exif", "icc_profile", "xmp"} & kept.info.keys()
        assert b"camera" not in one.data


def test_what_one_could_see_through_is_white() -> None:
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    file = BytesIO()
    picture.save(file, "PNG")
    (made,) = sizes_of(Faults(), file.getvalue())
    assert read(made.data).convert("RGB").getpixel((200, 200)) == (255, 255, 255)


def test_the_same_file_makes_the_same_pictures() -> None:
    first, second = (sizes_of(Faults(), file_of(700, 500)) for _ in range(2))
    assert [one.digest for one in first] == [one.digest for one in second]


@pytest.mark.parametrize("sent", [SVG, SCRIPT, b"", b"GIF89a" + bytes(200), b"%PDF-1.7"])
def test_what_is_no_picture_is_refused_whatever_it_is_called(sent: bytes) -> None:
    assert "not a picture" in fault(sent)


def test_what_only_begins_like_a_picture_is_refused() -> None:
    assert "cannot be read" in fault(b"\xff\xd8\xff\xe0" + SCRIPT)


def test_other_forms_are_refused_although_they_could_be_decoded() -> None:
    assert "not a picture" in fault(file_of(400, 400, "GIF", mode="RGB"))
    assert "not a picture" in fault(file_of(400, 400, "TIFF"))


def test_a_file_that_was_cut_off_is_refused() -> None:
    whole = file_of(1600, 1200, "PNG")
    assert "cannot be read" in fault(whole[: len(whole) // 2])


def test_what_would_unfold_to_gigabytes_is_refused_by_its_first_bytes() -> None:
    bomb = _png(40_000, 40_000)
    assert len(bomb) < 1000
    assert "50 million dots" in fault(bomb)
    assert "50 million dots" in fault(_png(8_000, 7_000))


@pytest.mark.parametrize(("width", "height", "told"), [(319, 900, "too small"), (400, 1201, "too long")])
def test_bounds_of_its_sides(width: int, height: int, told: str) -> None:
    assert told in fault(file_of(width, height))


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "10 MB" in fault(file_of(400, 400) + bytes(LARGEST))


def _png(width: int, height: int) -> bytes:
    """A file that says it is so large, and has nothing in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
