"""The command: checks the solutions in one or several folders.

    python -m checker DIR [DIR ...]

Exit status: 0 if all that was asked for is right, 1 if not, 2 if the command
is wrong, TensorFlow cannot be imported or a file cannot be written, 130 after
Ctrl-C.
"""
import argparse
import csv
import difflib
import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path

from checker.client import Process, Starter
from checker.models import MODULES
from checker.report import colored, report
from checker.requirements import judge


def parser():
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(
        prog='check-autoencoders', description='Check solutions of the '
        'assignment "Autoencoders". This runs their code: what you do not '
        'trust belongs in a container.')
    options.add_argument(
        'folders', nargs='+', metavar='DIR', type=Path, help='a folder with '
        + ', '.join(f'{name}.py' for name in MODULES))
    options.add_argument(
        '--tasks', type=_tasks, default=[0, 1, 2, 3], metavar='0,1,2,3',
        help='the tasks to check (default: all; one whose file is missing '
             'is not right)')
    options.add_argument(
        '--jobs', type=_positive(int), default=2, metavar='N',
        help='how many modules to check at a time (default: 2)')
    options.add_argument(
        '--time-limit', type=_positive(float), default=60, metavar='SECONDS',
        help='what a module may take for a step, such as its import or '
             'training (default: 60); all steps may take ten times as long')
    options.add_argument(
        '--reports', type=Path, metavar='DIR',
        help='write a report for each folder to DIR')
    options.add_argument(
        '--csv', type=Path, metavar='FILE', help='write the table to FILE')
    options.add_argument(
        '--json', type=Path, metavar='FILE', help='write all to FILE')
    return options


def _tasks(text):
    """Return the numbers of tasks in a text like `0,2`."""
    if not set(parts := text.split(',')) <= set('0123'):
        raise argparse.ArgumentTypeError(
            f'expected numbers from 0 to 3 with commas, got {text!r}')
    return sorted(set(map(int, parts)))


def _positive(kind):
    """Return a function from a text to a positive number of a type."""
    def number(text):
        try:
            if 0 < kind(text) < 1e6:
                return kind(text)
        except ValueError:
            pass
        raise argparse.ArgumentTypeError(
            f'expected a positive number, got {text!r}')
    return number


class Folder:
    """The modules of one person.

    Args:
        path: Path.
        tasks: List of integers, the tasks to check.

    Attributes:
        name: String, as it was given.
        results: List of dicts, one for each task: `task`, `missing`,
            `seconds`, and what `requirements.judge` returns.
    """

    def __init__(self, path, tasks):
        """Look for the files."""
        self.path, self.name, self.tasks = path, str(path), tasks
        self.files, self.results = {}, []
        for task in tasks:
            file = path.resolve() / f'{MODULES[task]}.py'
            if file.is_file():
                self.files[task] = file
            else:
                self.results.append({
                    'task': task, 'missing': True, 'seconds': 0,
                    'verdicts': [], 'notes': self._near(task), 'layers': []})

    def _near(self, task):
        """Return notes on files that could be meant for a task."""
        name, found = MODULES[task], []
        for file in sorted(islice(self.path.rglob('*.py'), 1000)):
            plain = ''.join(c if c.isalpha() else ' ' for c in
                            file.stem.lower()).split()
            inside = file.parent != self.path
            same = file.name == f'{name}.py' and inside
            near = any(difflib.get_close_matches(part, [name[2:]], 1, 0.85)
                       for part in plain) or difflib.SequenceMatcher(
                None, file.stem.lower(), name).ratio() > 0.85
            other = file.stem in MODULES and not inside
            if (same or near) and not other:
                found.append(str(file.relative_to(self.path)))
        if not found:
            return []
        return [f'There is {", ".join(found[:3])}: is that the file? It is '
                f'looked for as {name}.py in {self.path}.']

    @property
    def right(self):
        """Whether all tasks were judged and are right."""
        return len(self.results) == len(self.tasks) and all(
            map(is_right, self.results))


def is_right(result):
    """Tell whether a task is right."""
    return not result['missing'] and all(
        verdict['met'] for verdict in result['verdicts'])


def cell(result):
    """Return what the table says of one task."""
    if result['missing']:
        return 'near miss' if result['notes'] else 'missing'
    verdicts = result['verdicts']
    met = sum(verdict['met'] for verdict in verdicts)
    found = verdicts[0].get('found', '')
    why = re.match(r'(\w+)[:,] |It was (stopped)|Its process (ended)', found)
    if not met and why:
        return next(filter(None, why.groups()))
    return f'{met}/{len(verdicts)}' if met < len(verdicts) else (
        f'right {met}/{met}')


def check(starter, task, file, limit):
    """Return the result of one task, judged on a worker of its own."""
    started = time.monotonic()
    worker = Process(starter, limit)
    try:
        found = judge(task, worker, str(file))
    finally:
        worker.close()
    return {'task': task, 'missing': False,
            'seconds': round(time.monotonic() - started, 1), **found}


def main(arguments=None):
    """Run the command; return its exit status."""
    options = parser().parse_args(arguments)
    for path in options.folders:
        if not path.is_dir():
            print(f'check-autoencoders: {path} is no folder.',
                  file=sys.stderr)
            return 2
    folders = [Folder(path, options.tasks) for path in options.folders]
    several, status = len(folders) > 1, 0
    try:
        if options.reports:
            options.reports.mkdir(parents=True, exist_ok=True)
        # What cannot be written is said before an hour of judging.
        for file in filter(None, (options.csv, options.json)):
            file.open('a').close()
        _check_all(folders, options, several)
    except (OSError, RuntimeError) as error:
        print(f'check-autoencoders: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('\nInterrupted; what was judged by then:', file=sys.stderr)
        status = 130
    if several:
        print(_table(folders, options.tasks))
    else:
        print(report(folders[0].results, colored(sys.stdout)), end='')
    try:
        _write(folders, options)
    except OSError as error:
        print(f'check-autoencoders: {error}', file=sys.stderr)
        return 2
    return status or int(not all(folder.right for folder in folders))


def run():
    """Run the installed command."""
    raise SystemExit(main())


def _check_all(folders, options, several):
    """Judge all modules, and say so on the way."""
    work = [(folder, task, file) for folder in folders
            for task, file in folder.files.items()]
    if not work:
        return
    progress = sys.stderr if several or not sys.stdout.isatty() else (
        sys.stdout)
    print('Starting ...', end=' ', file=progress, flush=True)
    starter = Starter()
    versions = starter.versions
    print(f'TensorFlow {versions["tensorflow"]}, Keras '
          f'{versions["keras"]}.',
          file=progress)
    pool = ThreadPoolExecutor(options.jobs)
    try:
        running = {pool.submit(check, starter, task, file,
                               options.time_limit): folder
                   for folder, task, file in work}
        for done in as_completed(running):
            folder, result = running[done], done.result()
            folder.results.append(result)
            folder.results.sort(key=lambda result: result['task'])
            whole = len(folder.results) == len(options.tasks)
            if several and whole:
                print(f'{folder.name}: '
                      + ', '.join(_cells(folder, options.tasks)),
                      file=progress, flush=True)
                if options.reports:
                    _write_report(folder, folders, options.reports)
            elif not several:
                print(f'{MODULES[result["task"]]}.py: {cell(result)} '
                      f'({result["seconds"]:.0f} s)', file=progress,
                      flush=True)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        starter.close()


def _table(folders, tasks):
    """Return the table of several folders."""
    head = ['folder', *(MODULES[task] for task in tasks)]
    rows = [[folder.name, *_cells(folder, tasks)] for folder in folders]
    sizes = [max(map(len, column)) for column in zip(head, *rows)]
    lines = ['  '.join(text.ljust(size) for text, size in zip(row, sizes))
             .rstrip() for row in [head, ['-' * size for size in sizes],
                                   *rows]]
    right = sum(folder.right for folder in folders)
    return '\n'.join(['', *lines, '', f'{right} of {len(folders)} folders '
                      'are right.'])


def _cells(folder, tasks):
    """Return a cell for each task, also of one that was not reached."""
    found = {result['task']: cell(result) for result in folder.results}
    return [found.get(task, 'not judged') for task in tasks]


def _write_report(folder, folders, directory):
    """Write the report of one folder, named after it."""
    parts = folder.path.resolve().parts
    alike = [f for f in folders if f.path.resolve().name == parts[-1]]
    name = parts[-1] if len(alike) == 1 else '-'.join(parts[1:])
    (directory / f'{name}.txt').write_text(
        folder.name + '\n' + report(folder.results, entries=True),
        encoding='utf-8')


def _write(folders, options):
    """Write the files that were asked for."""
    if options.reports:
        for folder in folders:
            _write_report(folder, folders, options.reports)
    if options.csv:
        with open(options.csv, 'w', newline='', encoding='utf-8') as file:
            rows = csv.writer(file)
            rows.writerow(['folder', *(MODULES[t] for t in options.tasks)])
            rows.writerows([f.name, *_cells(f, options.tasks)]
                           for f in folders)
    if options.json:
        options.json.write_text(json.dumps([
            {'folder': folder.name, 'right': folder.right,
             'tasks': folder.results} for folder in folders], indent=1)
            + '\n', encoding='utf-8')
