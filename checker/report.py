"""What a person reads of a solution, as text."""
import os
import re
import textwrap
from pathlib import Path

from checker.assignment import MODULES, TITLES

ROOT = Path(__file__).resolve().parent.parent
# In the repository, or in the installed package.
PAGE = next((path for path in (ROOT / 'docs' / 'mistakes.md',
                               ROOT / 'checker' / 'docs' / 'mistakes.md')
             if path.is_file()), ROOT / 'docs' / 'mistakes.md')
# What a report in a file is filled to, whatever the terminal.
COLUMNS = 79
# The entry of what is still to be written.
FIRST_STEP = 'first-step'


def is_right(result):
    """Tell whether a task is right."""
    return not result['missing'] and all(
        verdict['met'] for verdict in result['verdicts'])


def word_for(result):
    """Return a word for the state of a task."""
    if result['missing']:
        return 'near miss' if any(note.startswith('There is') for note
                                  in result['notes']) else 'missing'
    first = result['verdicts'][0]
    if is_right(result):
        return 'right'
    if first.get('mistake') == FIRST_STEP:
        return 'not written'
    why = re.match(r'(\w+(?:Error|Exception|Exit|Interrupt)\b)|'
                   r'It was (not judged|stopped)|Its process (ended)',
                   first.get('found', ''))
    if why and not any(verdict['met'] for verdict in result['verdicts']):
        return next(filter(None, why.groups()))
    return 'wrong'


def entry_title(anchor):
    """Return the heading of an entry."""
    return entry(anchor).split('\n')[0]


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


def first_unmet(result):
    """Return the verdicts to speak of: unmet, each fault once."""
    return [v for v in result['verdicts'] if not v['met'] and not v['again']]


def entries(results):
    """Return the anchors that reports refer to, and where those lead."""
    found = [verdict['mistake'] for result in results
             for verdict in first_unmet(result) if verdict['mistake']]
    for anchor in found:  # it grows
        found += [other for other in re.findall(r'\]\(\s*#([\w-]+)\)',
                                                entry(anchor))
                  if other not in found]
    return list(dict.fromkeys(found))


def report(results, seed=None, columns=COLUMNS, color=False, below=False):
    """Return the report of one folder.

    Args:
        results: List of the results of tasks, see `folder.Folder`.
        seed: Integer, that of the draws, or None to leave it out.
        columns: Integer, what lines are filled to.
        color: Whether to write headings in color.
        below: Whether the entries that are named follow below.

    Returns:
        String, lines with a newline at the end of each.
    """
    lines = []
    for result in results:
        lines += ['', *task_lines(result, columns, color, below)]
    if seed is not None:
        lines += ['', f'Random seed: {seed}']
    return '\n'.join(lines) + '\n'


def task_lines(result, columns, color=False, below=False, most=None):
    """Return the lines on one task.

    Args:
        result: Dict, see `folder.Folder`.
        columns: Integer, what lines are filled to.
        color: Whether to write the heading in color.
        below: Whether the entries follow below.
        most: Integer, how many faults to name, and nothing else; or None.
    """
    def fill(text, first='  ', rest='  '):
        return textwrap.fill(text, columns, initial_indent=first,
                             subsequent_indent=rest, break_long_words=False,
                             break_on_hyphens=False)

    word, verdicts = word_for(result), result['verdicts']
    met, unmet = sum(v['met'] for v in verdicts), first_unmet(result)
    heading = {'right': f'right, all {met} requirements are met.',
               'not written': 'not written yet.'}.get(
        word, f'{met} of {len(verdicts)} requirements are met.'
        if verdicts else 'missing.')
    title = f'{MODULES[result["task"]]}.py, the {TITLES[result["task"]]} '
    lines = [bold(fill(f'{title}autoencoder: {heading}', ''),
                  32 if word == 'right' else 31, color)]
    shown = ['change', 'mistake']
    if word != 'not written':
        shown[:0] = ['expected', 'found']
    for number, verdict in enumerate(unmet[:most], 1):
        title = f'{verdict["name"]}: "{verdict["sentence"]}"'
        lines.append(fill('First step' if word == 'not written' else title,
                          f'  {number}. ', '     '))
        for key in filter(verdict.get, shown):
            label, text = f'{key.capitalize()}:', verdict[key]
            if key == 'mistake':
                label, text = 'See:', (
                    f'"{entry_title(text)}" below' if below else
                    f'{page_path()}#{text}')
            lines.append(fill(text, f'     {label:10}', ' ' * 15))
    text = ''.join(entry(verdict['mistake']) for verdict in unmet[:most])
    names = [f'`{theirs}` is your `{own}`' for theirs, own
             in result.get('names', {}).items()
             if re.search(rf'(?s)```python.*\b{theirs}\b.*```', text)]
    if names:
        lines.append(fill('The entry has other names than this module: '
                          + ', '.join(names) + '.'))
    if most is not None:
        return lines
    again = [v['name'] for v in verdicts if not v['met'] and v['again']]
    if again and word != 'not written':
        lines.append(fill(
            'All others cannot be judged before that.'
            if len(again) == len(verdicts) - 1 else
            f'Not judged, for the same reason: {", ".join(again)}.'))
    for title, rows in result['layers']:
        lines += ['', *_beside(title, rows)]
    return lines + [fill('Note: ' * bool(verdicts) + note)
                    for note in result['notes']]


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
