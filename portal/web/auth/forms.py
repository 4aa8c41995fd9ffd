"""What is typed to get in. Passwords are never shown again; everything else is kept when something was wrong."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.domains.identity import PASSWORD_RULE
from portal.web.forms import Form, stripped

# Longer than any rule allows, short enough to hash: what is too long is told by the domain's rule, not cut.
MOST = 1000


class SignInForm(Form):
    email = EmailField(
        _("E-mail"),
        [InputRequired(_("Type your e-mail address.")), Length(max=MOST)],
        filters=[stripped],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Type your password.")), Length(max=MOST, message=_("The password is too long."))],
        render_kw={"autocomplete": "current-password"},
    )


class SignUpForm(Form):
    name = StringField(
        _("Name"),
        [InputRequired(_("Tell us what to call you.")), Length(max=MOST, message=_("The name is too long."))],
        filters=[stripped],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _("E-mail"),
        [InputRequired(_("Type your e-mail address.")), Length(max=MOST, message=_("The address is too long."))],
        filters=[stripped],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Choose a password.")), Length(max=MOST, message=_("The password is too long."))],
        description=_(PASSWORD_RULE),
        render_kw={"autocomplete": "new-password"},
    )


class CodeForm(Form):
    code = StringField(
        _("Code"),
        [InputRequired(_("Type the six digits your app shows.")), Length(max=20, message=_("A code has six digits."))],
        filters=[stripped],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
