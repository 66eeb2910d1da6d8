"""What a person reads of a solution."""
import os
import re
import shutil
import textwrap
from pathlib import Path

from checker.models import MODULES
from checker.requirements import TITLES

ROOT = Path(__file__).resolve().parent.parent
# In the repository, or in the installed package.
PAGE = next((path for path in (ROOT / 'docs' / 'mistakes.md',
                               ROOT / 'checker' / 'docs' / 'mistakes.md')
             if path.is_file()), ROOT / 'docs' / 'mistakes.md')


def width():
    """Return the number of columns for a report."""
    return max(60, min(shutil.get_terminal_size().columns, 100))


def page_path():
    """Return the path of the mistakes' page, short if it is below here."""
    try:
        return str(PAGE.relative_to(Path.cwd()))
    except ValueError:
        return str(PAGE)


def entry(anchor):
    """Return the text of an entry of the page, or an empty string."""
    try:
        text = PAGE.read_text(encoding='utf-8')
    except OSError:
        return ''
    for part in re.split(r'^###? ', text, flags=re.M)[1:]:
        title = part.split('\n')[0]
        if title.lower().replace(' ', '-') == anchor:
            return part.strip()
    return ''


def report(results, color=False, entries=False):
    """Return the report of one folder.

    Args:
        results: List of the results of tasks, see `command.Folder`.
        color: Whether to write headings in color.
        entries: Whether to end with the entries that are named.

    Returns:
        String, lines with a newline at the end of each.
    """
    lines, anchors = [], []
    for result in results:
        lines += ['', *_task(result, color)]
        anchors += [v['mistake'] for v in result['verdicts']
                    if v.get('mistake') and not v['again']]
    if entries:
        for anchor in dict.fromkeys(anchors):
            lines += ['', '-' * 70, entry(anchor)]
    return '\n'.join(lines) + '\n'


def _task(result, color):
    """Return the lines on one task."""
    task, verdicts = result['task'], result['verdicts']
    title = f'{MODULES[task]}.py, the {TITLES[task]} autoencoder: '
    if result['missing']:
        lines = [_bold(title + 'missing.', 31, color)]
        return lines + [_fill(note, '  ', '  ') for note in result['notes']]
    total, met = len(verdicts), sum(v['met'] for v in verdicts)
    right = met == total
    lines = [_bold(title + (
        f'right, all {total} requirements are met.' if right else
        f'{met} of {total} requirements are met.'), 32 if right else 31,
        color)]
    again = [v['name'] for v in verdicts if not v['met'] and v['again']]
    count = 0
    for verdict in verdicts:
        if verdict['met'] or verdict['again']:
            continue
        count += 1
        lines += [_fill(f'{verdict["name"]}: "{verdict["sentence"]}"',
                        f'  {count}. ', '     ')]
        lines += [_fill(text, f'     {name:10}', ' ' * 15)
                  for name, text in details(verdict)]
    if again and len(again) == total - 1:
        lines.append('  All others cannot be judged before that.')
    elif again:
        lines.append(_fill('Not judged, for the same reason: '
                           + ', '.join(again) + '.', '  ', '  '))
    for title, rows in result['layers']:
        lines += ['', *_beside(title, rows)]
    return lines + [_fill('Note: ' + note, '  ', '  ')
                    for note in result['notes']]


def details(verdict):
    """Return pairs of a title and a text, what a verdict says."""
    see = verdict['mistake'] and f'{page_path()}#{verdict["mistake"]}'
    return [(name + ':', text) for name, text in (
        ('Expected', verdict['expected']), ('Found', verdict['found']),
        ('Change', verdict['change']), ('See', see)) if text]


def _beside(title, rows):
    """Return lines with layers side by side."""
    half = 36
    lines = [f'  {title}:',
             f'    {"yours":{half}} the assignment\'s']
    for mine, right, differs in rows:
        mine = mine if len(mine) <= half else mine[:half - 2] + '..'
        mark = '*' if differs else ' '
        lines.append(f'  {mark} {mine or "-":{half}} {right or "-"}')
    return lines


def _fill(text, first, rest):
    """Return a text in lines that fit a terminal."""
    return textwrap.fill(text, width(), initial_indent=first,
                         subsequent_indent=rest, break_long_words=False,
                         break_on_hyphens=False)


def _bold(text, code, color):
    return f'\x1b[1;{code}m{text}\x1b[0m' if color else text


def colored(stream):
    """Tell whether a stream shows colors."""
    return stream.isatty() and 'NO_COLOR' not in os.environ and (
        os.environ.get('TERM') != 'dumb')
