"""The pytest side: `--solution`, a process for each task, and the report.

The tests in this folder run in a process of their own for each task, see
judge.py; here their verdicts become the outcomes of pytest's tests.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest

from checker.models import MODULES

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TITLES = ['vanilla', 'sparse', 'convolutional', 'variational']


def pytest_addoption(parser):
    """Add the options of the checker."""
    group = parser.getgroup('solution', 'checking a solution')
    group.addoption(
        '--solution', metavar='DIR',
        help='check the modules of the assignment in DIR, in place of all '
             'other tests; this runs their code')
    group.addoption(
        '--time-limit', metavar='SECONDS', type=float, default=60,
        help='the time that a module may take for a step, such as its '
             'import, building or training models (default: 60)')


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Set up pytest for a solution: one process, a report of its own."""
    folder = config.option.solution
    if folder is None:
        return
    found = [name for name in MODULES
             if (Path(folder) / f'{name}.py').is_file()]
    if not Path(folder).is_dir():
        raise pytest.UsageError(f'--solution: {folder} is not a folder.')
    if not found:
        raise pytest.UsageError(
            f'--solution: {folder} has none of '
            f'{", ".join(name + ".py" for name in MODULES)}.')
    # The tasks run in processes of their own already.
    config.option.numprocesses = None
    config.option.dist, config.option.tx = 'no', []
    # The report says all there is to say.
    config.option.reportchars = ''
    config.option.disable_warnings = True
    if config.option.tbstyle == 'auto':
        config.option.tbstyle = 'no'


def pytest_configure(config):
    """Register what runs and reports the tasks."""
    folder = config.option.solution
    config.pluginmanager.register(
        Tasks(Path(folder or ROOT).resolve(), config.option.time_limit),
        'tasks')
    if folder is not None:
        config.pluginmanager.register(Report(config), 'report')


def pytest_ignore_collect(collection_path, config):
    """With a solution, leave all other tests out."""
    if config.option.solution is not None and (
            collection_path.is_file() and collection_path.parent
            != HERE.parent):
        return True
    return None


@pytest.fixture
def solution():
    """The solution under test; it lives in the process of its task."""


class Tasks:
    """Runs each task in a process of its own.

    Args:
        folder: Path, where the modules are.
        limit: Float, the seconds that each may take.
    """

    def __init__(self, folder, limit):
        """Start nothing yet."""
        self.folder, self.limit = folder, limit
        self.pool = ThreadPoolExecutor(2)
        self.running, self.futures = set(), {}
        self.seen = set()
        self.ended = False

    def start(self, task):
        """Start a task, once, or when a process is free."""
        if task not in self.futures:
            self.futures[task] = self.pool.submit(self._run, task)
        return self.futures[task]

    def _run(self, task):
        """Return the results of a task.

        Returns:
            Dict with the `verdicts`, from the name of a test to its
            verdict, the `notes`, and the `seconds` it took.
        """
        path = self.folder / f'{MODULES[task]}.py'
        temporary = tempfile.mkdtemp()
        results = Path(temporary) / 'results'
        results.touch()
        start = time.monotonic()
        environment = {
            **os.environ, 'MPLBACKEND': 'Agg', 'TF_CPP_MIN_LOG_LEVEL': '3',
            'PYTHONDONTWRITEBYTECODE': '1'}
        try:
            if self.ended:
                return {'verdicts': {}, 'notes': [], 'seconds': 0}
            process = subprocess.Popen(
                [sys.executable, HERE / 'judge.py', str(task), path,
                 results], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                cwd=self.folder, env=environment, start_new_session=True)
            self.running.add(process)
            status = wait(process, results, self.limit)
            kill(process)
            return {**read(results, status, self.limit),
                    'seconds': time.monotonic() - start}
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def verdict(self, task, name):
        """Return the verdict of a test; waits for the end of its task."""
        results = self.start(task).result()
        verdict = results['verdicts'].get(name, results.get('broken'))
        if not verdict['met']:
            # Which test comes first depends on which are selected.
            key = (task, verdict['found'])
            verdict = {**verdict, 'again': key in self.seen}
            self.seen.add(key)
        return verdict

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem):
        """Give a test of this folder the outcome of its verdict."""
        task = task_of(pyfuncitem)
        if task is None:
            return None
        verdict = self.verdict(task, pyfuncitem.name)
        pyfuncitem.user_properties.append(('task', MODULES[task]))
        pyfuncitem.config.hook.pytest_verdict(
            task=task, name=pyfuncitem.name, verdict=verdict)
        if verdict['met']:
            return True
        if verdict['again']:
            pytest.skip('not judged, for the same reason as another: '
                        + verdict['found'])
        pytest.fail(as_text(verdict), pytrace=False)

    def pytest_sessionfinish(self):
        """End what still runs."""
        self.ended = True
        for process in list(self.running):
            kill(process)
        self.pool.shutdown()


class Verdicts:
    """The hook that tells of a verdict."""

    @pytest.hookspec
    def pytest_verdict(self, task, name, verdict):
        """Take note of the verdict of a test."""


def pytest_addhooks(pluginmanager):
    """Add the hook that tells of a verdict."""
    pluginmanager.add_hookspecs(Verdicts)


def task_of(item):
    """Return the number of the task that an item tests, or None."""
    if item.path.parent != HERE.parent:
        return None
    return int(item.path.name[len('test_')])


def kill(process):
    """End a process with all it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def wait(process, results, limit):
    """Return the exit status of a process, or None if it takes too long.

    Args:
        process: The process.
        results: Path of a file, which grows with each step.
        limit: Float, the seconds that a step may take.
    """
    size, since = -1, time.monotonic()
    # The first steps are not the solution's: TensorFlow takes its time.
    while time.monotonic() - since < (limit if size > 0 else max(limit, 60)):
        try:
            return process.wait(min(0.5, limit))
        except subprocess.TimeoutExpired:
            if results.stat().st_size != size:
                size, since = results.stat().st_size, time.monotonic()
    return None


def read(path, status, limit):
    """Return what a process wrote down.

    Args:
        path: Path of its results.
        status: Integer, its exit status; None if it was stopped.
        limit: Float, the seconds that it had.
    """
    results = {'verdicts': {}, 'notes': []}
    doing, broken = 'starting', None
    for line in path.read_text(encoding='utf-8').splitlines():
        try:
            line = json.loads(line)
        except ValueError:  # cut short by the end of the process
            continue
        doing = line.get('doing', doing)
        broken = line.get('broken', broken)
        results['notes'] = line.get('notes', results['notes'])
        if 'test' in line:
            results['verdicts'][line['test']] = line
    if broken is None:
        broken = {'expected': f'{doing[0].upper()}{doing[1:]} comes to an '
                  'end.', 'mistake': 'module'}
        if status is None:
            broken['found'] = (f'It was stopped after {limit:g} seconds, '
                               f'the time limit, while {doing}.')
            broken['change'] = ('Look for an endless loop, or for training '
                                'in the module. `--time-limit 300` gives it '
                                'more time.')
        else:
            signalled = ''
            if status < 0:
                signalled = f' by {signal.Signals(-status).name}'
            broken['found'] = ('The process was ended'
                               + (signalled or f' with status {status}')
                               + f', while {doing}.')
            broken['change'] = ('Look for `os._exit`, or for what takes too '
                                'much memory.')
    results['broken'] = {**broken, 'met': False}
    return results


def as_text(verdict):
    """Return what a verdict says, a line for each part."""
    lines = [('Expected: ', verdict['expected']),
             ('Found:    ', verdict['found']),
             ('Change:   ', verdict['change'])]
    if verdict['mistake']:
        lines.append(('See:      ',
                      f'docs/mistakes.md#{verdict["mistake"]}'))
    return '\n'.join(title + text for title, text in lines if text)


class Report:
    """Prints what a person wants to know of a solution.

    Args:
        config: The configuration of pytest.
    """

    def __init__(self, config):
        """Find the modules."""
        self.config = config
        self.tasks = config.pluginmanager.get_plugin('tasks')
        self.selected, self.verdicts = {}, {}
        self.told = set()

    @property
    def terminal(self):
        """What writes to the terminal."""
        return self.config.pluginmanager.get_plugin('terminalreporter')

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items, config):
        """Keep the tests of modules that exist, and start these."""
        kept = [item for item in items if
                (self.tasks.folder / f'{MODULES[task_of(item)]}.py').is_file()]
        gone = [item for item in items if item not in kept]
        items[:] = kept
        if gone:
            config.hook.pytest_deselected(items=gone)

    def pytest_collection_finish(self, session):
        """Start the tasks, and say so."""
        if session.config.option.collectonly:
            return
        for item in session.items:
            self.selected.setdefault(task_of(item), []).append(item.name)
        if not self.selected:
            return
        # The lines of the tasks are the progress.
        self.terminal._show_progress_info = False
        names = [f'{MODULES[task]}.py' for task in self.selected]
        self.terminal.write_line(
            f'Checking {", ".join(names)} with TensorFlow '
            f'{version("tensorflow")}, Keras {version("keras")}.')
        for task in self.selected:
            self.tasks.start(task)

    def pytest_runtest_logstart(self, nodeid):
        """Say which task pytest waits for."""
        for task in self.selected:
            if f'test_{task}_' in nodeid and task not in self.told:
                self.told.add(task)
                self.terminal.write(f'{MODULES[task]}.py ... ')
                self.terminal.flush()
                seconds = self.tasks.start(task).result()['seconds']
                self.terminal.write_line(f'{seconds:.0f} s')

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        """Print no letter for a test."""
        if report.outcome == 'passed' and report.when != 'call':
            return None
        return report.outcome, '', ''

    def pytest_verdict(self, task, name, verdict):
        """Keep a verdict for the report."""
        self.verdicts.setdefault(task, {})[name] = verdict

    def pytest_terminal_summary(self, terminalreporter):
        """Print the report."""
        for task in self.selected:
            self._report(task, terminalreporter)

    def _report(self, task, terminal):
        """Print the report of a task."""
        verdicts = self.verdicts.get(task, {})
        total = len(self.selected[task])
        met = sum(verdict['met'] for verdict in verdicts.values())
        again = [name for name, verdict in verdicts.items()
                 if not verdict['met'] and verdict['again']]
        title = f'{MODULES[task]}.py, the {TITLES[task]} autoencoder: '
        right = met == total
        terminal.write_line('')
        terminal.write_line(
            title + (f'right, all {total} requirements are met.' if right else
                     f'{met} of {total} requirements are met.'),
            bold=True, green=right, red=not right)
        count = 0
        for name, verdict in verdicts.items():
            if verdict['met'] or verdict['again']:
                continue
            count += 1
            terminal.write_line(f'  {count}. {words(name)}')
            for line in as_text(verdict).splitlines():
                terminal.write_line(fill(line, '     ', ' ' * 15))
        if again and len(again) == total - 1:
            terminal.write_line('  All others cannot be judged before that.')
        elif again:
            terminal.write_line(fill(
                'Not judged, for the same reason: '
                + ', '.join(map(words, again)) + '.', '  ', '  '))
        if len(verdicts) < total:
            terminal.write_line(
                f'  Not run: {total - len(verdicts)} requirements.')
        if task in self.tasks.futures and self.tasks.futures[task].done():
            for note in self.tasks.futures[task].result()['notes']:
                terminal.write_line(fill('Note: ' + note, '  ', '  '))


def words(name):
    """Return the name of a test as words."""
    return name[len('test_'):].replace('_', ' ')


def fill(text, first, rest):
    """Return a text in lines that fit a terminal."""
    width = min(shutil.get_terminal_size().columns, 100)
    return textwrap.fill(text, max(width, 60), initial_indent=first,
                         subsequent_indent=rest, break_long_words=False,
                         break_on_hyphens=False)
