"""Holding a time with one press; a little longer, please; or letting it go."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, reservations, rushes
from portal.domains.reservations import Behind
from portal.kernel import clock, questions
from portal.kernel.errors import N_, Fact, Invalid
from portal.web import errors, guards, queueing
from portal.web.customer import checkout, face, picker, product, queue
from portal.web.customer.face import blueprint, settings
from portal.web.database import db, transaction
from portal.web.guards import customer, public
from portal.web.htmx import see_other
from portal.web.lines import behind_the_line

NO_TIME = N_("Choose one of the times shown.")
NO_NUMBER = N_("Write a whole number, from 1.")
NO_LENGTH = N_("Choose how long.")


@blueprint.post("/products/<slug>/holds")
@public  # somebody who is not signed in is led back here afterwards, with what they chose
def hold(slug: str) -> Response:
    now, given, tx = clock.now(), request.values, db.session()
    questions.ahead(tx, *guards.who_question(), catalog.product_question(tx, slug))
    found, start = product.find(tx, slug), face.moment(given.get("start"))
    product_id = found.id
    if not current_user.is_authenticated:
        venue = picker.venue_of(tx, found)
        again = picker.choice_of(venue, given, now).address(found, start=start and start.isoformat()) if venue else None
        return see_other(url_for("auth.sign_in", next=again or url_for("customer.product", slug=slug)))
    questions.ahead(tx, rushes.rush_question(product_id), *reservations.terms_questions(product_id, now, about=start))
    in_line = queueing.look(product_id, current_user.id, queueing.carried(product_id))
    if in_line and not in_line.inside:
        return queue.sent_to(found, in_line)
    try:
        begin, end, quantity = wish()
        behind_the_line(lambda behind: _hold(product_id, begin, end, quantity, now, behind))
    except Fact as fact:
        faults = errors.faults_of(fact) or {"start": errors.words_of(fact)}
        shown = product.find(db.session(), slug)
        return product.page(db.session(), shown, given, now, status=errors.status_of(fact), faults=faults)
    if in_line:
        queueing.leave(product_id, current_user.id)
    return see_other(url_for("customer.checkout", **checkout.kept(request.form)))


def _hold(
    product_id: UUID, start: datetime, end: datetime | None, quantity: int, now: datetime, behind: Behind
) -> None:
    with transaction() as tx:
        reservations.hold(
            tx,
            account_id=current_user.id,
            product_id=product_id,
            starts_at=start,
            ends_at=end,
            quantity=quantity,
            served_by=picker.wishes_of(request.values),
            now=now,
            minutes=settings().hold_minutes,
            behind=behind,
        )
        reservations.limit_holds(tx, current_user.id, most=settings().holds_at_once)


@blueprint.post("/holds/<uuid:hold_id>/extension")
@customer
def extend(hold_id: UUID) -> Response:
    knobs, problem = settings(), ""
    try:
        with transaction() as tx:
            reservations.extend(
                tx,
                account_id=current_user.id,
                hold_id=hold_id,
                now=clock.now(),
                minutes=knobs.hold_minutes,
                max_extensions=knobs.hold_extensions,
            )
    except (reservations.HoldEnded, reservations.HoldOrdered, reservations.NoMoreExtensions) as fact:
        problem = errors.words_of(fact)
    return _back(problem)


@blueprint.post("/holds/<uuid:hold_id>/release")
@customer
def release(hold_id: UUID) -> Response:
    problem = ""
    try:
        with transaction() as tx:
            reservations.release(tx, account_id=current_user.id, hold_id=hold_id)
    except reservations.HoldOrdered as fact:
        problem = errors.words_of(fact)
    return _back(problem, without=hold_id)


def _back(problem: str, *, without: UUID | None = None) -> Response:
    """To the checkout with everything typed there; a refused act says so and changes nothing."""
    if problem:
        return checkout.again(409, faults={"": problem}, blocks=["holds", "points", "breakdown"])
    flash(_("We let it go. Others can book it now.") if without else _("You have more time now."), "success")
    return checkout.changed(["holds", "points", "breakdown"], without=without)


def wish() -> tuple[datetime, datetime | None, int]:
    """Start, end and number as they were sent. Raises Invalid for what cannot be read."""
    given = request.values
    start, quantity = face.moment(given.get("start")), face.whole(given.get("quantity", "1"))
    minutes = face.whole(given.get("length")) if given.get("length") else None
    faults = {} if start else {"start": NO_TIME}
    faults |= {} if quantity is not None else {"quantity": NO_NUMBER}
    faults |= {} if minutes is not None or not given.get("length") else {"length": NO_LENGTH}
    if start is None or quantity is None or faults:
        raise Invalid(faults)
    return start, start + timedelta(minutes=minutes) if minutes is not None else None, quantity
