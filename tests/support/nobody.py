"""An id that nobody has; the same in every process, because it stands in the names of tests."""

from uuid import UUID

NOBODY = UUID("00000000-0000-7000-8000-000000000000")
