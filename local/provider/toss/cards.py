"""The practice cards of the window, and what becomes of a payment when the shop confirms it."""

from dataclasses import dataclass

from local.provider.toss.errors import TossError, refused


@dataclass(frozen=True)
class Card:
    """`says` is what the card company answers to the confirmation; None: it pays. `ends`: the payment is then over."""

    title: str
    says: tuple[int, str, str] | None = None
    ends: bool = True

    @property
    def error(self) -> TossError | None:
        if self.says is None:
            return None
        return refused(*self.says) if self.ends else TossError(*self.says)


CARDS = {
    "pays": Card("A card that pays"),
    "no_funds": Card("A card without funds", (403, "REJECT_CARD_PAYMENT", "The limit is exceeded or funds are short.")),
    "stopped": Card("A card that was stopped", (400, "INVALID_STOPPED_CARD", "This card was stopped.")),
    "trouble": Card("A card company in trouble", (400, "PROVIDER_ERROR", "A temporary error. Try again."), ends=False),
}
