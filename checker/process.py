"""Workers: how they are started, asked, limited and ended.

A worker runs with the same settings of Keras for every solution, in a folder
of its own: so neither this repository nor a person's settings reach the code
that is judged. (The processes of `multiprocessing` would get the search path,
the main module and the environment of this one.)

server.py is the other side: the processes that are started here run it.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

from checker import server, worker
from checker.faults import MachineFailure, ProtocolError, WorkerDied

PACKAGE = Path(__file__).resolve().parent
# What TensorFlow may take to start, and a worker to say that it is there, in
# seconds; no limit for a module.
START, HELLO = 900, 60
# How many times the limit of an answer all answers together may take.
WHOLE = 10
# The line of server.py that cannot be run there.
IMPORTED = 'from checker.worker import Worker, describe, versions\n'
# It runs under a name that the assignment's scripts have.
SCRIPT = '0-main.py'
# The variables of a person that Python or TensorFlow may need. All others
# stay here: some are secret, or tell where the solutions are.
INHERITED = {
    'CONDA_PREFIX',
    'DYLD_LIBRARY_PATH',
    'HOME',
    'LANG',
    'LANGUAGE',
    'LC_ALL',
    'LC_CTYPE',
    'LD_LIBRARY_PATH',
    'LOGNAME',
    'OMP_NUM_THREADS',
    'PATH',
    'PYTHONHOME',
    'PYTHONPATH',
    'PYTHONUSERBASE',
    'TEMP',
    'TF_USE_LEGACY_KERAS',
    'TMP',
    'TMPDIR',
    'TZ',
    'USER',
    'VIRTUAL_ENV',
    # Those of Windows
    'APPDATA',
    'COMSPEC',
    'LOCALAPPDATA',
    'NUMBER_OF_PROCESSORS',
    'PATHEXT',
    'PROGRAMDATA',
    'SYSTEMDRIVE',
    'SYSTEMROOT',
    'USERNAME',
    'USERPROFILE',
    'WINDIR',
}


class Process:
    """A worker in a process of its own.

    Args:
        process: A `psutil.Process`, the worker or its only parent.
        stream: A binary file for messages in both directions.
        limit: Float, the seconds that an answer may take; all answers
            together may take `WHOLE` times as many.
        connection: The socket below the stream, or None.

    Attributes:
        isolated: Whether it sees nothing of the system but Python, system
            folders and its module.

    Raises:
        EOFError, OSError: If nothing answers.
    """

    def __init__(self, process, stream, limit, connection=None):
        """Wait for the worker, and start the clock."""
        self.process, self.stream, self.limit = process, stream, limit
        self.connection, self.limit_exceeded = connection, ''
        try:
            with time_limit(HELLO, self.end):
                hello, _ = server.receive(stream)
            if 'failure' in hello:
                raise OSError(hello['failure'])
        except BaseException:
            self.close()
            raise
        self.isolated = hello['isolated']
        self.ends = time.monotonic() + WHOLE * limit

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays.

        The first question must have the `path` of the module's file.

        Raises:
            WorkerDied: If the process has ended, or took too long.
            ProtocolError: If the answer is none.
        """
        seconds, words = self.limit, f'{self.limit:g} seconds'
        left = self.ends - time.monotonic()
        if left < seconds:
            seconds, words = left, f'{WHOLE * self.limit:g} seconds in all'
        try:
            with time_limit(seconds, self._exceed, words):
                server.send(self.stream, {'do': do, **more}, arrays)
                return server.receive(self.stream)
        except (EOFError, OSError) as error:
            self.close()
            raise WorkerDied(self._why_it_ended()) from error
        except Exception as error:
            self.close()
            raise ProtocolError(
                f'Its answer is no message: {error}'
            ) from error

    def _exceed(self, words):
        """End the process because of the time that it took."""
        self.limit_exceeded = words
        self.end()

    def _why_it_ended(self):
        """Return why there is no answer."""
        if self.limit_exceeded:
            return (
                f'It was stopped after {self.limit_exceeded}, the time limit'
            )
        return 'Its process ended'

    def end(self):
        """End the process and what it started, and wake who waits for it."""
        end_tree(self.process)
        if self.connection is not None:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        """End the process and what it started, and close its stream."""
        self.end()
        close(self.stream, self.connection)


class time_limit:  # noqa: N801
    """A context that calls a function if it takes too many seconds."""

    def __init__(self, seconds, function, *arguments):
        """Prepare the clock."""
        self.timer = threading.Timer(max(seconds, 0), function, arguments)
        self.timer.daemon = True

    def __enter__(self):
        """Start the clock."""
        self.timer.start()

    def __exit__(self, *exception):
        """Stop the clock; if it has run out, wait for what that does."""
        self.timer.cancel()
        self.timer.join()


def end_tree(process):
    """End a process and all below it, those below first."""
    with suppress(psutil.Error):
        # It adopts orphans, and so has to be there until the last of them is
        # found; but if it ran, it could start others meanwhile.
        process.suspend()
    server.end_below(process)
    with suppress(psutil.Error):
        process.kill()
        process.wait(server.PATIENCE)


def close(*files):
    """Close files, also where the other side has ended; None is no file."""
    for file in files:
        if file is not None:
            with suppress(OSError):
                file.close()


class ForkServer:
    """A Python that has imported TensorFlow and forks workers.

    It never runs a line of any solution.

    Args:
        folder: Path, the folder of all workers.

    Attributes:
        versions: Dict of strings, of `tensorflow` and `keras`.

    Raises:
        RuntimeError: If TensorFlow cannot be imported.
        OSError, psutil.Error: If no process can be started.
    """

    def __init__(self, folder):
        """Start the process, and wait for TensorFlow."""
        self.process = None
        self.control, theirs = socket.socketpair()
        self.stream = self.control.makefile('rwb')
        try:
            with theirs:
                self.process = start_python(
                    'fork', folder, theirs, subprocess.DEVNULL
                )
            self.versions = imported(self.process, self.stream)
        except BaseException:
            self.close()
            raise

    def worker(self, limit):
        """Return a new worker.

        Raises:
            EOFError, OSError, psutil.Error: If it cannot be started.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self.control, [b'.'], [theirs.fileno()])
            answer, _ = server.receive(self.stream)
            if 'failure' in answer:
                raise OSError(answer['failure'])
            keeper = psutil.Process(answer['keeper'])
        except BaseException:
            ours.close()
            raise
        return Process(keeper, ours.makefile('rwb'), limit, ours)

    def close(self):
        """End the process and all that it started."""
        if self.process is not None:
            end_tree(self.process)
        close(self.stream, self.control)


class SinglePython:
    """A Python that has imported TensorFlow and becomes a worker itself.

    For arguments, attributes and exceptions, see `ForkServer`.
    """

    def __init__(self, folder):
        """Start the process, and wait for TensorFlow."""
        pipe = subprocess.PIPE
        self.process = start_python('single', folder, pipe, pipe)
        self.stream = io.BufferedRWPair(
            self.process.stdout, self.process.stdin
        )
        try:
            self.versions = imported(
                self.process, self.stream, after=server.READY
            )
        except BaseException:
            self.close()
            raise

    def worker(self, limit):
        """Return the worker; there is no second one."""
        return Process(self.process, self.stream, limit)

    def close(self):
        """End the process and all that it started."""
        end_tree(self.process)
        close(self.stream)


def start_python(mode, folder, stdin, stdout):
    """Return a new process that runs the program of `server.main`.

    Args:
        mode: String, 'fork' or 'single'.
        folder: Path, the folder of all workers.
        stdin: A file, socket or `subprocess.PIPE`; so is `stdout`.
    """
    (folder / SCRIPT).write_text(program(mode, folder), encoding='utf-8')
    return psutil.Popen(
        [sys.executable, f'./{SCRIPT}'],
        bufsize=0,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        env=environment(folder),
        cwd=folder,
        # In a session of its own, it has no terminal to write to.
        start_new_session=True,
    )


def imported(process, stream, after=None):
    """Return the versions of what a new process has imported.

    Args:
        process: A `psutil.Process`.
        stream: The binary file for messages from it.
        after: Bytes, the line before its first message, or None. A Python
            may print others at its start.

    Raises:
        RuntimeError: If TensorFlow cannot be imported.
    """
    try:
        with time_limit(START, end_tree, process):
            if after is not None:
                skip_lines(stream, after)
            versions, _ = server.receive(stream)
    except (EOFError, OSError):
        versions = {'error': 'its process ended'}
    if 'error' in versions:
        raise RuntimeError(
            f'TensorFlow cannot be imported: {versions["error"]}'
        )
    return versions


def skip_lines(stream, last):
    """Read a stream up to the end of a line, or raise EOFError."""
    for line in iter(stream.readline, last):
        if not line:
            raise EOFError


class Starter:
    """Starts workers.

    Where processes can be forked, TensorFlow is imported once for all.

    Attributes:
        versions: Dict of strings, of `tensorflow` and `keras`.
        folder: Path of a temporary folder, which is removed at the end, even
            if this process is killed.

    Raises:
        RuntimeError: If TensorFlow cannot be imported.
        MachineFailure: If no process can be started, or no file written.
    """

    def __init__(self):
        """Start the first process and wait for TensorFlow."""
        self.lock, self.closed = threading.RLock(), False
        self.workers, self.python, self.kind = [], None, SinglePython
        if sys.platform == 'linux' and hasattr(os, 'fork'):
            self.kind = ForkServer
        server.keep_private()
        try:
            self.folder = Path(tempfile.mkdtemp(prefix='worker-'))
        except OSError as error:
            raise failure(error) from error
        try:
            (self.folder / 'home').mkdir()
            (self.folder / 'root').mkdir()
            self.python = self.kind(self.folder)
        except (OSError, psutil.Error) as error:
            self.close()
            raise failure(error) from error
        except BaseException:
            self.close()
            raise
        self.versions = self.python.versions

    def start(self, limit):
        """Return a new worker, whose answers may take so many seconds.

        Raises:
            RuntimeError: If this was closed, or TensorFlow cannot be
                imported.
            MachineFailure: If no process can be started.
        """
        with self.lock:
            try:
                return self._start(limit)
            except (EOFError, OSError, psutil.Error):
                self._forget_python()  # a solution may have ended it
            try:
                return self._start(limit)
            except (EOFError, OSError, psutil.Error) as error:
                raise failure(error) from error

    def _start(self, limit):
        """Return a new worker, or raise why there is none."""
        if self.closed:
            raise RuntimeError('No worker is started after the end.')
        if self.python is None:
            self.python = self.kind(self.folder)
        process = self.python.worker(limit)
        if self.kind is SinglePython:
            self.python = None
        self.workers = [
            other for other in self.workers if server.is_alive(other.process)
        ]
        self.workers.append(process)
        return process

    def _forget_python(self):
        """End the process that starts workers; the next start makes one."""
        if self.python is not None:
            self.python.close()
            self.python = None

    def close(self):
        """End all that was started; nothing is started from here on."""
        with self.lock:
            self.closed = True
            for process in self.workers:
                process.end()
            self._forget_python()
            shutil.rmtree(self.folder, ignore_errors=True)


def failure(error):
    """Return a `MachineFailure` for what has prevented a worker."""
    reason = str(error) or type(error).__name__
    return MachineFailure(f'No worker can be started: {reason}')


def program(mode, folder):
    """Return the text of the program that a new Python runs."""
    texts = [
        Path(module.__file__).read_text(encoding='utf-8')
        for module in (worker, server)
    ]
    start = f'main({mode!r}, {os.getpid()}, {str(folder)!r}, {hidden()!r})\n'
    return '\n'.join([*texts, start]).replace(IMPORTED, '')


def hidden():
    """Return the folders that no worker must see: strings."""
    folders, repository = [str(PACKAGE)], PACKAGE.parent
    if (repository / 'pyproject.toml').is_file():
        folders.append(str(repository))
    return folders


def environment(folder):
    """Return an environment with the same settings for everybody."""
    return {
        **{
            name: value
            for name, value in os.environ.items()
            if name in INHERITED
        },
        'KERAS_BACKEND': 'tensorflow',
        'KERAS_HOME': str(folder / 'home'),
        'TF_CPP_MIN_LOG_LEVEL': '3',
        'CUDA_VISIBLE_DEVICES': '-1',
        'MPLBACKEND': 'Agg',
        'PYTHONDONTWRITEBYTECODE': '1',
    }
