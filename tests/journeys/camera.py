"""Takes pictures of pages in two sizes and two themes, and makes them small enough for a repository."""

import base64
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}

SETTLES = 250  # milliseconds in which a page that jumped somewhere is painted

# The 256 most frequent colours stay as they are, others become the nearest of them: text keeps its edges, files shrink
# to a quarter. Done by the browser, because it has the pixels and Python has no library for them here.
COUNT_COLOURS = """
async (png) => {
  const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const { width, height } = bitmap, canvas = new OffscreenCanvas(width, height), pen = canvas.getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height), pixels = new Uint32Array(data.buffer), counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const part = (colour, n) => (colour >>> (8 * n)) & 255;
  const apart = (a, b) => [0, 1, 2].reduce((sum, n) => sum + (part(a, n) - part(b, n)) ** 2, 0);
  // Frequent colours first, but never two that nobody can tell apart while others are not there at all.
  const palette = [], wanted = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  for (const closest of [160, 40, 0]) {
    for (const colour of wanted) {
      if (palette.length === 256) break;
      if (palette.every((kept) => apart(kept, colour) > closest)) palette.push(colour);
    }
  }
  const place = new Map();
  for (const colour of counts.keys()) {
    let best = 0;
    for (let n = 1; n < palette.length; n++) if (apart(palette[n], colour) < apart(palette[best], colour)) best = n;
    place.set(colour, best);
  }
  const rows = [];
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width, (y + 1) * width).map((pixel) => place.get(pixel));
    rows.push(String.fromCharCode(...row));
  }
  const parts = palette.flatMap((colour) => [0, 1, 2].map((n) => part(colour, n)));
  return { width, height, palette: parts, rows: btoa(rows.join("")) };
}
"""


@dataclass
class Camera:
    """Pictures go to `folder`; what each shows is kept in `album`, in order. `whole`: the full length of each page."""

    browser: Browser
    folder: Path
    only: frozenset[str] = frozenset()
    whole: bool = False
    album: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._darkroom = self.browser.new_page()

    def take(self, page: Page, name: str, shows: str, *, dark: bool = False, at: str = "", whole: bool = False) -> None:
        """The page as it is now, on a desktop and on a phone; `dark`: both themes; `at`: scrolled to this element;
        `whole`: this one in its full length."""
        taken = []
        for theme in ("light", "dark") if dark else ("light",):
            for size, viewport in SIZES.items():
                file = f"{name}-{size}{'-dark' if theme == 'dark' else ''}.png"
                taken.append(file)
                if not self.only or name in self.only:
                    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                    page.set_viewport_size(viewport)
                    self._shoot(page, file, at, whole or self.whole)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(SIZES["desktop"])
        self.album.append((name, shows, taken))

    def _shoot(self, page: Page, file: str, at: str, whole: bool) -> None:
        # Pictures further down are loaded when somebody gets near; the countdown starts with the scripts.
        page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((img) => { img.loading = 'eager' })")
        page.evaluate("Promise.all([...document.images].map((img) => img.decode().catch(() => null)))")
        if whole and page.viewport_size:  # as high as the page: what sticks to an edge is then at the edge
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
        page.evaluate("at => at ? document.querySelector(at).scrollIntoView() : scrollTo(0, 0)", at)
        page.mouse.move(0, 0)
        page.wait_for_timeout(SETTLES)
        png = page.screenshot(full_page=whole, animations="disabled")
        counted = self._darkroom.evaluate(COUNT_COLOURS, base64.b64encode(png).decode())
        (self.folder / file).write_bytes(_png(**counted))


def _png(width: int, height: int, palette: list[int], rows: str) -> bytes:
    """A PNG of at most 256 colours, one byte a pixel."""
    pixels = base64.b64decode(rows)
    lines = b"".join(b"\0" + pixels[start : start + width] for start in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", bytes(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunks(chunks))


def _chunks(parts: tuple[tuple[bytes, bytes], ...]) -> Iterator[bytes]:
    for kind, content in parts:
        yield struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
