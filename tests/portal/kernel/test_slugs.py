"""Names in addresses."""

import pytest

from portal.kernel.slugs import FORM, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Studio A", "studio-a"),
        ("  Café d'Or — Saal 2 ", "cafe-dor-saal-2"),
        ("도자기 수업", "dojagi-sueob"),
        ("부산 Kayak", "busan-kayak"),
        ("!!!", ""),
        ("日本", ""),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_slug_is_made_of_any_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug
    assert not slug or FORM.fullmatch(slug)
