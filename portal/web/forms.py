"""Forms: WTForms with our manners. A domain's faults appear next to the fields they are about."""

from typing import Any

from flask_wtf import FlaskForm

from portal.kernel.errors import Fact
from portal.web.errors import faults_of, words_of


class Form(FlaskForm):
    """A form of ours. The token is checked before the view runs, so the form asks for it no second time."""

    class Meta:
        csrf = False

    def blame(self, fact: Fact) -> None:
        """Puts what a domain refused next to its fields; what belongs to no field becomes the form's own error."""
        faults = faults_of(fact) or {"": words_of(fact)}
        for name, text in faults.items():
            field: Any = self._fields.get(name)
            if field is None:
                self.form_errors.append(text)
            else:
                field.errors = [*field.errors, text]

    def text(self, name: str) -> str:
        """What was typed into the field; empty for nothing."""
        field: Any = self._fields[name]
        return str(field.data or "")

    def attrs(self, name: str) -> dict[str, str]:
        """The attributes of a field's control; the first one that is faulty or empty has the cursor."""
        waiting = [field.name for field in self if field.errors] or [field.name for field in self if not field.data]
        focus = {"autofocus": "autofocus"} if waiting[:1] == [name] else {}
        return {**(self._fields[name].render_kw or {}), **focus}

    @property
    def faults(self) -> dict[str, str]:
        """Field id -> its first error, for the summary above a long form."""
        return {field.id: str(field.errors[0]) for field in self if field.errors}


def stripped(value: object) -> object:
    """A filter for fields: without the blanks a phone's keyboard leaves at the end."""
    return value.strip() if isinstance(value, str) else value
