"""The small shapes that bodies and answers of the API are made of: money, moments, references to things."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.money import rounded

YEARS = range(2000, 2200)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})")


class Asked(BaseModel):
    """A body. Nothing is guessed: a number is a number, and a field nobody knows is a fault."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """The part of an address behind the question mark. `lang` is every page's."""

    model_config = ConfigDict(extra="forbid")

    lang: str | None = Field(None, description="Language of messages: `en` or `ko`.", max_length=10)


class Told(BaseModel):
    """An answer."""


def _moment(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value.upper()) if isinstance(value, str) and MOMENT.fullmatch(value) else None
    except ValueError:
        found = None
    # The years are bounded so that no offset carries a moment out of the calendar.
    if found is None or found.year not in YEARS:
        raise ValueError(N_("Write a moment with its offset, such as 2026-12-01T10:00:00+09:00."))
    return found


def _day(value: Any) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and DATE.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise ValueError(N_("Write a date, such as 2026-12-01."))
    return found


def _kept(value: str) -> str:
    faults = Faults()
    text = faults.text("text", value, most=10_000)
    if faults.found:
        raise ValueError(faults.found["text"][0])
    return text


Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Id = Annotated[UUID, Field(strict=False)]
Slug = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9-]+$")]
Prose = Annotated[str, AfterValidator(_kept)]


class Money(Told):
    """An amount with as many decimals as its currency has."""

    amount: str = Field(pattern=r"^\d+(\.\d+)?$", examples=["30000"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["KRW"])

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        return cls(amount=str(rounded(amount, currency)), currency=currency)


class Fault(Told):
    """What is wrong with one field."""

    field: str = Field(examples=["quantity"])
    message: str = Field(examples=["Choose a number from 1 to 4."])


class Problem(Told):
    """Why it did not happen (RFC 9457). `code` is stable; `detail` is for people, in their language."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["invalid"])
    detail: str = Field(examples=["Some fields need another look."])
    errors: list[Fault] | None = None
