"""What the API says when it does not do what was asked, in Stripe's JSON shape, so that the SDK raises its errors."""

from typing import Any


class ApiError(Exception):
    """An answer that is not 2xx. `executed` says whether work had begun: only then is it kept under the key."""

    def __init__(self, status: int, kind: str, message: str, *, executed: bool = False, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.body = {"error": {"type": kind, "message": message, **{k: v for k, v in more.items() if v is not None}}}


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """The parameters are wrong: nothing was begun, and the same key may be used again."""
    return ApiError(400, "invalid_request_error", message, param=param, code=code)


def missing(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def no_such(what: str, name: str, param: str = "id", status: int = 404) -> ApiError:
    """404 when the address names it, 400 when a parameter does, as Stripe has it."""
    message = f"No such {what}: '{name}'"
    return ApiError(status, "invalid_request_error", message, param=param, code="resource_missing")


def refused(message: str, code: str | None = None, **more: Any) -> ApiError:
    """The parameters are right, but the state of the payment forbids it: an answer that is kept under the key."""
    return ApiError(400, "invalid_request_error", message, executed=True, code=code, **more)


def unauthorized(message: str) -> ApiError:
    return ApiError(401, "invalid_request_error", message)


def key_reused(key: str, path: str, first_path: str) -> ApiError:
    bound = (
        "with the same parameters" if path == first_path else f"for the same endpoint ('{first_path}', not '{path}')"
    )
    message = (
        f"Keys for idempotent requests can only be used {bound} they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request."
    )
    return ApiError(400, "idempotency_error", message)


def key_in_flight(key: str) -> ApiError:
    message = (
        f"There is currently another in-progress request using this Idempotent Key: {key}. Please try again later."
    )
    return ApiError(409, "idempotency_error", message, code="idempotency_key_in_use")


def broken() -> ApiError:
    return ApiError(500, "api_error", "An unexpected error occurred.")
