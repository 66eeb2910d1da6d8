"""What a person reads of a solution, as text."""
import os
import re
import textwrap
from contextlib import suppress
from pathlib import Path

from checker.assignment import DOCS, ENTRIES, MODULES, TITLES

PAGE = DOCS / 'mistakes.md'


def word_for(result):
    """Return a word for the state of a task."""
    verdicts = result['verdicts']
    if result['missing']:
        return 'near miss' if any(note.startswith('There is') for note
                                  in result['notes']) else 'missing'
    if all(verdict['met'] for verdict in verdicts):
        return 'right'
    if verdicts[0].get('mistake') == 'first-step':
        return 'not written'
    why = re.match(r'(\w+(?:Error|Exception|Exit|Interrupt)\b)|'
                   r'It was (not judged|stopped)|Its process (ended)',
                   verdicts[0].get('found', ''))
    if why and not any(verdict['met'] for verdict in verdicts):
        return next(filter(None, why.groups()))
    return 'wrong'


def first_unmet(result):
    """Return the verdicts to speak of: unmet, each fault once."""
    return [v for v in result['verdicts'] if not v['met'] and not v['again']]


def entries(folders):
    """Return the anchors that reports refer to, and where those lead."""
    found = [verdict['mistake'] for folder in folders
             for result in folder.results.values()
             for verdict in first_unmet(result)]
    for anchor in found:  # it grows
        found += [other for other in re.findall(
            r'\]\(\s*#([\w-]+)\)', ENTRIES.get(anchor, ''))
            if other not in found]
    return [anchor for anchor in dict.fromkeys(found) if anchor in ENTRIES]


def report(folder, seed=None, columns=79, color=False, below=False):
    """Return the report of one `folder.Folder`, see `task_lines`."""
    parts = [*folder.notes, *(
        '\n'.join(task_lines(result, columns, color, below))
        for result in folder.results.values())]
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
        return textwrap.fill(text, columns, initial_indent=first,
                             subsequent_indent=rest, break_long_words=False,
                             break_on_hyphens=False)

    word, verdicts = word_for(result), result['verdicts']
    met, unmet = sum(v['met'] for v in verdicts), first_unmet(result)
    heading = {'right': f'right, all {met} requirements are met.',
               'not written': 'not written yet.'}.get(
        word, f'{met} of {len(verdicts)} requirements are met.'
        if verdicts else 'missing.')
    task = result['task']
    lines = [bold(fill(f'{MODULES[task]}.py, the {TITLES[task]} autoencoder: '
                       f'{heading}', ''), 32 if word == 'right' else 31,
                  color)]
    page = PAGE
    with suppress(ValueError, OSError):  # it is not below this folder
        page = PAGE.relative_to(Path.cwd())
    text, shown = '', ['expected', 'found', 'change', 'see']
    if word == 'not written':
        shown = shown[2:]
    for number, verdict in enumerate(unmet[:most], 1):
        lines.append(fill(
            'First step' if word == 'not written' else
            f'{verdict["name"]}: "{verdict["sentence"]}"',
            f'  {number}. ', '     '))
        anchor = verdict['mistake']
        entry = ENTRIES.get(anchor, '')
        title = entry.split('\n')[0]
        said = {**verdict, 'see': anchor and (
            f'"{title}" below' if below else f'{page}#{anchor}')}
        lines += [fill(said[key], f'     {key.capitalize() + ":":10}',
                       ' ' * 15) for key in shown if said[key]]
        text += entry
    names = [f'`{theirs}` is your `{own}`' for theirs, own
             in result.get('names', {}).items()
             if re.search(rf'(?s)```python.*\b{theirs}\b.*```', text)]
    if names:
        lines.append(fill('The entry has other names than this module: '
                          + ', '.join(names) + '.'))
    if most and verdicts:
        return lines
    again = [v['name'] for v in verdicts if not v['met'] and v['again']]
    if again and word != 'not written':
        lines.append(fill(
            'All others cannot be judged before that.'
            if len(again) == len(verdicts) - 1 else
            f'Not judged, for the same reason: {", ".join(again)}.'))
    for title, rows in result['layers']:
        lines += ['', f'  {title}:',
                  f'    {"yours":36} the assignment\'s']
        for mine, right, differs in rows:
            mine = mine if len(mine) <= 36 else mine[:34] + '..'
            lines.append(f'  {"*" if differs else " "} {mine or "-":36} '
                         f'{right or "-"}')
    return lines + [fill('Note: ' * bool(verdicts) + note)
                    for note in result['notes']]


def bold(text, code, color):
    """Return a text in bold and in a color of ANSI."""
    return f'\x1b[1;{code}m{text}\x1b[0m' if color else text


def colored(stream):
    """Tell whether a stream shows colors."""
    return stream.isatty() and 'NO_COLOR' not in os.environ and (
        os.environ.get('TERM') != 'dumb')
