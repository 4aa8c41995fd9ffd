"""Answers one question with pysaml2: JSON in, JSON out. Without a question it tells its metadata. Runs in its own
environment and imports nothing of ours."""

import json
import sys

from saml2 import BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAME_FORMAT_URI, NAMEID_FORMAT_PERSISTENT
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

told = json.load(sys.stdin)
config = {
    "entityid": "https://idp.example/pysaml2",
    "xmlsec_binary": told["xmlsec1"],
    "key_file": told["key"],
    "cert_file": told["certificate"],
    "service": {
        "idp": {
            "endpoints": {"single_sign_on_service": [("https://idp.example/sso", BINDING_HTTP_REDIRECT)]},
            "policy": {"default": {"lifetime": {"minutes": 15}, "name_form": NAME_FORMAT_URI}},
            "name_id_format": [NAMEID_FORMAT_PERSISTENT],
        }
    },
}
if "question" not in told:
    json.dump({"metadata": str(entity_descriptor(IdPConfig().load(config)))}, sys.stdout)
    sys.exit()
server = Server(config=IdPConfig().load({**config, "metadata": {"inline": [told["metadata"]]}}))
asked = server.parse_authn_request(told["question"], BINDING_HTTP_REDIRECT)
answer = server.create_authn_response(
    identity={"mail": ["kim@example.com"], "displayName": ["Kim Minji"]},
    userid="kim",
    authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"},
    sign_assertion=True,
    sign_response=told["sign_response"],
    sign_alg=SIG_RSA_SHA256,
    digest_alg=DIGEST_SHA256,
    **server.response_args(asked.message),
)
json.dump({"answer": str(answer)}, sys.stdout)
