"""The files of one person: which are there, and which could be meant."""

import os
import re
import zipfile
from contextlib import suppress
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from checker.assignment import MODULES, TITLES
from checker.report import word_for
from checker.requirements import table

FILES = [f'{name}.py' for name in MODULES]
ARCHIVES = {'zip', 'tar', 'tgz', 'gz', 'rar', '7z'}
# How many files of a folder are looked at, and how many bytes of them.
MOST_FILES, MOST_BYTES = 1000, 10**7


class Folder:
    """The modules of one person.

    Args:
        path: Path.
        tasks: List of integers, the tasks to check.
        name: String, what it is called where people read it.

    Attributes:
        files: Dict, what `take` returns.
        notes: List of strings on the folder as a whole.
        results: Dict from each task that is through to a dict: `task`,
            `missing`, `seconds`, and what `requirements.judge` returns.
    """

    def __init__(self, path, tasks, name):
        """Read the modules, so that none can change those of another."""
        self.tasks, self.name = tasks, name
        self.files, self.notes, self.results = {}, [], {}
        try:
            self.files = take(path)
        except OSError as error:
            self.notes = [
                'The folder cannot be read: '
                f'{printable(error.strerror or str(error))}.'
            ]
        for task in tasks:
            if self.files.get(FILES[task]) is None:
                self.add(
                    task,
                    {
                        'missing': True,
                        'verdicts': [],
                        'notes': [f'{FILES[task]} cannot be read.']
                        if FILES[task] in self.files
                        else near_misses(path, task),
                        'layers': [],
                    },
                )

    def add(self, task, result, seconds=0):
        """Keep the result of a task, in the order of the tasks."""
        self.results[task] = {
            'task': task,
            'missing': False,
            'seconds': round(seconds, 1),
            **result,
        }
        self.results = dict(sorted(self.results.items()))

    def cell(self, task):
        """Return how many requirements are met, of how many, and a word."""
        result = self.results.get(task)
        return (
            sum(v['met'] for v in result['verdicts']) if result else 0,
            len(table(task)),
            word_for(result) if result else 'not judged',
        )

    def short(self, task):
        """Return the cell of a task as a text, such as `11/14`."""
        met, total, word = self.cell(task)
        return {
            'wrong': f'{met}/{total}',
            'right': f'right {met}/{total}',
        }.get(word, word)

    @property
    def right(self):
        """Whether all tasks were judged and are right."""
        return all(self.cell(task)[2] == 'right' for task in self.tasks)


def take(folder):
    """Return the bytes of the Python files in a folder and below, in a dict.

    A key is a path from the folder on, with `/`; of what cannot be read, the
    value is None. Virtual environments are left out, and what is more than
    `MOST_FILES` or `MOST_BYTES`.

    Raises:
        OSError: If the folder cannot be read.
    """
    files, left = {}, MOST_BYTES
    os.listdir(folder)
    for file in islice(
        (file for file in files_below(folder) if file.suffix == '.py'),
        MOST_FILES,
    ):
        name = file.relative_to(folder).as_posix()
        files[name] = None
        with suppress(OSError):
            if file.is_file() and file.stat().st_size <= left:
                files[name] = file.read_bytes()
                left -= len(files[name])
    return files


def printable(text):
    """Return a text that every terminal and every file can take."""
    return ''.join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def labels(paths):
    """Return names for absolute paths: as little of each as is unique."""
    parts = [Path(path).parts for path in paths]
    return [
        next(
            printable('/'.join(own[-n:]))
            for n in range(1, 1 + len(own))
            if sum(other[-n:] == own[-n:] for other in parts) == 1
        )
        for own in parts
    ]


def near_misses(folder, task):
    """Return notes on files that could be meant for a task."""
    notes = []
    for file in islice(files_below(folder), MOST_FILES):
        stem, *kinds = re.split(
            rf'\.(?=(?:py|ipynb|txt|{"|".join(ARCHIVES)})\b)',
            file.name.lower(),
        )
        inside = file.parent == folder
        tasks = named_in(stem) or inside and held_by(file, kinds) or ()
        if (
            task not in tasks
            or file.suffix
            and not kinds
            or (inside and file.name in FILES)
        ):
            continue
        if 'ipynb' in kinds:
            todo = (
                'it is a notebook. Copy the cell with the function, and '
                'its imports, to a text file {}.'
            )
        elif ARCHIVES & {*kinds}:
            todo = 'it is an archive. Unpack it, so that {} is in this folder.'
        elif file.name == FILES[task]:
            todo = 'move it up, so that {} is in this folder.'
        else:
            todo = 'if it is the solution, rename it to {}.'
        notes.append(
            printable(
                f'There is {file.relative_to(folder)}: '
                + todo.format(FILES[task])
            )
        )
    return notes[:3]


def files_below(folder):
    """Yield the files of a folder, and then those of folders in it."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(('.', '__'))
            and name not in ('venv', 'env', 'site-packages')
        )
        yield from (
            Path(place) / name
            for name in sorted(files)
            if not name.startswith('.')
        )


def named_in(text):
    """Return the tasks that a text in lower case names, or nearly so."""
    return [
        task
        for task in range(4)
        if get_close_matches(
            TITLES[task], re.split(r'[\W\d_]+', text), 1, 0.85
        )
        or get_close_matches(MODULES[task], [text], 1, 0.85)
    ]


def held_by(file, kinds):
    """Return the tasks that a file of another name could be meant for."""
    try:
        if 'zip' in kinds:
            with zipfile.ZipFile(file) as archive:
                return named_in(
                    ' '.join(archive.namelist()[:MOST_FILES]).lower()
                )
        if ARCHIVES & {*kinds}:
            return range(4)
        text = (
            file.read_text(encoding='utf-8', errors='replace')
            if (kinds and file.stat().st_size <= MOST_BYTES)
            else ''
        )
    except (OSError, ValueError, zipfile.BadZipFile):
        return ()
    return [
        task
        for parameters in re.findall(r'def autoencoder\(([^)]*)\)', text)
        for task in (
            [1]
            if 'lambtha' in parameters
            else [2]
            if 'filters' in parameters
            else [0, 3]
        )
    ]
