"""`--html FILE`: a class on one page, which needs no server and no script."""
import base64
import hashlib
import html
import re

from checker.assignment import MODULES, table
from checker.report import (
    entries,
    entry,
    entry_title,
    first_unmet,
    report,
)

STYLE = """
:root {
  color-scheme: light dark; --page: #f6f5f2; --card: #fff; --ink: #1f1c26;
  --soft: #5c5868; --line: #dad7e0; --accent: #3b528b; --bar: #21918c;
  --good: #1c6b28; --bad: #a03000;
}
@media screen and (prefers-color-scheme: dark) { :root {
  --page: #141218; --card: #1d1a23; --ink: #ebe9f0; --soft: #aba7b8;
  --line: #3a3644; --accent: #9fb4f2; --bar: #35b7a8; --good: #6fd37a;
  --bad: #ff9d57;
} }
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 64rem; background: var(--page);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.125rem; margin: 0 0 .5rem; }
main > * {
  background: var(--card); border: 1px solid var(--line); overflow-x: auto;
  border-radius: .75rem; padding: 1rem; margin: 1rem 0;
}
a, button { color: var(--accent); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td {
  text-align: left; padding: .25rem .5rem; vertical-align: top;
  border-top: 1px solid var(--line);
}
thead th { border: 0; vertical-align: bottom; white-space: nowrap; }
th button {
  font: inherit; background: none; border: 0; padding: .25rem 0;
  cursor: pointer;
}
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
.name { min-width: 6rem; font-weight: normal; }
.name, h2, pre { overflow-wrap: anywhere; }
.right { color: var(--good); }
.wrong { color: var(--bad); }
.note { color: var(--soft); }
/* A border is there in print and in high contrast, too. */
.bar { display: block; border-top: .75rem solid var(--bar); }
.miss { width: 35%; }
pre { white-space: pre-wrap; max-width: 80ch; font-size: .8125rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
/* A report is there when its link was clicked. */
.report:not(:target) { display: none; }
@media (max-width: 44rem) {
  th, td { padding: .25rem .125rem; }
  table { font-size: .8125rem; }
  .name { min-width: 4.5rem; }
  .wide { display: none; }
}
@media print {
  main > * { border: 0; padding: 0; overflow: visible; }
  .report:not(:target) { display: block; }
  .report { break-before: page; }
  .close { display: none; }
  tr { break-inside: avoid; }
}
"""
SCRIPT = """
for (const table of document.querySelectorAll('table.sorts')) {
  table.tHead.querySelectorAll('th').forEach((head, column) => {
    const button = document.createElement('button');
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of head.parentNode.cells) {
        other.removeAttribute('aria-sort');
      }
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const key = row => row.cells[column].dataset.sort
        ?? row.cells[column].textContent;
      const order = (a, b) => key(a).localeCompare(
        key(b), undefined, {numeric: true, sensitivity: 'base'});
      table.tBodies[0].append(...[...table.rows].slice(1).sort(
        (a, b) => down ? order(b, a) : order(a, b)));
    };
  });
}
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';
 style-src 'unsafe-inline'; script-src 'sha256-{hash}'">
<title>Autoencoders: a class</title>
<style>{style}</style>
</head>
<body>
<header id="top">
<h1>Autoencoders: a class</h1>
<p class="note">{right} of {count} folders are right. A name opens a report;
printed, all reports follow. Random seed: {seed}.</p>
</header>
<main>
{parts}
</main>
<script>{script}</script>
</body>
</html>
"""


def e(text):
    """Escape a text: what comes from students is data."""
    return html.escape(str(text))


def prose(text):
    """Return a text in HTML, its words in backticks as code."""
    return re.sub('`([^`]+)`', r'<code>\1</code>', e(text))


def page(folders, tasks, seed):
    """Return the page of a class, a string of HTML.

    Args:
        folders: List of `folder.Folder`.
        tasks: List of integers, those that were checked.
        seed: Integer, that of the draws.
    """
    anchors = entries([r for folder in folders for r in folder.results])
    parts = [overview(folders, tasks), misses(folders, tasks),
             *(person(number, folder, anchors)
               for number, folder in enumerate(folders)),
             *map(entry_section, anchors)]
    return PAGE.format(
        style=STYLE, script=SCRIPT, seed=seed, parts='\n'.join(parts),
        hash=base64.b64encode(hashlib.sha256(
            SCRIPT.encode()).digest()).decode(),
        right=sum(folder.right for folder in folders), count=len(folders))


def overview(folders, tasks):
    """Return the table of folders and tasks."""
    head = '<th scope="col">folder</th>' + ''.join(
        f'<th scope="col">{task}<span class="wide">{MODULES[task][1:]}</span>'
        '</th>' for task in tasks) + '<th scope="col" class="wide">met</th>'
    rows = []
    for number, folder in enumerate(folders):
        cells = [f'<th scope="row" class="name"><a href="#folder-{number}">'
                 f'{e(folder.name)}</a></th>']
        met = 0
        for task in tasks:
            count, total, word = folder.cell(task)
            met += count
            text = f'{count}/{total}' if word == 'wrong' else word
            cells.append(f'<td data-sort="{count}" class="'
                         f'{"right" if word == "right" else "wrong"}">'
                         f'{e(text)}</td>')
        rows.append(f'<tr>{"".join(cells)}<td class="wide">{met}</td></tr>')
    return ('<section><h2>Folders</h2><table class="sorts"><thead><tr>'
            f'{head}</tr></thead>\n<tbody>{chr(10).join(rows)}</tbody>'
            '</table></section>')


def misses(folders, tasks):
    """Return the table of requirements, by how many miss each."""
    rows = []
    for task in tasks:
        missed = {row.name: [] for row in table(task)}
        for number, folder in enumerate(folders):
            result = folder.result(task)
            for verdict in first_unmet(result) if result else ():
                missed[verdict['name']].append(number)
        rows += [(task, row, missed[row.name]) for row in table(task)]
    rows.sort(key=lambda row: -len(row[2]))
    most = max(len(folders), 1)
    lines = []
    for task, row, who in rows:
        if not who:
            continue
        names = ', '.join(f'<a href="#folder-{number}">'
                          f'{e(folders[number].name)}</a>' for number in who)
        lines.append(
            f'<tr><td>{task}</td><td>{e(row.name)}</td>'
            f'<td class="wide">{prose(row.sentence)}</td>'
            f'<td class="miss" data-sort="{len(who)}">'
            f'<span class="bar" style="width: {100 * len(who) / most:.0f}%">'
            f'</span><details><summary>{len(who)}</summary>{names}</details>'
            '</td></tr>')
    unmet = len(rows) - len(lines)
    return ('<section><h2>Requirements, by how many miss each</h2>'
            '<table class="sorts"><thead><tr><th scope="col">task</th>'
            '<th scope="col">requirement</th>'
            '<th scope="col" class="wide">the assignment</th>'
            '<th scope="col">miss it</th></tr></thead>\n'
            f'<tbody>{chr(10).join(lines)}</tbody></table>'
            f'<p class="note">The other {unmet} are missed by nobody who was '
            'judged on them. A requirement that cannot be judged because of '
            'another does not count.</p></section>')


def person(number, folder, anchors):
    """Return the report of one folder."""
    text = e(''.join(f'{note}\n' for note in folder.notes)
             + report(folder.results, columns=10 ** 6, below=True))
    for anchor in anchors:
        title = e(f'"{entry_title(anchor)}"')
        text = text.replace(f'{title} below',
                            f'<a href="#entry-{e(anchor)}">{title}</a>')
    return section(f'folder-{number}', folder.name, re.sub(
        r'(?m)^(\d-\w+\.py, the .*)', r'<b>\1</b>', text))


def section(name, title, text):
    """Return what a click opens: a title, and a text in HTML."""
    return (f'<section class="report" id="{e(name)}"><a class="close" '
            f'href="#top">Close</a><h2>{e(title)}</h2>'
            f'<pre>{text}</pre></section>')


def entry_section(anchor):
    """Return an entry of docs/mistakes.md, its links as links."""
    title, _, text = entry(anchor).partition('\n')
    return section(f'entry-{anchor}', title, re.sub(
        r'\[([^]]*)\]\(\s*#([\w-]+)\)', r'<a href="#entry-\2">\1</a>',
        e(text.strip())))
