"""What is typed to get in. Passwords are never shown again; everything else is kept when something was wrong."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, PasswordField, StringField, TelField
from wtforms.validators import InputRequired, Length

from portal.web.forms import Form, stripped

# Longer than any rule allows, short enough to hash: what is too long is told by the domain's rule, not cut.
MOST = 1000


def _new_password(label: Any, missing: Any) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(missing), Length(max=MOST, message=_("The password is too long."))],
        render_kw={"autocomplete": "new-password"},
    )


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
    password = _new_password(_("Password"), _("Choose a password."))


class AddressForm(Form):
    email = EmailField(
        _("E-mail"),
        [InputRequired(_("Type your e-mail address.")), Length(max=MOST)],
        filters=[stripped],
        render_kw={"autocomplete": "username"},
    )


class NewPasswordForm(Form):
    password = _new_password(_("New password"), _("Choose a password."))


class ChangePasswordForm(Form):
    current = PasswordField(
        _("Current password"),
        [InputRequired(_("Type the password you have.")), Length(max=MOST, message=_("The password is too long."))],
        render_kw={"autocomplete": "current-password"},
    )
    password = _new_password(_("New password"), _("Choose a password."))
    others = BooleanField(_("Sign out everywhere else"), default=True)


class PasswordForm(Form):
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Type your password.")), Length(max=MOST, message=_("The password is too long."))],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(Form):
    code = StringField(
        _("Code"),
        [InputRequired(_("Type the six digits your app shows.")), Length(max=20, message=_("A code has six digits."))],
        filters=[stripped],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class SentCodeForm(Form):
    code = StringField(
        _("Code"),
        [InputRequired(_("Type the six digits we sent.")), Length(max=20, message=_("A code has six digits."))],
        filters=[stripped],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ShownForm(Form):
    """A second factor at signing in: of whatever kind, so the words are not about one."""

    code = StringField(
        _("Code"),
        [InputRequired(_("Type the code.")), Length(max=40, message=_("This is longer than any code."))],
        filters=[stripped],
        render_kw={"autocomplete": "one-time-code"},
    )
    remember = BooleanField(_("Do not ask for a code on this device for 30 days"), default=False)


class PhoneForm(Form):
    phone = TelField(
        _("Mobile phone number"),
        [InputRequired(_("Type the number.")), Length(max=40, message=_("This is longer than any number."))],
        filters=[stripped],
        render_kw={"autocomplete": "tel"},
    )
