"""The files of one person: which are there, and which could be meant."""
import difflib
import json
import os
import re
import zipfile
from itertools import islice
from pathlib import Path

from checker.assignment import MODULES, table
from checker.models import take
from checker.report import is_right, word_for

# How many files below a folder are looked at for near misses.
MOST_FILES = 1000
MOST_BYTES = 10 ** 7


class Folder:
    """The modules of one person.

    Args:
        path: Path.
        tasks: List of integers, the tasks to check.
        name: String, what it is called where people read it.

    Attributes:
        files: Dict of what `models.take` returns.
        notes: List of strings on the folder as a whole.
        results: List of dicts, one for each task that is through: `task`,
            `missing`, `seconds`, and what `requirements.judge` returns.
    """

    def __init__(self, path, tasks, name):
        """Read the modules, so that none can change those of another."""
        self.path, self.tasks, self.name = path, tasks, name
        self.files, self.notes, self.results = {}, [], []
        try:
            self.files = take(path)
        except OSError as error:
            self.notes = [f'The folder cannot be read: {reason(error)}.']
        for task in tasks:
            name = f'{MODULES[task]}.py'
            if self.files.get(name) is None:
                if name in self.files:
                    notes = [f'{name} cannot be read.']
                else:
                    notes = [] if self.notes else near_misses(path, task)
                self.add(task, {'missing': True, 'verdicts': [],
                                'notes': notes, 'layers': []})

    def add(self, task, result, seconds=0):
        """Keep the result of a task."""
        self.results.append({'task': task, 'missing': False,
                             'seconds': round(seconds, 1), **result})
        self.results.sort(key=lambda result: result['task'])

    def result(self, task):
        """Return the result of a task, or None if it was not reached."""
        return next((r for r in self.results if r['task'] == task), None)

    def cell(self, task):
        """Return how many requirements are met, of how many, and a word."""
        result = self.result(task)
        met = sum(v['met'] for v in result['verdicts']) if result else 0
        return met, len(table(task)), (
            word_for(result) if result else 'not judged')

    @property
    def right(self):
        """Whether all tasks were judged and are right."""
        return len(self.results) == len(self.tasks) and all(
            map(is_right, self.results))


def short(cell):
    """Return a cell as a text, such as `11/14`."""
    met, total, word = cell
    return f'{met}/{total}' if word == 'wrong' else (
        f'right {met}/{total}' if word == 'right' else word)


def reason(error):
    """Return what an OSError says, without the path."""
    return printable(getattr(error, 'strerror', None) or str(error))


def printable(text):
    """Return a text that every terminal and every file can take."""
    return ''.join(c if c.isprintable() else c.encode(
        'unicode_escape').decode() for c in text)


def labels(paths):
    """Return a name for each folder: as little of its path as is unique."""
    parts = [Path(os.path.abspath(path)).parts for path in paths]
    return [next(printable('/'.join(own[-n:])) for n in range(
        1, len(own) + 1) if n == len(own) or all(
            other == own or other[-n:] != own[-n:] for other in parts))
        for own in parts]


def near_misses(folder, task):
    """Return notes on files that could be meant for a task."""
    found = []
    for file in islice(files_below(folder), MOST_FILES):
        todo = what_to_do(file, task, file.parent != folder)
        if todo:
            found.append(f'There is {file.relative_to(folder)}: '
                         + todo.format(f'{MODULES[task]}.py'))
    return list(map(printable, found[:3]))


def files_below(folder):
    """Yield the files of a folder, and then those of folders in it."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(('.', '__'))
            and name not in ('venv', 'env', 'site-packages'))
        yield from (Path(place) / name for name in sorted(files)
                    if not name.startswith('.'))


def what_to_do(file, task, below):
    """Return what to do with a file, or '' if it is not meant for a task."""
    stem, *kinds = re.split(r'\.(?=(?:py|ipynb|txt|zip|tar|tgz|gz|rar|7z)\b)',
                            file.name.lower())
    same = file.name == f'{MODULES[task]}.py'
    known = not below and file.name in [f'{name}.py' for name in MODULES]
    other = not any(is_near(stem, t) for t in range(4)) and not below
    if known or file.suffix and not kinds or not (
            is_near(stem, task)
            or other and holds_function(file, kinds, task)):
        return ''
    if 'ipynb' in kinds:
        return ('it is a notebook. Copy the cell with the function, and its '
                'imports, to a text file {}.')
    if kinds and kinds[-1] not in ('py', 'txt'):
        return 'it is an archive. Unpack it, so that {} is in this folder.'
    if same:
        return 'move it up, so that {} is in this folder.'
    return 'if it is the solution, rename it to {}.'


def is_near(stem, task):
    """Tell whether a file's name without its endings is near a module's."""
    name = MODULES[task]
    plain = ''.join(c if c.isalpha() else ' ' for c in stem).split()
    return any(difflib.get_close_matches(part, [name[2:]], 1, 0.85)
               for part in plain) or difflib.SequenceMatcher(
                   None, stem, name).ratio() > 0.85


def holds_function(file, kinds, task):
    """Tell whether a file of another name could hold the solution."""
    try:
        if 'zip' in kinds:
            with zipfile.ZipFile(file) as archive:
                return any(is_near(Path(name).stem.lower(), task)
                           for name in archive.namelist()[:MOST_FILES])
        if {'tar', 'tgz', 'gz', 'rar', '7z'} & set(kinds):
            return True
        if not kinds or file.stat().st_size > MOST_BYTES:
            return False
        text = file.read_text(encoding='utf-8', errors='replace')
        if 'ipynb' in kinds:
            text = '\n'.join(''.join(cell['source'])
                             for cell in json.loads(text)['cells'])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return False
    # Tasks 0 and 3 have the same parameters.
    return any(('lambtha' in parameters, 'filters' in parameters) == (
        task == 1, task == 2) for parameters in re.findall(
            r'def autoencoder\(([^)]*)\)', text))
