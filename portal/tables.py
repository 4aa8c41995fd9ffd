"""Every table of the portal, imported in one place for migrations and tests; nothing else needs them together."""

# ruff: noqa: F401  # importing registers them
import portal.domains.audit.models
import portal.domains.catalog.addon_models
import portal.domains.catalog.attribute_models
import portal.domains.catalog.models
import portal.domains.catalog.picture_models
import portal.domains.catalog.rate_models
import portal.domains.identity.factor_models
import portal.domains.identity.federation.models
import portal.domains.identity.models
import portal.domains.moving.models
import portal.domains.notifications.models
import portal.domains.orders.models
import portal.domains.payments.models
import portal.domains.points.models
import portal.domains.reconciliation.models
import portal.domains.refunds.models
import portal.domains.reservations.models
import portal.domains.resources.closure_models
import portal.domains.resources.models
import portal.domains.rushes.models
import portal.domains.waiting.models
