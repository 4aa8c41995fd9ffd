"""Catalog: what is sold, and what it costs."""

from portal.domains.catalog.errors import OutOfStock

__all__ = ["OutOfStock"]
