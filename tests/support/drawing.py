"""Picture files for tests: painted on the spot, with whatever a camera or a rogue would put into them."""

from io import BytesIO
from typing import Any

from PIL import Image

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def file_of(
    width: int = 1200, height: int = 800, form: str = "JPEG", *, mode: str = "RGB", turned: int = 0, **how: Any
) -> bytes:
    """A picture, red on its left and blue on its right; `turned` is the EXIF orientation a camera wrote."""
    picture = Image.new(mode, (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    if turned:
        exif = Image.Exif()
        exif[ORIENTATION], exif[MAKER] = turned, "A camera with a name"
        exif.get_ifd(GPS)[1] = "N"
        how["exif"] = exif
    file = BytesIO()
    picture.save(file, form, **how)
    return file.getvalue()


def read(data: bytes) -> Image.Image:
    """The picture in a file that was made."""
    return Image.open(BytesIO(data))
