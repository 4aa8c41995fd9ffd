"""What staff put on the shelf: pictures, variants, what goes along, and the catalog as a file with mistakes in it."""

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.camera import Camera

WRONG = """kind,category,name,price,stock,resource,length
goods,Shop,Linen apron,24000,12,,
goods,Shop,Glaze samples,-500,30,,
booking,Workshops,Glazing evening,38000,,Kiln room,
booking,Workshops,Raku day,90000,,Kiln room,3
"""


def shelf_tour(camera: Camera, staff: Page, customer: Page) -> None:
    """After the others: it changes what is sold. `staff` is signed in."""
    customer.goto("/static/covers/kayak.svg")
    shot = FilePayload(name="kayak.png", mimeType="image/png", buffer=customer.screenshot())
    _find(staff, "Kayak")
    pictures = staff.locator("#pictures")
    pictures.locator("input[type=file]").set_input_files(shot)
    pictures.get_by_label("What it shows").last.fill("Two kayaks under the bridge of Gwangan in the evening")
    pictures.get_by_role("button", name="Add it").click()
    expect(staff.locator("#pictures .picture-list li")).to_have_count(1)
    camera.take(staff, "staff-pictures", "A product's pictures: what each shows, and its place.", at="#pictures")
    variants = staff.locator("#variants")
    for name in ("Adult", "Child"):
        variants.locator("input[type=text]").first.fill(name)
        variants.get_by_role("button", name="Add a variant").click()
        staff.wait_for_load_state()
        if not variants.is_visible():  # on the new variant's own page
            staff.get_by_role("link", name=re.compile("Kayak")).first.click()
            staff.wait_for_url("**/staff/products/*")
    camera.take(staff, "staff-variants", "Variants of a product: each with its own price and state.", at="#variants")
    _find(staff, "Daylight")
    along = staff.locator("#along")
    along.get_by_label("Goods").first.select_option(index=1)
    along.get_by_label("At most").first.fill("2")
    along.get_by_role("button", name="Save").click()
    staff.wait_for_load_state()
    camera.take(staff, "staff-along", "Goods that are offered with a booking.", at="#along")
    staff.goto("/staff/catalog")
    file = FilePayload(name="autumn.csv", mimeType="text/csv", buffer=WRONG.encode())
    staff.locator("input[type=file]").set_input_files(file)
    staff.get_by_role("button", name="Bring it in").click()
    expect(staff.get_by_role("table")).to_be_visible()
    camera.take(
        staff,
        "staff-import-wrong",
        "A catalog file with mistakes: all of them, by line; nothing is kept.",
        at="main form",
    )


def _find(staff: Page, name: str) -> None:
    staff.goto(f"/staff/products?q={name}")
    staff.get_by_role("link", name=re.compile(name)).first.click()
    staff.wait_for_url("**/staff/products/*")
