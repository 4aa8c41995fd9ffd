"""Rushes: a queue in front of a product that very many want at the same moment.

Owns the table rushes, and Redis keys that may be lost at any time. Promises: who came first chooses first; a ticket is
its owner's alone; a pass lasts so long and no longer. It never decides who has a place: that is the claim's, which is
as right without a queue as with one.
"""

from portal.domains.rushes.line import Place, Queue
from portal.domains.rushes.models import Rush
from portal.domains.rushes.switching import Terms, open_rush, rush_of, rush_question, set_rush
from portal.domains.rushes.tickets import Ticket, Tickets

__all__ = ["Place", "Queue", "Rush", "Terms", "Ticket", "Tickets", "open_rush", "rush_of", "rush_question", "set_rush"]
