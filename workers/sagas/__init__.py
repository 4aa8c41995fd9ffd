"""The business processes, one table a file, and the book that holds them all."""

from workers.engine import Book
from workers.sagas.late_payment import late_payment
from workers.sagas.late_refund import late_refund
from workers.sagas.move import move
from workers.sagas.payment import payment
from workers.sagas.refund import refund
from workers.sagas.remainder import remainder
from workers.sagas.repayment import repayment

book = Book([payment, refund, remainder, repayment, late_payment, late_refund, move])

__all__ = ["book", "late_payment", "late_refund", "move", "payment", "refund", "remainder", "repayment"]
