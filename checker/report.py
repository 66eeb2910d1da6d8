"""What people read: reports as text, and a class on one page.

The page needs no server and no script.
"""

import base64
import hashlib
import os
import re
import textwrap
from contextlib import suppress
from html import escape
from pathlib import Path
from string import Template

from checker.assignment import MODULES, TITLES
from checker.mistakes import ENTRIES, with_linked
from checker.requirements import table

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / 'docs' / 'mistakes.md'


def word_for(result):
    """Return a word for the state of a task."""
    verdicts = result['verdicts']
    if result['missing']:
        return (
            'near miss'
            if any(note.startswith('There is') for note in result['notes'])
            else 'missing'
        )
    if all(verdict['met'] for verdict in verdicts):
        return 'right'
    if verdicts[0].get('mistake') == 'first-step':
        return 'not written'
    why = re.match(
        r'(\w+(?:Error|Exception|Exit|Interrupt)\b)|'
        r'It was (not judged|stopped)|Its process (ended)',
        verdicts[0].get('found', ''),
    )
    if why and not any(verdict['met'] for verdict in verdicts):
        return next(filter(None, why.groups()))
    return 'wrong'


def first_unmet(result):
    """Return the verdicts to speak of: unmet, each fault once."""
    return [v for v in result['verdicts'] if not v['met'] and not v['again']]


def entries(folders):
    """Return the anchors that reports refer to, and where those lead."""
    found = [
        verdict['mistake']
        for folder in folders
        for result in folder.results.values()
        for verdict in first_unmet(result)
    ]
    return with_linked(found)


def report(folder, seed=None, columns=79, color=False, below=False):
    """Return the report of one `folder.Folder`, see `task_lines`."""
    parts = [
        *folder.notes,
        *(
            '\n'.join(task_lines(result, columns, color, below))
            for result in folder.results.values()
        ),
    ]
    if seed is not None:
        parts.append(f'Random seed: {seed}')
    return ''.join(f'\n{part}\n' for part in parts)


def task_lines(result, columns, color=False, below=False, most=None):
    """Return the lines on one task.

    Args:
        result: Dict, see `folder.Folder`.
        columns: Integer, what lines are filled to.
        color: Whether to write the heading in color.
        below: Whether the entries that are named follow below.
        most: Integer, how many faults to name, and no more; or None.
    """

    def fill(text, first='  ', rest='  '):
        return textwrap.fill(
            text,
            columns,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )

    word, verdicts = word_for(result), result['verdicts']
    met, unmet = sum(v['met'] for v in verdicts), first_unmet(result)
    heading = {
        'right': f'right, all {met} requirements are met.',
        'not written': 'not written yet.',
    }.get(
        word,
        f'{met} of {len(verdicts)} requirements are met.'
        if verdicts
        else 'missing.',
    )
    task = result['task']
    lines = [
        bold(
            fill(
                f'{MODULES[task]}.py, the {TITLES[task]} autoencoder: '
                f'{heading}',
                '',
            ),
            32 if word == 'right' else 31,
            color,
        )
    ]
    page = PAGE
    with suppress(ValueError, OSError):  # it is not below this folder
        page = PAGE.relative_to(Path.cwd())
    text, shown = '', ['expected', 'found', 'change', 'see']
    if word == 'not written':
        shown = shown[2:]
    for number, verdict in enumerate(unmet[:most], 1):
        lines.append(
            fill(
                'First step'
                if word == 'not written'
                else f'{verdict["name"]}: "{verdict["sentence"]}"',
                f'  {number}. ',
                '     ',
            )
        )
        anchor = verdict['mistake']
        title, entry = '', ''
        if anchor in ENTRIES:
            title = ENTRIES[anchor].title
            entry = ENTRIES[anchor].markdown
        said = {
            **verdict,
            'see': anchor
            and (f'"{title}" below' if below else f'{page}#{anchor}'),
        }
        lines += [
            fill(said[key], f'     {key.capitalize() + ":":10}', ' ' * 15)
            for key in shown
            if said[key]
        ]
        text += entry
    names = [
        f'`{theirs}` is your `{own}`'
        for theirs, own in result.get('names', {}).items()
        if re.search(rf'(?s)```python.*\b{theirs}\b.*```', text)
    ]
    if names:
        lines.append(
            fill(
                'The entry has other names than this module: '
                + ', '.join(names)
                + '.'
            )
        )
    if most and verdicts:
        return lines
    again = [v['name'] for v in verdicts if not v['met'] and v['again']]
    if again and word != 'not written':
        lines.append(
            fill(
                'All others cannot be judged before that.'
                if len(again) == len(verdicts) - 1
                else f'Not judged, for the same reason: {", ".join(again)}.'
            )
        )
    for title, rows in result['layers']:
        lines += ['', f'  {title}:', f"    {'yours':36} the assignment's"]
        for mine, right, differs in rows:
            mine = mine if len(mine) <= 36 else mine[:34] + '..'
            lines.append(
                f'  {"*" if differs else " "} {mine or "-":36} {right or "-"}'
            )
    return lines + [
        fill('Note: ' * bool(verdicts) + note) for note in result['notes']
    ]


def bold(text, code, color):
    """Return a text in bold and in a color of ANSI."""
    return f'\x1b[1;{code}m{text}\x1b[0m' if color else text


def colored(stream):
    """Tell whether a stream shows colors."""
    return (
        stream.isatty()
        and 'NO_COLOR' not in os.environ
        and (os.environ.get('TERM') != 'dumb')
    )


def page(folders, tasks, seed):
    """Return the page of some `Folder`s; what students wrote is escaped."""
    text = (HERE / 'class.html').read_text(encoding='utf-8')
    script = re.search('(?s)<script>(.*)</script>', text)[1]
    rows, anchors = misses(folders, tasks), entries(folders)
    reports = [
        *(
            report_of(number, folder, anchors)
            for number, folder in enumerate(folders)
        ),
        *map(entry_of, anchors),
    ]
    return Template(text).substitute(
        hash=base64.b64encode(
            hashlib.sha256(script.encode()).digest()
        ).decode(),
        right=sum(folder.right for folder in folders),
        count=len(folders),
        seed=seed,
        tasks=''.join(
            f'\n<th scope="col">{task}<span class="wide">'
            f'{MODULES[task][1:]}</span></th>'
            for task in tasks
        ),
        folders='\n'.join(
            row_of(number, folder, tasks)
            for number, folder in enumerate(folders)
        ),
        misses='\n'.join(rows),
        reports='\n'.join(reports),
        unmissed=sum(len(table(task)) for task in tasks) - len(rows),
    )


def link(number, folder):
    """Return the name of a folder, which leads to its report."""
    return f'<a href="#folder-{number}">{escape(folder.name)}</a>'


def row_of(number, folder, tasks):
    """Return the row of a folder."""
    row = f'<th scope="row" class="name">{link(number, folder)}</th>'
    sum_met = 0
    for met, total, word in map(folder.cell, tasks):
        text = f'{met}/{total}' if word == 'wrong' else escape(word)
        row += (
            f'<td data-sort="{met}" class="'
            f'{"right" if word == "right" else "wrong"}">{text}</td>'
        )
        sum_met += met
    return f'<tr>{row}<td class="wide">{sum_met}</td></tr>'


def misses(folders, tasks):
    """Return rows of the requirements that anybody misses, by how many."""
    found = {
        (task, row.name, row.sentence): []
        for task in tasks
        for row in table(task)
    }
    for number, folder in enumerate(folders):
        for task, result in folder.results.items():
            for one in first_unmet(result):
                found[task, one['name'], one['sentence']].append(
                    link(number, folder)
                )
    return [
        f'<tr><td>{task}</td><td>{name}</td><td class="wide">'
        + re.sub('`([^`]+)`', r'<code>\1</code>', escape(sentence))
        + f'</td><td class="miss" data-sort="{len(who)}"><span class="bar"'
        f' style="width: {100 * len(who) / len(folders):.0f}%"></span>'
        f'<details><summary>{len(who)}</summary>{", ".join(who)}'
        '</details></td></tr>'
        for (task, name, sentence), who in sorted(
            found.items(), key=lambda row: -len(row[1])
        )
        if who
    ]


def report_of(number, folder, anchors):
    """Return the report of a folder, with links to the entries."""
    text = escape(report(folder, columns=10**6, below=True))
    for anchor in anchors:
        title = escape(f'"{ENTRIES[anchor].title}"')
        text = text.replace(
            f'{title} below', f'<a href="#entry-{anchor}">{title}</a>'
        )
    return section(
        f'folder-{number}',
        folder.name,
        re.sub(r'(?m)^(\d-\w+\.py, the .*)', r'<b>\1</b>', text),
    )


def entry_of(anchor):
    """Return an entry of docs/mistakes.md, its links as links."""
    title, text = ENTRIES[anchor].title, ENTRIES[anchor].markdown
    return section(
        f'entry-{anchor}',
        title,
        re.sub(
            r'\[([^]]*)\]\(\s*#([\w-]+)\)',
            r'<a href="#entry-\2">\1</a>',
            escape(text.strip()),
        ),
    )


def section(name, title, text):
    """Return what a click opens: a title, and a text in HTML."""
    return (
        f'<section class="report" id="{name}"><a class="close" '
        f'href="#top">Close</a><h2>{escape(title)}</h2>'
        f'<pre>{text}</pre></section>'
    )
