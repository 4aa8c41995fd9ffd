"""Facts about what is sold."""

from portal.kernel.errors import N_, Refusal


class OutOfStock(Refusal):
    """There are fewer left than were asked for."""

    code = "out-of-stock"
    message = N_("There are not enough left.")
    field = "goods"
