"""What this face says when it does not do what was asked: a code and a sentence."""

from local.provider.answer import Answer


class TossError(Exception):
    """An answer that is not 200. `kept` says whether it is replayed under the Idempotency-Key."""

    def __init__(self, status: int, code: str, message: str, *, kept: bool = False) -> None:
        super().__init__(message)
        self.kept = kept
        self.answer = Answer(status, {"code": code, "message": message})


def invalid(message: str) -> TossError:
    return TossError(400, "INVALID_REQUEST", message)


def unauthorized() -> TossError:
    return TossError(
        401, "UNAUTHORIZED_KEY", "The secret key is not valid. This practice provider takes test_sk_… only."
    )


def not_found() -> TossError:
    return TossError(404, "NOT_FOUND_PAYMENT", "There is no such payment.")


def session_over() -> TossError:
    return TossError(404, "NOT_FOUND_PAYMENT_SESSION", "The time to confirm is over, or the payment failed.", kept=True)


def refused(status: int, code: str, message: str) -> TossError:
    """Understood, and not done."""
    return TossError(status, code, message, kept=True)


def in_flight() -> TossError:
    return TossError(409, "IDEMPOTENT_REQUEST_PROCESSING", "A request with this Idempotency-Key is being processed.")


def broken() -> TossError:
    return TossError(500, "FAILED_INTERNAL_SYSTEM_PROCESSING", "The internal system failed. Try again in a while.")
