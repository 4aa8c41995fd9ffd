"""Orders: what somebody asked for in one checkout, what it costs, and how far it is.

Owns:     orders, order_lines.
Promises: charge + points = total, for the order and for every line; an order is completed together with its places, and
          cancelled together with giving them back; once accepted, it ends in one of the two by itself.
"""

from portal.domains.orders.booking import (
    await_payment,
    cancel,
    complete,
    create,
    look_up,
    payment_answered,
)
from portal.domains.orders.cancelling import begin_cancellation, complete_cancellation, restore
from portal.domains.orders.checkout import accept
from portal.domains.orders.errors import HoldsGone, LinesGone, NothingToOrder
from portal.domains.orders.late import book_again, give_up_again, note_return
from portal.domains.orders.lines import Goods
from portal.domains.orders.mails import booking_events, mail_confirmation, mail_late_booking
from portal.domains.orders.models import Order, OrderLine
from portal.domains.orders.moving import let_be, mark_moving, moved, shares_back
from portal.domains.orders.queries import (
    find_by_number,
    get_by_number,
    get_order,
    lines_of_holds,
    lock_order,
    orders_of,
    recent_orders,
)
from portal.domains.orders.rules import POINT_VALUE, most_points, split
from portal.kernel.errors import KeyReused

__all__ = [
    "POINT_VALUE",
    "Goods",
    "HoldsGone",
    "KeyReused",
    "LinesGone",
    "NothingToOrder",
    "Order",
    "OrderLine",
    "accept",
    "await_payment",
    "begin_cancellation",
    "book_again",
    "booking_events",
    "cancel",
    "complete",
    "complete_cancellation",
    "create",
    "find_by_number",
    "get_by_number",
    "get_order",
    "give_up_again",
    "let_be",
    "lines_of_holds",
    "lock_order",
    "look_up",
    "mail_confirmation",
    "mail_late_booking",
    "mark_moving",
    "most_points",
    "moved",
    "note_return",
    "orders_of",
    "payment_answered",
    "recent_orders",
    "restore",
    "shares_back",
    "split",
]
