"""The command: checks the solutions in one or several folders.

    python -m checker DIR [DIR ...]
    python -m checker --watch DIR
    python -m checker --new DIR

Exit status: 0 if all that was asked for is right, 1 if not, 2 if the command
is wrong, TensorFlow cannot be imported or a file cannot be written, 130 after
Ctrl-C.
"""

import argparse
import csv
import io
import json
import os
import re
import secrets
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path

from checker.assignment import MODULES
from checker.folder import FILES, Folder, labels, printable
from checker.judge import judge
from checker.mistakes import ENTRIES
from checker.process import Starter
from checker.report import HERE, colored, entries, page, report
from checker.requirements import table
from checker.source import readable
from checker.watch import Watch, watch

SEEDS = 2**31
# What spreadsheets take for a formula, or for a date.
NO_TEXT = re.compile(
    r'(?i)[=+\-@].*|(?![1-9]\d*$)([\d\s.,:/e+-]|am|pm|(jan|feb|mar|apr|may|jun'
    r'|jul|aug|sep|oct|nov|dec)[a-z]*)+'
)


def parse(arguments):
    """Return the options, or end with what is wrong with them."""
    parser = argparse.ArgumentParser(
        prog='check-autoencoders',
        description='Check solutions of the '
        'assignment "Autoencoders". This runs their code: what you do not '
        'trust belongs in a container.',
    )
    for name, metavar, kind, default, text in (
        (
            '--new',
            'DIR',
            Path,
            None,
            'write files to start from to DIR, '
            'and check nothing; what is there stays as it is',
        ),
        (
            '--tasks',
            '0,1,2,3',
            kind_of(
                lambda text: sorted(
                    {[*'0123'].index(one) for one in text.split(',')}
                ),
                'numbers from 0 to 3 with commas',
                bool,
            ),
            [0, 1, 2, 3],
            'the tasks to check (default: all; one whose file '
            'is missing is not right)',
        ),
        (
            '--jobs',
            'N',
            kind_of(int),
            2,
            'how many modules to check at a time (default: 2)',
        ),
        (
            '--time-limit',
            'SECONDS',
            kind_of(float),
            60,
            'what a module '
            'may take for a step, such as its import or training (default: '
            '60); all steps may take ten times as long',
        ),
        (
            '--seed',
            'N',
            kind_of(
                int,
                f'an integer from 0 to {SEEDS - 1}',
                lambda seed: 0 <= seed < SEEDS,
            ),
            secrets.randbelow(SEEDS),
            'the random seed of what is drawn to '
            'check with, as a report prints it (default: another each time)',
        ),
        (
            '--reports',
            'DIR',
            Path,
            None,
            'write a report for each folder to DIR',
        ),
        ('--csv', 'FILE', Path, None, 'write the table to FILE'),
        (
            '--html',
            'FILE',
            Path,
            None,
            'write the table and all reports to FILE, a page',
        ),
        ('--json', 'FILE', Path, None, 'write all to FILE'),
    ):
        parser.add_argument(
            name, metavar=metavar, type=kind, help=text, default=default
        )
    parser.add_argument(
        '--watch',
        action='store_true',
        help='stay, and check a file of the folder again when it is saved',
    )
    parser.add_argument(
        'folders',
        nargs='*',
        metavar='DIR',
        type=Path,
        help=f'a folder with {", ".join(FILES)}',
    )
    options = parser.parse_args(arguments)
    files = any((options.csv, options.html, options.json, options.reports))
    if options.new and (options.folders or options.watch or files):
        parser.error('--new DIR takes no other folder, and writes no table')
    if not options.new and not options.folders:
        parser.error('the following arguments are required: DIR')
    if options.watch and (len(options.folders) > 1 or files):
        parser.error('--watch takes one folder, and writes no files')
    return options


def kind_of(
    convert,
    expected='a positive number',
    is_right=lambda number: 0 < number < 1e6,
):
    """Return a type of arguments: a function of a text."""

    def kind(text):
        with suppress(ValueError):
            if is_right(value := convert(text)):
                return value
        raise argparse.ArgumentTypeError(f'expected {expected}, got {text!r}')

    return kind


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
            return write_new(options.new, options.tasks)
        folders, status = {}, 0
        for path in options.folders:
            with suppress(OSError):  # it is said where it is read
                if not path.is_dir():
                    path = printable(str(path))
                    status = fail(f'{path} is not a directory.')
                    continue
            folders[os.path.abspath(path)] = path
        if not folders:
            return status
        if options.reports:
            options.reports.mkdir(parents=True, exist_ok=True)
        # What cannot be written is said before an hour of judging.
        for file in filter(None, (options.csv, options.html, options.json)):
            file.open('a').close()
        with ExitStack() as stack:
            if options.watch:
                starter = start(starter, stack, sys.stderr)
                watch(
                    Watch(
                        *folders.values(),
                        options.tasks,
                        partial(check, starter, options),
                        sys.stdout,
                    )
                )
            folders = [
                Folder(path, options.tasks, name)
                for path, name in zip(folders.values(), labels(folders))
            ]
            try:
                check_all(folders, options, starter, stack)
            except KeyboardInterrupt:
                say('\nInterrupted; what was judged by then:', sys.stderr)
                status = 130
    except (OSError, RuntimeError) as error:
        return fail(error)
    except KeyboardInterrupt:
        return 130
    for file, text in files_of(folders, options):
        try:
            file.write_bytes(text.encode(errors='backslashreplace'))
        except OSError as error:
            status = fail(error)
    columns = (
        max(60, min(shutil.get_terminal_size().columns, 100))
        if (sys.stdout.isatty())
        else 79
    )
    say(
        table_of(folders, options.tasks)
        if len(folders) > 1
        else report(folders[0], options.seed, columns, colored(sys.stdout))
    )
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
    sys.stdout = sys.stdout or open(os.devnull, 'w', encoding='utf-8')
    sys.stderr = sys.stderr or open(os.devnull, 'w', encoding='utf-8')
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='backslashreplace')


def say(text, stream=None, end='\n'):
    """Print a text; what reads it may have ended."""
    try:
        print(text, end=end, file=stream, flush=True)
    except OSError:
        with suppress(OSError, ValueError):  # nor at the exit
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, (stream or sys.stdout).fileno())


def fail(error):
    """Say what is wrong; return the exit status for it."""
    say(f'check-autoencoders: {error}', sys.stderr)
    return 2


def write_new(folder, tasks):
    """Write the files to start from that are not there; return 0."""
    folder.mkdir(parents=True, exist_ok=True)
    for task in tasks:
        file = folder / FILES[task]
        try:
            with file.open('xb') as stream:
                stream.write((HERE / f'new/{MODULES[task]}.txt').read_bytes())
            file.chmod(0o755)
            say(f'Wrote {file}')
        except FileExistsError:
            say(f'{file} already exists: it is left unchanged.')
    return 0


def start(starter, stack, progress):
    """Return a `Starter`, and end a new one with the stack."""
    if not starter:
        say('Starting ...', progress, ' ')
        starter = stack.enter_context(closing(Starter()))
        say(
            f'TensorFlow {starter.versions["tensorflow"]}, Keras '
            f'{starter.versions["keras"]}.',
            progress,
        )
    return starter


def check(starter, options, folder, task, keep=lambda verdict: None):
    """Judge a task of a `Folder`; return the result, and how long it took."""
    started = time.monotonic()
    try:
        found = judge(
            task,
            folder.files,
            starter,
            options.time_limit,
            options.seed,
            on_verdict=keep,
        )
    except Exception as error:  # it costs this task, and no other
        found = {
            'notes': [],
            'layers': [],
            'verdicts': [
                {
                    'name': row.name,
                    'sentence': row.sentence,
                    'met': False,
                    'expected': 'This can be judged.',
                    'found': 'It was not judged: '
                    f'{type(error).__name__}: {readable(str(error))}',
                    'change': '',
                    'mistake': '',
                    'again': place > 0,
                }
                for place, row in enumerate(table(task))
            ],
        }
    return found, time.monotonic() - started


def check_all(folders, options, starter, stack):
    """Judge all modules, and say so on the way."""
    work = [
        (folder, task)
        for folder in folders
        for task in options.tasks
        if task not in folder.results
    ]
    if not work:
        return
    alone = len(folders) == 1
    progress = sys.stdout if alone and sys.stdout.isatty() else sys.stderr
    starter = start(starter, stack, progress)
    pool = ThreadPoolExecutor(options.jobs)
    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
    running = {pool.submit(check, starter, options, *one): one for one in work}
    for done in as_completed(running):
        (folder, task), (result, seconds) = running[done], done.result()
        folder.add(task, result, seconds)
        if alone:
            say(
                f'{FILES[task]}: {folder.short(task)} ({seconds:.0f} s)',
                progress,
            )
        elif len(folder.results) == len(options.tasks):
            say(
                f'{folder.name}: '
                f'{", ".join(map(folder.short, options.tasks))}',
                progress,
            )


def table_of(folders, tasks):
    """Return the table of several folders."""
    rows = [
        ['folder', *(MODULES[task] for task in tasks)],
        *([folder.name, *map(folder.short, tasks)] for folder in folders),
    ]
    sizes = [max(map(len, column)) for column in zip(*rows)]
    rows.insert(1, ['-' * size for size in sizes])
    return '\n'.join(
        [
            '',
            *('  '.join(map(str.ljust, row, sizes)).rstrip() for row in rows),
            '',
            *(
                f'{folder.name}: {note}'
                for folder in folders
                for note in folder.notes
            ),
            f'{sum(folder.right for folder in folders)} of {len(folders)} '
            'folders are right.',
        ]
    )


def files_of(folders, options):
    """Yield the files to write, and their texts."""
    taken = set()
    for folder in folders if options.reports else ():
        name = (
            re.sub(r'[/\\]', '-', folder.name)
            .encode()[:200]
            .decode(errors='ignore')
        )
        while name.lower() in taken:
            name += '_'
        taken.add(name.lower())
        yield (
            options.reports / f'{name}.txt',
            '\n'.join(
                [
                    folder.name,
                    report(folder, options.seed, below=True),
                    *(
                        f'{"-" * 70}\n{ENTRIES[anchor].title}\n\n'
                        f'{ENTRIES[anchor].markdown}\n'
                        for anchor in entries([folder])
                    ),
                ]
            ),
        )
    if options.csv:
        yield options.csv, csv_of(folders, options.tasks)
    if options.html:
        yield options.html, page(folders, options.tasks, options.seed)
    if options.json:
        yield (
            options.json,
            json.dumps(
                [
                    {
                        'folder': folder.name,
                        'right': folder.right,
                        'seed': options.seed,
                        'notes': folder.notes,
                        'tasks': [*folder.results.values()],
                    }
                    for folder in folders
                ],
                indent=1,
            )
            + '\n',
        )


def csv_of(folders, tasks):
    """Return the table, in cells that spreadsheets leave as they are."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(
        [
            'folder',
            'right',
            'met',
            'of',
            *(
                f'{MODULES[task]}{more}'
                for task in tasks
                for more in ('', ' met', ' of')
            ),
        ]
    )
    for folder in folders:
        cells = [folder.cell(task) for task in tasks]
        rows.writerow(
            [
                "'" * bool(NO_TEXT.fullmatch(folder.name)) + folder.name,
                'yes' if folder.right else 'no',
                sum(cell[0] for cell in cells),
                sum(cell[1] for cell in cells),
                *(
                    value
                    for met, total, word in cells
                    for value in (word, met, total)
                ),
            ]
        )
    # With a mark of its encoding, for Excel.
    return '\ufeff' + file.getvalue()


if __name__ == '__main__':
    run()
