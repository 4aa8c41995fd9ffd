"""Which currencies are taken, and how an amount in minor units is written for people."""

# One unit is the smallest: an amount of 30000 in krw is ₩30,000, in usd $300.00.
DIGITS = dict.fromkeys(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "pyg", "rwf", "vnd", "xaf", "xof", "xpf"), 0)
DIGITS |= dict.fromkeys(("aud", "brl", "cad", "chf", "cny", "dkk", "eur", "gbp", "hkd", "inr", "mxn", "myr"), 2)
DIGITS |= dict.fromkeys(("nok", "nzd", "php", "pln", "sek", "sgd", "thb", "twd", "usd"), 2)
SIGNS = {"krw": "₩", "jpy": "¥", "usd": "$", "eur": "€", "gbp": "£"}


def is_taken(currency: str) -> bool:
    return currency in DIGITS


def written(amount: int, currency: str) -> str:
    """Return `₩30,000`, `$12.50` or `12.50 CHF`."""
    number = f"{amount:,}" if DIGITS[currency] == 0 else f"{amount // 100:,}.{amount % 100:02}"
    return f"{SIGNS[currency]}{number}" if currency in SIGNS else f"{number} {currency.upper()}"
