"""The files of one person: which are there, and which could be meant."""

import re
import stat
import zipfile
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from checker.assignment import MODULES, TITLES
from checker.files import MOST_FILES, below, printable, read, reason, take
from checker.report import word_for
from checker.requirements import table

FILES = [f'{name}.py' for name in MODULES]
ARCHIVES = {'zip', 'tar', 'tgz', 'gz', 'rar', '7z'}
# What may follow the first dot of a name, in lower case.
KINDS = re.compile(rf'\.(?=(?:py|ipynb|txt|{"|".join(ARCHIVES)})\b)')


class Folder:
    """The modules of one person.

    Args:
        path: Path.
        tasks: List of integers, the tasks to check.
        name: String, what it is called where people read it.

    Attributes:
        files: Dict, see `files.Taken`.
        notes: List of strings on the folder as a whole.
        results: Dict from each task that is through to a dict: `task`;
            `missing`; `seconds`; what `requirements.judge` returns; and
            `failure`, what kept it from being judged, or ''.
    """

    def __init__(self, path, tasks, name):
        """Read the modules, so that none can change those of another."""
        self.tasks, self.name = tasks, name
        self.files, self.notes, self.results = {}, [], {}
        unread = {}
        try:
            taken = take(path)
            self.files, unread = taken.files, taken.unread
        except OSError as error:
            self.notes.append(f'The folder cannot be read: {reason(error)}.')
        self.notes += [
            f'{printable(file)} {why}.'
            for file, why in unread.items()
            if file not in FILES
        ]
        for task in tasks:
            if self.files.get(FILES[task]) is None:
                self.add_missing(task, path, unread)

    def add_missing(self, task, path, unread):
        """Keep the result of a task without a module."""
        file = FILES[task]
        notes = near_misses(path, task)
        if file in unread:
            notes = [f'{file} {unread[file]}.']
        self.add(
            task,
            {'missing': True, 'verdicts': [], 'notes': notes, 'layers': []},
        )

    def add(self, task, result, seconds=0):
        """Keep the result of a task, in the order of the tasks."""
        self.results[task] = {
            'task': task,
            'missing': False,
            'failure': '',
            'seconds': round(seconds, 1),
            **result,
        }
        self.results = dict(sorted(self.results.items()))

    def word(self, task):
        """Return a word for the state of a task, such as 'correct'."""
        if task not in self.results:
            return 'not judged'
        return word_for(self.results[task])

    def met(self, task):
        """Return how many requirements of a task are met."""
        verdicts = self.results.get(task, {'verdicts': []})['verdicts']
        return sum(verdict['met'] for verdict in verdicts)

    def short(self, task):
        """Return the state of a task as a short text, such as `11/14`."""
        word = self.word(task)
        fraction = f'{self.met(task)}/{len(table(task))}'
        if word == 'wrong':
            return fraction
        if word == 'correct':
            return f'correct {fraction}'
        return word

    @property
    def failures(self):
        """What kept tasks from being judged, a list of strings."""
        failures = [result['failure'] for result in self.results.values()]
        return [failure for failure in failures if failure]

    @property
    def is_judged(self):
        """Whether nothing kept a task from being judged."""
        return all(self.word(task) != 'not judged' for task in self.tasks)

    @property
    def is_correct(self):
        """Whether all tasks were judged and are correct."""
        return all(self.word(task) == 'correct' for task in self.tasks)


def labels(paths):
    """Return names for absolute paths: as little of each as is unique.

    Args:
        paths: Iterable of strings, no two of them equal.
    """
    parts = [Path(path).parts for path in paths]
    return [printable('/'.join(shortest_end(own, parts))) for own in parts]


def shortest_end(own, others):
    """Return the shortest end of a path that only one of the paths has."""
    for length in range(1, len(own)):
        end = own[-length:]
        if sum(other[-length:] == end for other in others) == 1:
            return end
    return own


def near_misses(folder, task):
    """Return notes on files that could be meant for a task.

    Args:
        folder: Path.
        task: Integer.
    """
    notes = []
    try:
        found = [*islice(below(folder), MOST_FILES)]
    except OSError:
        return notes
    for file, leads_out in found:
        inside = file.parent == Path(folder) and not leads_out
        stem, *kinds = KINDS.split(file.name.lower())
        if could_be(file, stem, kinds, task, inside):
            name = printable(file.relative_to(folder).as_posix())
            notes.append(f'There is {name}: {todo(file.name, kinds, task)}')
    return notes[:3]


def could_be(file, stem, kinds, task, inside):
    """Tell whether a file could be meant for a task.

    Args:
        file: Path.
        stem: String, its name in lower case up to the endings.
        kinds: List of strings, its endings in lower case.
        task: Integer.
        inside: Whether it is in the folder itself, not in one below or
            outside.
    """
    if inside and file.name in FILES:
        return False
    if file.suffix and not kinds:
        return False
    if task in named_in(stem):
        return True
    return inside and task in held_by(file, kinds)


def todo(name, kinds, task):
    """Return what to do with a file that could be meant for a task."""
    wanted = FILES[task]
    if 'ipynb' in kinds:
        return (
            'it is a notebook. Copy the cell with the function, and its '
            f'imports, to a text file {wanted}.'
        )
    if ARCHIVES & {*kinds}:
        return (
            f'it is an archive. Unpack it, so that {wanted} is in this folder.'
        )
    if name == wanted:
        return f'move it up, so that {wanted} is in this folder.'
    return f'if it is the solution, rename it to {wanted}.'


def named_in(text):
    """Return the tasks that a text in lower case names, or nearly so."""
    words = re.split(r'[\W\d_]+', text)
    return [
        task
        for task in range(4)
        if get_close_matches(TITLES[task], words, 1, 0.85)
        or get_close_matches(MODULES[task], [text], 1, 0.85)
    ]


def held_by(file, kinds):
    """Return the tasks that a file of another name could be meant for."""
    try:
        if 'zip' in kinds:
            return named_in(' '.join(names_in_zip(file)).lower())
        if ARCHIVES & {*kinds}:
            return [*range(4)]
        if kinds:
            return defined_in(read(file).decode(errors='replace'))
    except (OSError, ValueError, zipfile.BadZipFile):
        pass  # what cannot be read holds nothing
    return []


def names_in_zip(file):
    """Return the first names of the files in an archive."""
    if not stat.S_ISREG(file.stat().st_mode):
        return []
    with zipfile.ZipFile(file) as archive:
        return archive.namelist()[:MOST_FILES]


def defined_in(text):
    """Return the tasks that a text defines a function for."""
    tasks = []
    for parameters in re.findall(r'def autoencoder\(([^)]{0,500})\)', text):
        if 'lambtha' in parameters:
            tasks.append(1)
        elif 'filters' in parameters:
            tasks.append(2)
        else:
            tasks += [0, 3]
    return tasks
