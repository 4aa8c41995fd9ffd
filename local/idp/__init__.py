"""An OpenID Connect provider for practice: nanoidp, in an environment of its own under `var/`.

`python -m local.idp --data DIR --port N --portal URL` installs it if it is not there yet, and then becomes it. It is
installed beside everything else, so that nothing waits for it; where it cannot be installed, it says so and rests.
"""
