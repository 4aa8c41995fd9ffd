"""The business processes, one table a file, and the book that holds them all."""

from workers.engine import Book
from workers.sagas.payment import payment
from workers.sagas.refund import refund
from workers.sagas.repayment import repayment

book = Book([payment, refund, repayment])

__all__ = ["book", "payment", "refund", "repayment"]
