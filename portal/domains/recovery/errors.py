"""Facts about cures."""

from portal.kernel.errors import N_, Fact


class NothingToCure(Fact):
    """The process went on by itself, or somebody drives it at this very moment."""

    code = "nothing-to-cure"
    message = N_("This is not possible now: the process has moved on meanwhile. Look at it again.")
