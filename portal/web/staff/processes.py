"""The processes of an order, and what each is called in people's words."""

from flask_babel import gettext as _

from portal.domains import moving, orders, refunds
from portal.kernel import sagas
from portal.kernel.db import Tx
from portal.kernel.sagas import Progress
from portal.web.staff.face import blueprint

OF_A_NUMBER = ("payment", "late_payment", "late_refund")
"""The kinds whose key is the order's number; each of its refunds has a key of its own."""


def keys_of(tx: Tx, order: orders.Order) -> list[tuple[str, str]]:
    """Kind and key of every process an order can have, in the order in which they may follow each other."""
    given_back = reversed(refunds.refunds_of(tx, order.id))
    found = list(given_back)
    found += refunds.parts_of(tx, [refund.id for refund in found])
    again = [one for refund in found for one in refunds.processes_of(refund)]
    moves = [("move", move.number) for move in reversed(moving.moves_of(tx, order.id))]
    return [(kind, order.number) for kind in OF_A_NUMBER] + moves + again


def processes_of(tx: Tx, order: orders.Order) -> list[Progress]:
    """Those that there are."""
    found = (sagas.engine().progress(tx, kind, key) for kind, key in keys_of(tx, order))
    return [process for process in found if process]


@blueprint.app_template_global("process_name")
def process_name(kind: str) -> str:
    """«Late payment»."""
    names = {
        "payment": _("Payment"),
        "refund": _("Refund"),
        "remainder": _("Refund, another part"),
        "move": _("Move to another time"),
        "repayment": _("Refund, sent again"),
        "returned": _("Refund that came back"),
        "late_payment": _("Late payment"),
        "late_refund": _("Return of a late payment"),
    }
    return names.get(kind, kind.replace("_", " ").capitalize())


@blueprint.app_template_global("process_title")
def process_title(kind: str, number: str) -> str:
    """«Late payment of J-7Q2M-K9TD»."""
    titles = {
        "payment": _("Payment of %(number)s", number=number),
        "refund": _("Refund of %(number)s", number=number),
        "remainder": _("Refund of %(number)s, another part", number=number),
        "move": _("Move of %(number)s", number=number),
        "repayment": _("Refund of %(number)s, sent again", number=number),
        "returned": _("Refund of %(number)s that came back", number=number),
        "late_payment": _("Late payment of %(number)s", number=number),
        "late_refund": _("Return of the late payment of %(number)s", number=number),
    }
    return titles.get(kind, number)
