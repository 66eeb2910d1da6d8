"""What a person reads of a solution, as text."""
import os
import re
import textwrap
from collections import namedtuple
from pathlib import Path

from checker.models import MODULES
from checker.requirements import TITLES

ROOT = Path(__file__).resolve().parent.parent
# In the repository, or in the installed package.
PAGE = next((path for path in (ROOT / 'docs' / 'mistakes.md',
                               ROOT / 'checker' / 'docs' / 'mistakes.md')
             if path.is_file()), ROOT / 'docs' / 'mistakes.md')
# What a report in a file is filled to, whatever the terminal.
COLUMNS = 79
# The entry of what is still to be written.
FIRST_STEP = 'first-step'

Outline = namedtuple('Outline', 'heading word items rest layers notes')
Outline.__doc__ = """What there is to say of a task.

Attributes:
    heading: String.
    word: String, see `word_for`.
    items: List of pairs: a title, and pairs of a label and a text. The label
        `See` comes with the anchor of an entry.
    rest: List of strings, sentences on what else is not met.
    layers: List of pairs: a title, and rows of layers side by side.
    notes: List of strings.
"""


def is_right(result):
    """Tell whether a task is right."""
    return not result['missing'] and all(
        verdict['met'] for verdict in result['verdicts'])


def word_for(result):
    """Return a word for the state of a task."""
    if result['missing']:
        return 'near miss' if result['notes'] else 'missing'
    first = result['verdicts'][0]
    if is_right(result):
        return 'right'
    if first.get('mistake') == FIRST_STEP:
        return 'not written'
    why = re.match(r'(\w+(?:Error|Exception|Exit|Interrupt)\b)|'
                   r'It was (not judged|stopped)|Its process (ended)',
                   first.get('found', ''))
    return next(filter(None, why.groups())) if why else 'wrong'


def outline(result):
    """Return the `Outline` of a result, see `command.Folder`."""
    name, verdicts = f'{MODULES[result["task"]]}.py', result['verdicts']
    word, met = word_for(result), sum(v['met'] for v in verdicts)
    heading = f'{name}, the {TITLES[result["task"]]} autoencoder: ' + {
        'right': f'right, all {met} requirements are met.',
        'not written': 'not written yet.'}.get(
            word, f'{met} of {len(verdicts)} requirements are met.'
            if verdicts else 'missing.')
    unmet = [v for v in verdicts if not v['met']]
    first = [v for v in unmet if not v['again']]
    again = [v['name'] for v in unmet if v['again']]
    if word == 'not written':
        items = [('First step', [('Change', first[0]['change']),
                                 ('See', FIRST_STEP)])]
        again = []
    else:
        items = [(f'{v["name"]}: "{v["sentence"]}"', [
            (label, v[key]) for label, key in (
                ('Expected', 'expected'), ('Found', 'found'),
                ('Change', 'change'), ('See', 'mistake')) if v[key]])
            for v in first]
    rest = []
    if again and len(again) == len(verdicts) - 1:
        rest = ['All others cannot be judged before that.']
    elif again:
        rest = ['Not judged, for the same reason: ' + ', '.join(again) + '.']
    text = '\n'.join(entry(text) for _, pairs in items
                     for label, text in pairs if label == 'See')
    names = [f'`{theirs}` is your `{own}`' for theirs, own
             in result.get('names', {}).items()
             if re.search(rf'(?s)```python.*\b{theirs}\b.*```', text)]
    if names:
        rest.append('The entry has other names than this module: '
                    + ', '.join(names) + '.')
    return Outline(heading, word, items, rest, result['layers'],
                   result['notes'])


def entry(anchor):
    """Return the text of an entry of the page, or an empty string."""
    try:
        text = PAGE.read_text(encoding='utf-8')
    except OSError:
        return ''
    for part in re.split(r'^##+ ', text, flags=re.M)[1:]:
        title = part.split('\n')[0]
        if title.lower().replace(' ', '-') == anchor:
            return part.strip()
    return ''


def entries(results):
    """Return the anchors that reports refer to, and where those lead."""
    found = [text for result in results
             for _, pairs in outline(result).items
             for label, text in pairs if label == 'See']
    for anchor in found:  # it grows
        found += [other for other in re.findall(r'\]\(\s*#([\w-]+)\)',
                                                entry(anchor))
                  if other not in found]
    return list(dict.fromkeys(found))


def report(results, seed=None, columns=COLUMNS, color=False, whole=False):
    """Return the report of one folder.

    Args:
        results: List of the results of tasks, see `folder.Folder`.
        seed: Integer, that of the draws, or None to leave it out.
        columns: Integer, what lines are filled to.
        color: Whether to write headings in color.
        whole: Whether to end with the entries that are named.

    Returns:
        String, lines with a newline at the end of each.
    """
    lines = []
    for result in results:
        lines += ['', *task_lines(outline(result), columns, color, whole)]
    if whole:
        for anchor in entries(results):
            lines += ['', '-' * 70, entry(anchor)]
    if seed is not None:
        lines += ['', f'Random seed: {seed}']
    return '\n'.join(lines) + '\n'


def task_lines(found, columns, color=False, whole=False, most=None):
    """Return the lines on one task.

    Args:
        found: An `Outline`.
        columns: Integer, what lines are filled to.
        color: Whether to write the heading in color.
        whole: Whether the entries follow.
        most: Integer, how many of the items to name, or None for all.
    """
    def fill(text, first='  ', rest='  '):
        return textwrap.fill(text, columns, initial_indent=first,
                             subsequent_indent=rest, break_long_words=False,
                             break_on_hyphens=False)

    green = found.word == 'right'
    lines = [bold(fill(found.heading, ''), 32 if green else 31, color)]
    for number, (title, pairs) in enumerate(found.items[:most], 1):
        lines.append(fill(title, f'  {number}. ', '     '))
        for label, text in pairs:
            if label == 'See':
                title = entry(text).split('\n')[0]
                text = (f'"{title}" below' if whole else
                        f'{page_path()}#{text}')
            lines.append(fill(text, f'     {label + ":":10}', ' ' * 15))
    if most is None:
        lines += map(fill, found.rest)
        for title, rows in found.layers:
            lines += ['', *_beside(title, rows)]
        lines += [fill('Note: ' + note) for note in found.notes]
    return lines


def page_path():
    """Return the path of the page of mistakes, short if it is below here."""
    try:
        return str(PAGE.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(PAGE)


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


def bold(text, code, color):
    """Return a text in bold and in a color of ANSI."""
    return f'\x1b[1;{code}m{text}\x1b[0m' if color else text


def colored(stream):
    """Tell whether a stream shows colors."""
    return stream.isatty() and 'NO_COLOR' not in os.environ and (
        os.environ.get('TERM') != 'dumb')
