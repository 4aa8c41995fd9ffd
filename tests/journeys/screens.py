"""Takes a picture of every page and writes docs/screens.md: `.venv/bin/python -m tests.journeys.screens [NAME …]`.

Starts a house of its own with the sample world and walks through it as a customer and as a member of staff. With names
only those pictures are taken anew; `--to DIR --whole` puts pictures of whole pages elsewhere, to look at.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

import local.browser
from tests.journeys.camera import SIZES, Camera
from tests.journeys.catalog_tour import catalog_tour
from tests.journeys.conftest import PATIENCE, QUIET
from tests.journeys.customer_tour import customer_tour
from tests.journeys.house import ROOT, House, house
from tests.journeys.identity_tour import PRACTICE, identity_tour
from tests.journeys.late_tour import late_tour
from tests.journeys.line_tour import line_tour
from tests.journeys.moving_tour import moving_tour
from tests.journeys.returned_tour import returned_tour
from tests.journeys.shelf_tour import shelf_tour
from tests.journeys.staff_tour import staff_tour
from tests.journeys.stuck_tour import stuck_tour

PICTURES = ROOT / "docs" / "screens"
PAGE = ROOT / "docs" / "screens.md"
HEAD = """# Screens

Every page as it looks with the sample world, on a desktop (1280 × 900) and on a phone (390 × 844); some also in the
dark theme. Taken by `.venv/bin/python -m tests.journeys.screens`, which also writes this page.
"""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="jari-screens-") as directory, house(Path(directory), PRACTICE) as built:
        print("The house is ready.", flush=True)
        expect.set_options(timeout=PATIENCE)
        with sync_playwright() as playwright:
            path = local.browser.find()
            browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
            camera = Camera(browser, options.to, frozenset(options.names), options.whole)
            _walk(built, browser, camera)
            browser.close()
    if options.to == PICTURES:
        PAGE.write_text(_page(camera))
    size = sum(file.stat().st_size for file in options.to.glob("*.png"))
    print(f"{len(camera.album)} pages; all pictures together {size / 1e6:.1f} MB in {options.to}")


def _walk(built: House, browser: Browser, camera: Camera) -> None:
    customer, staff = _visitor(browser, built), _visitor(browser, built)
    customer_tour(built, camera, customer)
    moving_tour(built, camera, customer)
    identity_tour(built, camera, browser)
    staff_tour(built, camera, staff, customer)
    catalog_tour(built, camera, staff, customer)
    line_tour(built, camera, staff, customer)
    stuck_tour(built, camera, staff, customer)
    late_tour(built, camera, staff, customer)
    returned_tour(built, camera, staff, customer)
    shelf_tour(camera, staff, customer)


def _visitor(browser: Browser, built: House) -> Page:
    context = browser.new_context(
        base_url=built.url, viewport=SIZES["desktop"], locale="en-US", timezone_id="Asia/Seoul", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def _page(camera: Camera) -> str:
    """docs/screens.md: for each page what it shows, and its pictures."""
    parts = [HEAD]
    for name, shows, files in camera.album:
        pictures = "\n".join(
            f'<img src="screens/{file}" width="{"200" if "phone" in file else "600"}" alt="{name}, {_how(file)}">'
            for file in files
        )
        parts.append(f"## {name}\n\n{shows}\n\n{pictures}\n")
    return "\n".join(parts)


def _how(file: str) -> str:
    return ("phone" if "phone" in file else "desktop") + (", dark" if "dark" in file else "")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.screens", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these pictures (default: all)")
    parser.add_argument("--to", type=Path, default=PICTURES, help="the folder of the pictures (default: docs/screens)")
    parser.add_argument("--whole", action="store_true", help="pages in their full length")
    return parser.parse_args()


if __name__ == "__main__":
    main()
