"""The files of pictures. Their address is their content, so browsers keep them for good and never ask again."""

from flask import Response, request

from portal.domains import catalog
from portal.web.customer.face import blueprint
from portal.web.database import db
from portal.web.guards import public
from portal.web.static import FOR_GOOD


@blueprint.get("/pictures/<digest>.webp")
@public
def picture(digest: str) -> Response:
    if request.if_none_match.contains(digest):
        response = Response(status=304)
    else:
        response = Response(catalog.picture_data(db.session(), digest), mimetype="image/webp")
    response.set_etag(digest)
    response.headers["Cache-Control"] = FOR_GOOD
    return response
