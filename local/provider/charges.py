"""Charges, to be read only: intents make them."""

from local.provider import shapes
from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.errors import no_such
from local.provider.listing import page
from local.provider.moment import Moment
from local.provider.params import Params


def retrieve(tx: Tx, moment: Moment, params: Params, name: str) -> Answer:
    params.allow()
    row = tx.execute("SELECT * FROM charges WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise no_such("charge", name)
    return Answer(200, shapes.charge(row))


def list_all(tx: Tx, moment: Moment, params: Params) -> Answer:
    params.allow("payment_intent", "created", "limit", "starting_after", "ending_before")
    intent = params.text("payment_intent")
    return page(tx, params, "charges", "/v1/charges", {"intent = ?": [intent]} if intent else {}, shapes.charge)
