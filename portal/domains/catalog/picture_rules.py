"""Makes the pictures that are kept out of a file that somebody sent.

Whether it is a picture is found out by decoding it: neither its name nor its beginning is believed. What is kept is
painted anew, so nothing of the file itself is: no place where it was taken, no script behind the pixels.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from portal.kernel.errors import N_
from portal.kernel.fields import Faults

LARGEST = 10 * 1024 * 1024
"""Bytes of a file that is taken."""
WIDTHS = (480, 960, 1600)
FORMATS = ("JPEG", "PNG", "WEBP")
NARROWEST = 320
MOST_PIXELS = 50_000_000
"""A small file can unfold to gigabytes; this many take 150 MB while they are made smaller."""
LONGEST = 3
"""How many times the shorter side goes into the longer one."""
QUALITY = 80


@dataclass(frozen=True)
class Sized:
    """The picture in one width, as WebP."""

    width: int
    height: int
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def sizes_of(faults: Faults, sent: bytes | None) -> list[Sized]:
    """The picture in every width that it has dots for, the smallest first; faults are on `file`, and then none."""
    if sent is None:
        faults.add("file", N_("Choose a file."))
        return []
    if len(sent) > LARGEST:
        faults.add("file", N_("The file is larger than %(most)s MB. Save the picture smaller."), most=LARGEST >> 20)
        return []
    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as opened:
            return _sizes(opened) if _has_good_size(faults, opened.size) else []
    except UnidentifiedImageError:
        faults.add("file", N_("This is not a picture. JPEG, PNG and WebP are taken."))
    except Image.DecompressionBombError:
        faults.add("file", N_("The picture has more than %(most)s million dots."), most=MOST_PIXELS // 10**6)
    except (OSError, SyntaxError, ValueError):  # what decoders raise for a file that is broken or cut off
        faults.add("file", N_("The picture cannot be read: the file is damaged or not all of it is there."))
    return []


def _has_good_size(faults: Faults, size: tuple[int, int]) -> bool:
    """By what the file says of itself, before anything is unfolded; decoders hold themselves to it."""
    short, long = sorted(size)
    if short * long > MOST_PIXELS:
        faults.add("file", N_("The picture has more than %(most)s million dots."), most=MOST_PIXELS // 10**6)
    elif short < NARROWEST:
        faults.add("file", N_("The picture is too small: each side needs %(least)s dots."), least=NARROWEST)
    elif long > LONGEST * short:
        faults.add("file", N_("The picture is too long: one side is more than %(most)s times the other."), most=LONGEST)
    return not faults.found.get("file")


def _sizes(opened: Image.Image) -> list[Sized]:
    # A JPEG is decoded to an eighth, a quarter or a half where that is enough: less time, less memory.
    opened.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
    picture = _plain(opened)
    widths = sorted({min(width, picture.width) for width in WIDTHS})
    return [_painted(picture, width) for width in widths]


def _plain(opened: Image.Image) -> Image.Image:
    """The picture upright, in the colours that screens have, on white where one could see through it."""
    upright = ImageOps.exif_transpose(opened)
    profile = opened.info.get("icc_profile")
    if profile and upright.mode in {"RGB", "CMYK"}:
        try:
            own, screen = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            upright = ImageCms.profileToProfile(upright, own, screen, outputMode="RGB") or upright
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that cannot be read is no reason to refuse the picture
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        upright = Image.alpha_composite(ground, seen)
    return upright.convert("RGB")


def _painted(picture: Image.Image, width: int) -> Sized:
    height = max(1, round(picture.height * width / picture.width))
    resized = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    resized.info.clear()  # or Pillow would copy what the camera wrote into the new file
    file = BytesIO()
    resized.save(file, "WEBP", quality=QUALITY)
    return Sized(width, height, file.getvalue())
