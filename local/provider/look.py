"""The frame and the style that the provider's pages share: small, readable on a phone, light and dark."""

from html import escape

from local.provider.exchange import Reply

STYLE = """
:root { color-scheme: light dark; --ink: #1b2330; --soft: #566072; --line: #d9dee7; --paper: #fff; --ground: #f2f4f8;
  --accent: #3552c8; --on-accent: #fff; --note: #fff5d6; --note-ink: #5c4300; --good: #14663a; --bad: #a3231f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --soft: #a3adbf; --line: #343c4b; --paper: #1b212c;
  --ground: #11151c; --accent: #9db2ff; --on-accent: #10162b; --note: #3a2f10; --note-ink: #ffe3a0; --good: #7fd6a4;
  --bad: #ff9d97; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.note { background: var(--note); color: var(--note-ink); text-align: center; padding: .6rem 1rem; font-size: .9rem; }
main { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 84rem; }
main.narrow { max-width: 27rem; padding-top: 8vh; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
a { color: var(--accent); }
p { margin: .4rem 0; } .card + p { margin: 1rem .25rem; } .soft { color: var(--soft); }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 1.5rem; }
.amount { font-size: 2.2rem; font-weight: 650; letter-spacing: -.02em; margin: .6rem 0; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: 1rem 0 0; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
form { display: grid; gap: .7rem; margin-top: 1.5rem; }
button, .button { display: block; width: 100%; min-height: 3rem; padding: .7rem 1rem; border-radius: 10px;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); }
button.plain { background: transparent; color: var(--ink); border-color: var(--line); }
button:hover, .button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.scroll { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .55rem .9rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
tr:last-child td { border-bottom: 0; } th { color: var(--soft); font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.wide { white-space: normal; min-width: 12rem; max-width: 24rem; overflow-wrap: anywhere; }
.succeeded, .delivered { color: var(--good); } .failed, .canceled, .lost, .given_up { color: var(--bad); }
code { font: .85em ui-monospace, monospace; }
"""


def page(title: str, content: str, *, narrow: bool = False, status: int = 200) -> Reply:
    """`content` is HTML: whatever came from outside must have been escaped."""
    html = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>
<body><div class="note" role="note">Local practice payments. No bank is asked and no real money moves.</div>
<main{' class="narrow"' if narrow else ""}>{content}</main></body></html>"""
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return Reply(status, html.encode(), headers)
