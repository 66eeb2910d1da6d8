"""What is said about a solution: as data, and as the text of a report."""

import os
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from checker.assignment import MODULES, TITLES
from checker.mistakes import ENTRIES, with_linked
from checker.requirements import table

PAGE = Path(__file__).resolve().parent.parent / 'docs' / 'mistakes.md'
GREEN, RED = 32, 31
# How the worst of a module is called, by how its first verdict begins.
ENDINGS = re.compile(
    r'([A-Za-z_]{1,60}(?:Error|Exception|Exit|Interrupt))\b|'
    r'It was (stopped)|Its process (ended)'
)


@dataclass(frozen=True)
class Fault:
    """A fault of a solution, as a report names it.

    Attributes:
        name: String, the requirement, or 'First step'.
        sentence: String, what asks for it, or empty.
        is_quote: Whether the sentence is a quote of the assignment.
        details: Dict of strings: Expected, Found and Change, without those
            that nothing is known of.
        entry: String, the anchor of a mistake, or empty.
    """

    name: str
    sentence: str
    is_quote: bool
    details: dict
    entry: str

    @property
    def title(self):
        """The requirement and its sentence, and who says it."""
        if not self.sentence:
            return self.name
        if self.is_quote:
            return f'{self.name}: "{self.sentence}"'
        return f"{self.name} (the checker's reading): {self.sentence}"


@dataclass(frozen=True)
class TaskReport:
    """What a report says about one task.

    Attributes:
        heading: String.
        is_correct: Whether nothing is wrong.
        faults: List of `Fault`.
        remarks: List of strings, on what was not judged and on names.
        layers: List of pairs: a title and rows, see `requirements.judge`.
        notes: List of strings.
    """

    heading: str
    is_correct: bool
    faults: list
    remarks: list = field(default_factory=list)
    layers: list = field(default_factory=list)
    notes: list = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """How a report is laid out as text.

    Attributes:
        columns: Integer, what lines are filled to.
        color: Whether headings are in color.
        entries_below: Whether the entries that are named follow the report.
        on_screen: Whether it is on a screen of these columns: then the change
            to make comes first, and long words are broken.
    """

    columns: int = 79
    color: bool = False
    entries_below: bool = False
    on_screen: bool = False


def word_for(result):
    """Return a word for the state of a task, such as 'correct'."""
    verdicts = result['verdicts']
    if result['missing']:
        meant = any(note.startswith('There is') for note in result['notes'])
        return 'near miss' if meant else 'missing'
    if result['failure']:
        return 'not judged'
    if all(verdict['met'] for verdict in verdicts):
        return 'correct'
    if verdicts[0].get('mistake') == 'first-step':
        return 'not written'
    if any(verdict['met'] for verdict in verdicts):
        return 'wrong'
    return ending_of(verdicts[0].get('found', ''))


def ending_of(found):
    """Return in a word how a module ended that meets no requirement."""
    ending = ENDINGS.match(found)
    if not ending:
        return 'wrong'
    return next(filter(None, ending.groups()))


def first_unmet(result):
    """Return the verdicts to speak of: unmet, each fault once."""
    return [v for v in result['verdicts'] if not v['met'] and not v['again']]


def entries(folders):
    """Return the anchors that reports refer to, and where those lead."""
    results = [
        result for folder in folders for result in folder.results.values()
    ]
    return with_linked(
        verdict['mistake']
        for result in results
        for verdict in first_unmet(result)
    )


def describe(result):
    """Return the `TaskReport` of a result, see `folder.Folder`."""
    word, task = word_for(result), result['task']
    faults = [fault_of(task, verdict) for verdict in first_unmet(result)]
    remarks = [*names_to_translate(result)]
    if word == 'not written':
        faults = [
            Fault('First step', '', False, fault.details, fault.entry)
            for fault in faults
        ]
    else:
        remarks += not_judged(result['verdicts'])
    return TaskReport(
        f'{MODULES[task]}.py, the {TITLES[task]} autoencoder: '
        f'{summary(result, word)}',
        word == 'correct',
        faults,
        remarks,
        result['layers'],
        notes_of(result),
    )


def summary(result, word):
    """Return the end of a heading: how far a task is."""
    verdicts = result['verdicts']
    met = sum(verdict['met'] for verdict in verdicts)
    if word == 'correct':
        return f'correct, all {met} requirements are met.'
    if word == 'not written':
        return 'not written yet.'
    if word == 'not judged':
        return f'not judged. {result["failure"]}'
    if result['missing']:
        return 'missing.'
    return f'{met} of {len(verdicts)} requirements are met.'


def notes_of(result):
    """Return the notes of a result; those on a missing file need no word."""
    if result['missing']:
        return result['notes']
    return [f'Note: {note}' for note in result['notes']]


def fault_of(task, verdict):
    """Return the `Fault` that a verdict tells of."""
    rows = {row.name: row for row in table(task)}
    row = rows.get(verdict['name'])
    details = {
        key.capitalize(): verdict[key]
        for key in ('expected', 'found', 'change')
        if verdict[key]
    }
    if verdict['mistake'] == 'first-step':
        details = {'Change': verdict['change']}
    return Fault(
        verdict['name'],
        verdict['sentence'],
        getattr(row, 'is_quote', True),
        details,
        verdict['mistake'],
    )


def not_judged(verdicts):
    """Return sentences on the requirements that could not be judged."""
    open_ones = [v for v in verdicts if not v['met'] and v['again']]
    if len(open_ones) > 1 and len(open_ones) == len(verdicts) - 1:
        return ['Nothing else can be checked until this is fixed.']
    names = {}
    for verdict in open_ones:
        before = verdict.get('needs', '')
        names.setdefault(before, []).append(verdict['name'])
    sentences = []
    for before, after in names.items():
        until = 'These cannot be checked, for the same reason'
        if before:
            until = f'These can only be checked once `{before}` is met'
        sentences.append(f'{until}: {", ".join(after)}.')
    return sentences


def names_to_translate(result):
    """Return a sentence on names that entries use in place of a module's."""
    mistakes = [verdict['mistake'] for verdict in first_unmet(result)]
    code = ''.join(ENTRIES[one].more for one in with_linked(mistakes))
    pairs = [
        f'`{theirs}` is your `{own}`'
        for theirs, own in result.get('names', {}).items()
        if re.search(rf'\b{theirs}\b', code)
    ]
    if not pairs:
        return []
    return [f'The entries under See use other names: {", ".join(pairs)}.']


def report(folder, seed=None, layout=None):
    """Return the report of one `folder.Folder` as text."""
    layout = layout or Layout()
    parts = [*folder.notes]
    for result in folder.results.values():
        parts.append('\n'.join(task_lines(describe(result), layout)))
    if seed is not None:
        parts.append(f'Random seed: {seed}')
    return ''.join(f'\n{part}\n' for part in parts)


def task_lines(task, layout):
    """Return the lines of a `TaskReport`, in a `Layout`."""
    lines = [heading_line(task, layout)]
    for number, fault in enumerate(task.faults, 1):
        lines += fault_lines(fault, number, layout)
    lines += [fill(remark, layout) for remark in task.remarks]
    for title, rows in task.layers:
        lines += layer_lines(title, rows)
    return lines + [fill(note, layout) for note in task.notes]


def heading_line(task, layout):
    """Return the heading of a task, in bold."""
    color = GREEN if task.is_correct else RED
    text = fill(task.heading, layout, '', '  ')
    return bold(text, color, layout.color)


def fault_lines(fault, number, layout):
    """Return the lines on one `Fault`."""
    lines = [fill(fault.title, layout, f'  {number}. ', ' ' * 5)]
    details = {**fault.details, **see(fault, layout)}
    if layout.on_screen and 'Change' in details:
        details = {'Change': details['Change'], **details}
    for label, text in details.items():
        first, rest = f'     {label + ":":10}', ' ' * 15
        if layout.columns < 60:  # beside the labels, nothing would fit
            first, rest = f'  {label}: ', ' ' * 4
        lines.append(fill(text, layout, first, rest))
    return lines


def see(fault, layout):
    """Return where the entry of a `Fault` is, under its label."""
    if fault.entry not in ENTRIES:
        return {}
    if layout.entries_below or not PAGE.is_file():
        return {'See': f'"{ENTRIES[fault.entry].title}" below'}
    return {'See': f'{shown(PAGE)}#{fault.entry}'}


def shown(path):
    """Return a path from the current folder on, if it is below that."""
    try:
        return path.relative_to(Path.cwd())
    except (ValueError, OSError):
        return path


def layer_lines(title, rows):
    """Return a table of two columns: a module's layers, the assignment's."""
    lines = ['', f'  {title}:', f"    {'yours':36} the assignment's"]
    for mine, correct, differs in rows:
        mark = '*' if differs else ' '
        if len(mine) > 36:
            mine = f'{mine[:34]}..'
        lines.append(f'  {mark} {mine or "-":36} {correct or "-"}')
    return lines


def entry_text(anchor):
    """Return an entry as the text that follows a report."""
    entry = ENTRIES[anchor]
    return f'{"-" * 70}\n{entry.title}\n\n{entry.markdown}\n'


def fill(text, layout, first='  ', rest='  '):
    """Return a text in lines of a `Layout`, with indents."""
    return textwrap.fill(
        text,
        layout.columns,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=layout.on_screen,
        break_on_hyphens=False,
    )


def bold(text, code, color):
    """Return a text in bold and in a color of ANSI, if there is color."""
    return f'\x1b[1;{code}m{text}\x1b[0m' if color else text


def colored(stream):
    """Tell whether a stream shows colors."""
    if 'NO_COLOR' in os.environ or os.environ.get('TERM') == 'dumb':
        return False
    return stream.isatty()
