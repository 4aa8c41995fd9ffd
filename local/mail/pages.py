"""The two pages: the list of mails, and one mail."""

import re
from datetime import datetime
from html import escape

from local.mail.letter import Letter, read
from local.mail.store import Caught

STYLE = """
:root { color-scheme: light dark; --ink: #1b2330; --soft: #566072; --line: #d9dee7; --paper: #fff; --ground: #f2f4f8;
  --accent: #3552c8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --soft: #a3adbf; --line: #343c4b; --paper: #1b212c;
  --ground: #11151c; --accent: #9db2ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; }
header { display: flex; gap: 1rem; align-items: center; justify-content: space-between; margin-bottom: 1rem; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); } .soft { color: var(--soft); }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
.card > * { padding: 1rem 1.25rem; border-bottom: 1px solid var(--line); } .card > :last-child { border-bottom: 0; }
ul { list-style: none; margin: 0; padding: 0; }
.card > ul { padding: 0; } li { border-bottom: 1px solid var(--line); } li:last-child { border-bottom: 0; }
li > a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .75rem 1.25rem; color: inherit;
  text-decoration: none; }
li:hover { background: color-mix(in srgb, var(--accent) 8%, transparent); }
li b { overflow-wrap: anywhere; } li span { font-size: .9rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; } nav [aria-current] { color: inherit; font-weight: 650;
  text-decoration: none; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: .92rem/1.5 ui-monospace, monospace; }
@media (max-width: 32rem) { li > a, dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
/* A mail brings its own colours, made for white paper. */
iframe { display: block; width: 100%; height: 70vh; padding: 0; border: 0; background: #fff; color-scheme: light; }
button { min-height: 2.5rem; padding: .4rem 1rem; border-radius: 10px; border: 1px solid var(--line); font: inherit;
  background: var(--paper); color: var(--ink); cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
"""
# Looks whether a mail has come, and only then loads the page again.
SCRIPT = """
setInterval(async () => {
  const answer = await fetch("/last").catch(() => null);
  if (answer?.ok && await answer.text() !== document.body.dataset.last) location.reload();
}, 2000);
"""
VIEWS = {"html": "As designed", "text": "Plain text", "source": "Source"}
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def inbox(mails: list[Caught], last: int) -> str:
    """Newest first."""
    rows = "".join(_row(caught) for caught in reversed(mails))
    clear = '<form method="post" action="/clear"><button>Delete all</button></form>' if mails else ""
    empty = '<p class="soft">No mail yet. This page shows new ones by itself.</p>'
    listed = f"<ul>{rows}</ul>" if mails else empty
    body = f'<header><h1>Caught mails</h1>{clear}</header><div class="card">{listed}</div>'
    return _page("Caught mails", body, f' data-last="{last}"', '<script src="/inbox.js" defer></script>')


def letter(caught: Caught, view: str) -> str:
    """One mail; `view` is html, text or source."""
    mail = read(caught)
    views = [name for name, there in (("html", mail.html), ("text", mail.text), ("source", True)) if there]
    shown = view if view in views else views[0]
    tabs = "".join(
        f'<a href="?view={name}"{" aria-current=page" if name == shown else ""}>{VIEWS[name]}</a>' for name in views
    )
    files = "".join(
        f'<a href="/messages/{caught.id}/attachments/{number}" download>{escape(attachment.name)}</a> '
        f'<span class="soft">{escape(attachment.type)}, {len(attachment.content):,} bytes</span><br>'
        for number, attachment in enumerate(mail.attachments, 1)
    )
    body = f"""<p><a href="/">All mails</a></p>
<div class="card"><div><h1>{escape(mail.subject) or "(no subject)"}</h1></div>
<dl><dt>From</dt><dd>{escape(mail.sender)}</dd><dt>To</dt><dd>{escape(mail.to)}</dd>
<dt>Delivered to</dt><dd>{escape(", ".join(caught.recipients))}</dd><dt>Received</dt><dd>{_time(caught)}</dd></dl>
{f"<div>{files}</div>" if files else ""}<nav aria-label="Views">{tabs}</nav>{_shown(caught, mail, shown)}</div>"""
    return _page(mail.subject or "(no subject)", body)


def _row(caught: Caught) -> str:
    mail = read(caught)
    return (
        f'<li><a href="/messages/{caught.id}"><b>{escape(mail.subject) or "(no subject)"}</b>'
        f'<span class="soft">{_time(caught)}</span><span class="soft">{escape(mail.to)}</span></a></li>'
    )


def _shown(caught: Caught, mail: Letter, view: str) -> str:
    if view == "html":
        # No scripts, no forms, no way to the page around it; links open beside it.
        sandbox = "allow-popups allow-popups-to-escape-sandbox"
        return f'<iframe title="The mail" sandbox="{sandbox}" src="/messages/{caught.id}/html"></iframe>'
    if view == "text":
        return f"<pre>{LINK.sub(_link, escape(mail.text, quote=False))}</pre>"
    return f"<pre>{escape(caught.content.decode(errors='replace'))}</pre>"


def _link(found: re.Match[str]) -> str:
    address = found[0].replace('"', "&quot;")
    return f'<a href="{address}" target="_blank" rel="noreferrer">{address}</a>'


def _time(caught: Caught) -> str:
    moment = datetime.fromisoformat(caught.received_at).astimezone()
    return f'<time datetime="{caught.received_at}">{moment:%d %b %H:%M:%S}</time>'


def _page(title: str, body: str, attributes: str = "", head: str = "") -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">{head}</head>
<body{attributes}><main>{body}</main></body></html>"""
