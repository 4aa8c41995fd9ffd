"""Pages of other sites read nothing of the API: none of its answers invites them."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.asvs("3.4.2")
@pytest.mark.parametrize("path", ["/api/v1/products", "/api/v1/orders", "/api/v1/openapi.json", "/"])
def test_no_foreign_origin_is_let_in(client: FlaskClient, path: str) -> None:
    for answer in (
        client.get(path, headers={"Origin": "https://evil.example"}),
        client.options(path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers
