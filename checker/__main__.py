"""The command: checks the solutions in one or several folders.

    python -m checker DIR [DIR ...]
    python -m checker --watch DIR
    python -m checker --new DIR

Exit status: 0 if all that was asked for is correct; 1 if not; 2 if the command
is wrong, TensorFlow cannot be imported or a file cannot be written; 3 if
something could not be judged for want of disk space or the like; 128 and the
number of the signal after a signal, such as 130 after Ctrl-C.
"""

import importlib
import os
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing, suppress
from functools import partial

from checker import interrupts
from checker.faults import MachineFailure
from checker.files import printable
from checker.folder import FILES, Folder, labels
from checker.new_files import write_new
from checker.options import parse
from checker.outputs import files_of, is_standard_output, write
from checker.report import (
    PAGE,
    Layout,
    colored,
    entries,
    entry_text,
    report,
)
from checker.source import readable
from checker.streams import fail, open_streams, say
from checker.tables import table_of
from checker.watch import Watch, watch
from checker.workers import Workers

WRONG, UNUSABLE, MACHINE = 1, 2, 3
# The status after a signal is larger than this.
SIGNALS = 128


def run():
    """Run the installed command."""
    interrupts.install()
    raise SystemExit(main())


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
        return check_folders(options, starter)
    except (MachineFailure, OSError, RuntimeError) as error:
        return fail(cause_of(error), status_of(error))
    except KeyboardInterrupt as interrupt:
        return status_of(interrupt)


def check_folders(options, starter):
    """Judge the folders that the options name; return the exit status."""
    paths, status = existing(options.folders)
    if not paths:
        return status
    if not prepare(options):
        return UNUSABLE
    names = labels(paths)
    with ExitStack() as stack:
        workers = Workers(starter)
        if options.watch:
            stack.enter_context(closing(workers))
            watch_folder(options, workers)
        folders = [
            Folder(path, options.tasks, name)
            for path, name in zip(paths.values(), names)
        ]
        try:
            check_all(folders, options, workers, stack)
        except KeyboardInterrupt as interrupt:
            status = status_of(interrupt)
            say('\nInterrupted. This was judged until then:', sys.stderr)
    # What is judged is written, whatever signals come now.
    interrupts.ignore()
    return finish(folders, options, status)


def existing(folders):
    """Return the folders that are there, and the exit status so far.

    Returns:
        Dict from each absolute path to the path as it was given, and 2 if
        one of them is not a folder, else 0.
    """
    paths, status = {}, 0
    for path in folders:
        is_folder = True
        with suppress(OSError):  # it is said where it is read
            is_folder = path.is_dir()
        if is_folder:
            paths[os.path.abspath(path)] = path
        else:
            name = printable(str(path))
            status = fail(f'{name} is not a directory.', UNUSABLE)
    return paths, status


def prepare(options):
    """Tell whether all files can be written, before an hour of judging."""
    try:
        if options.reports:
            options.reports.mkdir(parents=True, exist_ok=True)
        for file in options.files:
            check_writable(file)
    except OSError as error:
        fail(error, UNUSABLE)
        return False
    return True


def check_writable(file):
    """Raise an OSError if a file cannot be written.

    Others than ordinary files, such as pipes, are opened once only: when they
    are written.
    """
    if is_standard_output(file):
        return
    if not file.exists() or file.is_file():
        file.open('a').close()


def start_tensorflow(workers):
    """Start TensorFlow here and where workers start, side by side.

    Returns:
        Its version and that of Keras, as a text.
    """

    def import_judge():
        """Import the judge; if that fails, it is told where it is used."""
        with suppress(Exception):
            importlib.import_module('checker.judge')

    thread = threading.Thread(target=import_judge, daemon=True)
    thread.start()
    versions = workers.prepare()
    thread.join()
    return versions


def judge(*arguments, **options):
    """Call `checker.judge.judge`, see there.

    It is imported late, because TensorFlow, which it needs, takes seconds.
    """
    module = importlib.import_module('checker.judge')
    return module.judge(*arguments, **options)


def watch_folder(options, workers):
    """Judge one folder whenever a file is saved, until a signal."""
    say('Starting ...', sys.stderr, ' ')
    say(start_tensorflow(workers), sys.stderr)
    (path,) = options.folders
    watched = Watch(
        path, options.tasks, workers, partial(check, options), sys.stdout
    )
    with closing(watched):
        watch(watched)


def check(options, starter, folder, task, keep=lambda verdict: None):
    """Judge a task of a `Folder`.

    Args:
        options: What `options.parse` returns.
        starter: What starts the worker.
        folder: A `Folder`.
        task: Integer.
        keep: Function that gets each verdict as it is found.

    Returns:
        The result, see `Folder`, and the seconds that it took.
    """
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
            'verdicts': [],
            'notes': [],
            'layers': [],
            'failure': cause_of(error),
        }
    return found, time.monotonic() - started


def cause_of(error):
    """Return in a line what kept something from being judged."""
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
        if error.filename is not None:
            text += f': {printable(os.fsdecode(error.filename))}'
        return text
    if isinstance(error, (MachineFailure, OSError, RuntimeError)):
        return readable(str(error))
    return f'{type(error).__name__}: {readable(str(error))}'


def status_of(error):
    """Return the exit status for an exception that ends the command."""
    if isinstance(error, interrupts.Interrupted):
        return error.status
    if isinstance(error, KeyboardInterrupt):
        return 130
    if isinstance(error, (MachineFailure, OSError)):
        return MACHINE
    return UNUSABLE


def check_all(folders, options, workers, stack):
    """Judge all modules, and report the progress.

    Args:
        folders: List of `Folder`s; they get the results.
        options: What `options.parse` returns.
        workers: A `Workers`.
        stack: An `ExitStack`, which ends what is started here.
    """
    work = [
        (folder, task)
        for folder in folders
        for task in options.tasks
        if task not in folder.results
    ]
    if not work:
        return
    pool = ThreadPoolExecutor(options.jobs)
    # In the end, what is running ends with its workers, and cleans up.
    stack.callback(pool.shutdown)
    stack.enter_context(closing(workers))
    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
    progress = sys.stderr
    if len(folders) == 1 and sys.stdout.isatty():
        progress = sys.stdout
    say('Starting ...', progress, ' ')
    say(start_tensorflow(workers), progress)
    running = {pool.submit(check, options, workers, *one): one for one in work}
    for done in as_completed(running):
        folder, task = running[done]
        folder.add(task, *done.result())
        line = progress_line(folder, task, len(folders) == 1)
        if line:
            say(line, progress)


def progress_line(folder, task, alone):
    """Return what is printed once a task is judged, or an empty text.

    Args:
        folder: A `Folder`.
        task: Integer.
        alone: Whether there is no other folder. Else a line is printed when
            all tasks of a folder are judged.
    """
    if alone:
        seconds = folder.results[task]['seconds']
        return f'{FILES[task]}: {folder.short(task)} ({seconds:.0f} s)'
    if len(folder.results) < len(folder.tasks):
        return ''
    return f'{folder.name}: {", ".join(map(folder.short, folder.tasks))}'


def finish(folders, options, status):
    """Write all files, and print the report or the table.

    Returns:
        The exit status.
    """
    for path, text in files_of(folders, options):
        try:
            write(path, text)
        except OSError as error:
            status = status or fail(error, UNUSABLE)
    # What reads the table from standard output gets nothing else.
    stream = sys.stdout
    if any(map(is_standard_output, options.files)):
        stream = sys.stderr
    say(shown(folders, options, stream), stream)
    return final_status(folders, status)


def final_status(folders, status):
    """Return the exit status, and say what could not be judged.

    Args:
        folders: List of `Folder`s.
        status: Integer, that of a signal or of a wrong command, or 0.
    """
    failures = []
    for folder in folders:
        failures += folder.failures
    for failure in dict.fromkeys(failures):
        fail(f'not judged: {failure}', MACHINE)
    if failures and status < SIGNALS:
        return MACHINE
    if status or all(folder.is_correct for folder in folders):
        return status
    return WRONG


def shown(folders, options, stream):
    """Return what is printed in the end: a report, or the table of a class."""
    if len(folders) > 1:
        return table_of(folders, options.tasks)
    columns = 79
    if stream.isatty():
        columns = max(40, min(shutil.get_terminal_size().columns, 100))
    layout = Layout(columns, colored(stream))
    text = report(folders[0], options.seed, layout)
    if PAGE.is_file():
        return text
    # Installed, the command has no page to refer to.
    return '\n'.join([text, *map(entry_text, entries(folders))])


if __name__ == '__main__':
    run()
