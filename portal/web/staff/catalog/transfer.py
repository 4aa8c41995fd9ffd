"""The whole catalog as a file: out, and in again, all of it or nothing."""

from pathlib import Path
from typing import Any

from flask import Response, flash, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import seeds
from portal.kernel import clock
from portal.kernel.errors import Stale
from portal.seeds.exporting import export_csv, export_json
from portal.seeds.faults import BadSheet, Problem, alike
from portal.seeds.importing import import_catalog
from portal.seeds.rows import LARGEST
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import say
from portal.web.guards import staff
from portal.web.staff.catalog.forms import ImportForm
from portal.web.staff.face import blueprint, settings
from portal.web.uploads import takes

MOST_TOLD = 500
RUNS_TOLD = 8
SAMPLE = Path(seeds.__file__).with_name("sample.csv")
FORMS: dict[str, tuple[Any, str]] = {
    "csv": (export_csv, "text/csv; charset=utf-8"),
    "json": (export_json, "application/json"),
}


@blueprint.get("/catalog")
@staff("catalog")
def transfer() -> ResponseReturnValue:
    return _page(ImportForm(formdata=None))


@blueprint.get("/catalog/sample.csv")
@staff("catalog")
def sample() -> ResponseReturnValue:
    """A small file with every column, to begin with."""
    return send_file(SAMPLE, mimetype="text/csv; charset=utf-8", as_attachment=True, max_age=0)


@blueprint.get("/catalog.<form>")
@staff("catalog")
def export(form: str) -> ResponseReturnValue:
    """Everything there is by now, on sale or not."""
    if form not in FORMS:
        return htmx.see_other(url_for(".transfer"))
    (write, kind), now = FORMS[form], clock.now()
    response = Response(write(db.session(), now=now), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="catalog-{now:%Y-%m-%d}.{form}"'
    return response


def refuse() -> ResponseReturnValue:
    """A file that nobody read."""
    form = ImportForm(formdata=None)
    form.file.errors = [_("The file is larger than %(most)s MB. Split it.", most=LARGEST // 1_000_000)]
    return _page(form, status=413)


@blueprint.post("/catalog")
@staff("catalog")
@takes(LARGEST, refuse)
def bring_in() -> ResponseReturnValue:
    """Every line, or none."""
    form, knobs = ImportForm(), settings()
    if not form.validate():
        return _page(form, status=422)
    try:
        with transaction() as tx:
            done = import_catalog(
                tx,
                form.file.data.read(),
                now=clock.now(),
                currency=knobs.default_currency,
                time_zone=knobs.default_time_zone,
                by=current_user.id,
            )
    except Stale:
        form.file.errors = [_("Somebody changed the same things meanwhile. Nothing was brought in; send it again.")]
        return _page(form, status=409)
    except BadSheet as fault:
        form.file.errors = [_("Nothing was brought in: the file has faults, told below.")]
        return _page(form, fault.problems, status=422)
    said = _("Products: %(new)s new, %(known)s known. Categories: %(categories)s new.")
    flash(said % {"new": done.created, "known": done.updated, "categories": done.categories}, "success")
    return htmx.see_other(url_for(".transfer"))


def _page(form: ImportForm, problems: list[Problem] | None = None, status: int = 200) -> ResponseReturnValue:
    found = alike(problems or [])
    told = [(_lines(some), some[0].column, say(some[0].message, some[0].params)) for some in found[:MOST_TOLD]]
    return htmx.render("staff/catalog/transfer.html", status=status, form=form, problems=told, count=len(found))


def _lines(problems: list[Problem]) -> str:
    """Their numbers, those that follow one another as a run: 2–5, 9."""
    runs: list[list[int]] = []
    for number in sorted({one.line for one in problems}):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs[:RUNS_TOLD])
    more = sum(map(len, runs[RUNS_TOLD:]))
    return _("%(lines)s and %(count)s more", lines=told, count=more) if more else told
