"""The command: checks the solutions in one or several folders.

    python -m checker DIR [DIR ...]
    python -m checker --watch DIR
    python -m checker --new DIR

Exit status: 0 if all that was asked for is right, 1 if not, 2 if the command
is wrong, TensorFlow cannot be imported or a file cannot be written, 130 after
Ctrl-C.
"""
import argparse
import contextlib
import csv
import json
import os
import re
import secrets
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from checker import templates
from checker.advice import complete
from checker.assignment import MODULES, table
from checker.class_page import page
from checker.folder import Folder, labels, printable, short
from checker.process import Starter
from checker.report import COLUMNS, colored, entries, entry, report
from checker.requirements import judge
from checker.source import Source, readable
from checker.watch import Watch, watch

SEEDS = 2 ** 31


def parse(arguments):
    """Return the options, or end with what is wrong with them."""
    parser = argparse.ArgumentParser(
        prog='check-autoencoders', description='Check solutions of the '
        'assignment "Autoencoders". This runs their code: what you do not '
        'trust belongs in a container.')
    for name, metavar, kind, default, text in (
            ('--new', 'DIR', Path, None, 'write files to start from to DIR, '
             'and check nothing; what is there stays as it is'),
            ('--tasks', '0,1,2,3', _tasks, [0, 1, 2, 3], 'the tasks to check '
             '(default: all; one whose file is missing is not right)'),
            ('--jobs', 'N', _positive(int), 2, 'how many modules to check at '
             'a time (default: 2)'),
            ('--time-limit', 'SECONDS', _positive(float), 60, 'what a module '
             'may take for a step, such as its import or training (default: '
             '60); all steps may take ten times as long'),
            ('--seed', 'N', _seed, secrets.randbelow(SEEDS), 'the random '
             'seed of what is drawn to check with, as a report prints it '
             '(default: another each time)'),
            ('--reports', 'DIR', Path, None, 'write a report for each folder '
             'to DIR'),
            ('--csv', 'FILE', Path, None, 'write the table to FILE'),
            ('--html', 'FILE', Path, None, 'write the table and all reports '
             'to FILE, a page'),
            ('--json', 'FILE', Path, None, 'write all to FILE')):
        parser.add_argument(name, metavar=metavar, type=kind, help=text,
                            default=default)
    parser.add_argument(
        '--watch', action='store_true', help='stay, and check a file of the '
        'folder again when it is saved')
    parser.add_argument(
        'folders', nargs='*', metavar='DIR', type=Path, help='a folder with '
        + ', '.join(f'{name}.py' for name in MODULES))
    options = parser.parse_args(arguments)
    files = options.csv, options.html, options.json, options.reports
    if options.new and (options.folders or options.watch or any(files)):
        parser.error('--new DIR takes no other folder, and writes no table')
    if not options.new and not options.folders:
        parser.error('the following arguments are required: DIR')
    if options.watch and (len(options.folders) > 1 or any(files)):
        parser.error('--watch takes one folder, and writes no files')
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


def _seed(text):
    """Return the seed that a text stands for."""
    if not (text.isdecimal() and int(text) < SEEDS):
        raise argparse.ArgumentTypeError(
            f'expected an integer from 0 to {SEEDS - 1}, got {text!r}')
    return int(text)


def main(arguments=None, starter=None):
    """Run the command; return its exit status.

    Args:
        arguments: List of strings, by default those of the process.
        starter: A `process.Starter` to use, and not to close, or None.
    """
    open_streams()
    options = parse(arguments)
    try:
        if options.new:
            say('\n'.join(templates.write(options.new, options.tasks)),
                sys.stdout)
            return 0
        folders, status = there(options.folders)
        if not folders:
            return status
        if options.reports:
            options.reports.mkdir(parents=True, exist_ok=True)
        # What cannot be written is said before an hour of judging.
        for file in filter(None, (options.csv, options.html, options.json)):
            file.open('a').close()
        with contextlib.ExitStack() as stack:
            if options.watch:
                return _watch(folders[0], options, starter, stack)
            folders = [Folder(path, options.tasks, name)
                       for path, name in zip(folders, labels(folders))]
            try:
                _check_all(folders, options, starter, stack)
            except KeyboardInterrupt:
                say('\nInterrupted; what was judged by then:', sys.stderr)
                status = 130
    except (OSError, RuntimeError) as error:
        return _fail(error)
    except KeyboardInterrupt:
        return 130
    for write in (_write_reports, _write_csv, _write_html, _write_json):
        try:
            write(folders, options)
        except OSError as error:
            status = _fail(error)
    say(_table(folders, options.tasks) if len(folders) > 1 else
        _report(folders[0], options.seed, _columns(), colored(sys.stdout)),
        sys.stdout)
    return status or int(not all(folder.right for folder in folders))


def run():
    """Run the installed command."""
    raise SystemExit(main())


def open_streams():
    """Make the standard streams take every text, also if they are closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # else a file that is opened would take its place
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for name in ('stdout', 'stderr'):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, 'w', encoding='utf-8'))
        elif hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='backslashreplace')


def say(text, stream, end='\n'):
    """Print a text; what reads it may have ended."""
    try:
        print(text, end=end, file=stream, flush=True)
    except OSError:
        with contextlib.suppress(OSError, ValueError):  # nor at the exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def there(paths):
    """Return those of the paths that are folders, and an exit status."""
    found, status = {}, 0
    for path in paths:
        with contextlib.suppress(OSError):  # it is said where it is read
            if not path.is_dir():
                status = _fail(f'{printable(str(path))} is not a directory.')
                continue
        found[os.path.abspath(path)] = path
    return list(found.values()), status


def _fail(error):
    """Say what is wrong; return the exit status for it."""
    say(f'check-autoencoders: {error}', sys.stderr)
    return 2


def _columns():
    """Return the number of columns for a report in a terminal."""
    if not sys.stdout.isatty():
        return COLUMNS
    return max(60, min(shutil.get_terminal_size().columns, 100))


def _start(starter, stack, progress):
    """Return a `Starter`, and end a new one with the stack."""
    if starter:
        return starter
    say('Starting ...', progress, ' ')
    starter = Starter()
    stack.callback(starter.close)
    say(f'TensorFlow {starter.versions["tensorflow"]}, Keras '
        f'{starter.versions["keras"]}.', progress)
    return starter


def check(folder, task, starter, options, keep=lambda verdict: None):
    """Judge a task of a `Folder`.

    Args:
        keep: Function that gets each verdict as it is found.

    Returns:
        The seconds that it took, and the result.
    """
    started = time.monotonic()
    source = Source(folder.files[f'{MODULES[task]}.py'])

    def complete_and_keep(verdict):
        complete(verdict, source)
        keep(verdict)

    try:
        found = judge(task, folder.files, starter, options.time_limit,
                      options.seed, on_verdict=complete_and_keep)
    except Exception as error:  # it costs this task, and no other
        found = {'notes': [], 'layers': [], 'verdicts': [{
            'name': row.name, 'sentence': row.sentence, 'met': False,
            'expected': 'This can be judged.', 'found': 'It was not judged: '
            f'{type(error).__name__}: {readable(str(error))}', 'change': '',
            'mistake': '', 'again': place > 0}
            for place, row in enumerate(table(task))]}
    return time.monotonic() - started, {**found, 'names': source.names}


def _watch(path, options, starter, stack):
    """Watch a folder until Ctrl-C; return the exit status."""
    starter = _start(starter, stack, sys.stderr)
    watch(Watch(path, options.tasks, lambda folder, task, keep: check(
        folder, task, starter, options, keep), sys.stdout))


def _check_all(folders, options, starter, stack):
    """Judge all modules, and say so on the way."""
    several = len(folders) > 1
    work = [(folder, result) for folder in folders
            for result in set(options.tasks) - {
                r['task'] for r in folder.results}]
    progress = sys.stderr if several or not sys.stdout.isatty() else (
        sys.stdout)
    if not work:
        return
    starter = _start(starter, stack, progress)
    pool = ThreadPoolExecutor(options.jobs)
    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
    running = {pool.submit(check, folder, task, starter, options):
               (folder, task) for folder, task in work}
    for done in as_completed(running):
        (folder, task), (seconds, result) = running[done], done.result()
        folder.add(task, result, seconds)
        if not several:
            say(f'{MODULES[task]}.py: {short(folder.cell(task))} '
                f'({seconds:.0f} s)', progress)
        elif len(folder.results) == len(options.tasks):
            cells = map(short, map(folder.cell, options.tasks))
            say(f'{folder.name}: {", ".join(cells)}', progress)


def _table(folders, tasks):
    """Return the table of several folders."""
    head = ['folder', *(MODULES[task] for task in tasks)]
    rows = [[folder.name, *(short(folder.cell(task)) for task in tasks)]
            for folder in folders]
    sizes = [max(map(len, column)) for column in zip(head, *rows)]
    lines = ['  '.join(text.ljust(size) for text, size in zip(row, sizes))
             .rstrip() for row in [head, ['-' * size for size in sizes],
                                   *rows]]
    notes = [f'{folder.name}: {note}' for folder in folders
             for note in folder.notes]
    right = sum(folder.right for folder in folders)
    return '\n'.join(['', *lines, '', *notes, f'{right} of {len(folders)} '
                      'folders are right.'])


def _report(folder, *more):
    """Return the report of a folder, see `report.report`."""
    notes = ''.join(f'\n{note}\n' for note in folder.notes)
    return notes + report(folder.results, *more)


def _write_reports(folders, options):
    """Write a report for each folder, named after it."""
    taken = set()
    for folder in folders if options.reports else ():
        name = re.sub(r'[/\\]', '-', folder.name).encode()[:200].decode(
            errors='ignore')
        while name.lower() in taken:
            name += '_'
        taken.add(name.lower())
        (options.reports / f'{name}.txt').write_text(
            '\n'.join([folder.name + '\n' + _report(
                folder, options.seed, COLUMNS, False, True), *(
                    f'{"-" * 70}\n{entry(anchor)}\n'
                    for anchor in entries(folder.results))]),
            encoding='utf-8', errors='backslashreplace')


def _write_csv(folders, options):
    """Write the table, in cells that spreadsheets leave as they are."""
    if not options.csv:
        return
    head = ['folder', 'right', 'met', 'of']
    for task in options.tasks:
        head += [MODULES[task], f'{MODULES[task]} met', f'{MODULES[task]} of']
    # With a mark of its encoding, for Excel.
    with open(options.csv, 'w', newline='', encoding='utf-8-sig') as file:
        rows = csv.writer(file)
        rows.writerow(head)
        for folder in folders:
            cells = [folder.cell(task) for task in options.tasks]
            rows.writerow([
                text_cell(folder.name), 'yes' if folder.right else 'no',
                sum(met for met, _, _ in cells),
                sum(total for _, total, _ in cells),
                *(value for met, total, word in cells
                  for value in (word, met, total))])


def text_cell(text):
    """Return a text that no spreadsheet takes for a formula or a date."""
    months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec'
    date = rf'(?i)(?![1-9]\d*$)([\d\s.,:/e+-]|am|pm|({months})[a-z]*)+'
    return "'" * bool(re.match(r'[=+\-@]', text)
                      or re.fullmatch(date, text)) + text


def _write_html(folders, options):
    """Write the page."""
    if options.html:
        options.html.write_text(
            page(folders, options.tasks, options.seed), encoding='utf-8',
            errors='backslashreplace')


def _write_json(folders, options):
    """Write all that is known."""
    if options.json:
        options.json.write_text(json.dumps([
            {'folder': folder.name, 'right': folder.right,
             'seed': options.seed, 'notes': folder.notes,
             'tasks': folder.results} for folder in folders], indent=1)
            + '\n', encoding='utf-8')
