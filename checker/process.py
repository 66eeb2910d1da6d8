"""Workers: how they are started, asked, limited and ended.

A worker runs as a copy that lies alone in a folder, with settings of Keras
that are the same for every solution: so neither this repository nor a
person's own settings reach the code that is judged. (`multiprocessing` would
give it the search path, the main module and the environment of this one.)
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from checker import worker
from checker.faults import ProtocolError, WorkerDied

ROOT = Path(__file__).resolve().parent.parent
# What TensorFlow may take to start, in seconds; no limit for a module.
START = 900
# How many times the limit of an answer all answers together may take.
WHOLE = 10


class Local:
    """Starts workers in this process, for tests: nothing is limited."""

    def start(self, limit, fresh=False):
        """Return a worker, which is this object itself."""
        self.worker = worker.Worker()
        return self

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays."""
        question = json.loads(json.dumps({'do': do, **more}))
        return self.worker.answer(question, arrays)

    def close(self):
        """Do nothing: there is no process to end."""


class Process:
    """A worker in a process of its own.

    Args:
        starter: The `Starter` that started it.
        pid: Integer, its process.
        reader, writer: Binary streams from it and to it.
        limit: Float, the seconds that an answer may take; all answers
            together may take `WHOLE` times as many.
    """

    def __init__(self, starter, pid, reader, writer, limit):
        """Start the clock."""
        self.starter, self.pid, self.limit = starter, pid, limit
        self.reader, self.writer = reader, writer
        self.stopped, self.status = '', None
        self.ends = time.monotonic() + WHOLE * limit

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays.

        Raises:
            WorkerDied: If the process has ended, or took too long.
            ProtocolError: If the answer is none.
        """
        left = self.ends - time.monotonic()
        timer = threading.Timer(min(self.limit, max(left, 0)), self._stop, [
            f'{self.limit:g} seconds' if self.limit <= left else
            f'{WHOLE * self.limit:g} seconds in all'])
        timer.start()
        try:
            worker.send(self.writer, {'do': do, **more}, arrays)
            return worker.receive(self.reader)
        except (EOFError, OSError) as error:
            timer.cancel()
            if self.stopped:
                raise WorkerDied(f'It was stopped after {self.stopped}, the '
                                 'time limit') from error
            status = self.close()
            raise WorkerDied('Its process ended ' + (
                f'by signal {-status}' if status < 0 else
                f'with status {status}')) from error
        except Exception as error:
            raise ProtocolError(f'It is no message: {error}') from error
        finally:
            timer.cancel()

    def _stop(self, after):
        """End the process because of the time that it took."""
        self.stopped = after
        end(self.pid)

    def close(self):
        """End the process and what it started; return its exit status."""
        if self.status is None:
            self.status = self.starter.end(self.pid)
            for stream in (self.reader, self.writer):
                try:
                    stream.close()
                except OSError:
                    pass
        return self.status


def end(pid):
    """End a process and all below it, those below first."""
    try:
        process = psutil.Process(pid)
        # It adopts orphans, and so has to be there until the last of them is
        # found; but if it ran, it could start others meanwhile.
        if process.status() != psutil.STATUS_ZOMBIE:
            process.suspend()
        for _ in range(100):
            below = [child for child in process.children(recursive=True)
                     if child.status() != psutil.STATUS_ZOMBIE]
            for child in below:
                child.kill()
            if not below:
                break
    except psutil.Error:
        pass
    try:
        psutil.Process(pid).kill()
    except psutil.Error:
        pass


class Starter:
    """Starts workers.

    Where processes can be forked, TensorFlow is imported once for all, in a
    process that never runs a line of any solution.

    Attributes:
        versions: Dict of strings, of `tensorflow` and `keras`.
    """

    def __init__(self):
        """Start the first process and wait for TensorFlow.

        Raises:
            RuntimeError: If TensorFlow cannot be imported.
            OSError: If no process can be started.
        """
        self.lock, self.closed = threading.RLock(), False
        # Processes by their number, and the numbers of workers that live.
        self.processes, self.workers = {}, set()
        self.folder = Path(tempfile.mkdtemp(prefix='worker-'))
        self.forks = sys.platform == 'linux' and hasattr(os, 'fork')
        try:
            if self.forks:
                self._start_server()
            else:
                self.spare = self._python('single')
        except BaseException:
            self.close()
            raise

    def start(self, limit, fresh=False):
        """Return a new worker.

        Args:
            limit: Float, the seconds that an answer may take.
            fresh: Whether the solution is to import TensorFlow itself.

        Raises:
            RuntimeError: If this was closed, or TensorFlow cannot be
                imported.
            OSError: If no process can be started.
        """
        with self.lock:
            if self.closed:
                raise RuntimeError('No worker is started after the end.')
            if self.forks and not fresh:
                pid, stream = self._forked()
                streams = stream, stream
            else:
                process = None
                if not fresh:
                    process, self.spare = self.spare, None
                process = process or self._python(
                    'fresh' if fresh else 'single')
                pid, streams = process.pid, (process.stdout, process.stdin)
            self.workers.add(pid)
        return Process(self, pid, *streams, limit)

    def _forked(self):
        """Return the number of a new fork, and a stream to it."""
        for again in (True, False):
            ours, theirs = socket.socketpair()
            with ours, theirs:  # the stream keeps its end open
                try:
                    socket.send_fds(self.control, [b'fork'],
                                    [theirs.fileno()])
                    return int(self.lines.readline()), ours.makefile('rwb')
                except (OSError, ValueError) as error:
                    if not again:
                        raise OSError('No worker can be forked.') from error
                    self._start_server()  # a solution has ended it

    def end(self, pid):
        """End a worker and what it started; return its exit status."""
        end(pid)
        with self.lock:
            self.workers.discard(pid)
            if pid in self.processes:
                return self.processes.pop(pid).wait()
            try:
                self.control.sendall(b'%d' % pid)
                status = os.waitstatus_to_exitcode(int(
                    self.lines.readline()))
                # What a worker left behind that ended by itself.
                for child in psutil.Process(self.server.pid).children():
                    if child.pid not in self.workers:
                        end(child.pid)
                return status
            except (OSError, ValueError, psutil.Error):  # no server any more
                return -9

    def close(self):
        """End all that was started; nothing is started from here on."""
        with self.lock:
            self.closed = True
            for pid in [*self.workers, *self.processes]:
                end(pid)
            for process in self.processes.values():
                process.wait()
            self.processes.clear()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start_server(self):
        """Start the process that forks, and wait until it is ready."""
        self.control, theirs = socket.socketpair()
        with theirs:
            self.lines = self.control.makefile('rb')
            self.server = self._python('fork', theirs)

    def _python(self, mode, control=None):
        """Start a Python with a copy of the worker.

        Args:
            mode: String, see `worker`.
            control: A socket for its standard input, or None for pipes.
        """
        copy = self.folder / f'worker{len(os.listdir(self.folder))}.py'
        copy.write_bytes(Path(worker.__file__).read_bytes())
        errors = tempfile.TemporaryFile()
        process = subprocess.Popen(
            [sys.executable, str(copy), mode], stderr=errors,
            stdin=control or subprocess.PIPE,
            stdout=None if control else subprocess.PIPE,
            env=self._environment(), cwd=self.folder,
            # In a session of its own, it has no terminal to write to.
            start_new_session=True)
        self.processes[process.pid] = process
        if mode == 'fresh':
            return process
        timer = threading.Timer(START, end, [process.pid])
        timer.start()
        try:
            said = (json.loads(self.lines.readline()) if control else
                    worker.receive(process.stdout)[0])
        except (EOFError, OSError, ValueError) as error:
            errors.seek(0)
            lines = errors.read().decode(errors='replace').strip()
            raise RuntimeError('TensorFlow cannot be imported: ' + (
                lines.split('\n')[-1] or 'its process ended')) from error
        finally:
            timer.cancel()
        self.versions = {name: said[name] for name in ('tensorflow', 'keras')}
        return process

    def _environment(self):
        """Return an environment with the same settings for everybody."""
        home = self.folder / 'keras'
        home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(('KERAS_', 'TF_', 'PWD', 'OLDPWD'))
                or name == 'TF_USE_LEGACY_KERAS'}
        path = [part for part in kept.pop('PYTHONPATH', '').split(os.pathsep)
                if part and Path(part).resolve() != ROOT]
        return {**kept, 'PYTHONPATH': os.pathsep.join(path),
                'KERAS_BACKEND': 'tensorflow', 'KERAS_HOME': str(home),
                'TF_CPP_MIN_LOG_LEVEL': '3', 'CUDA_VISIBLE_DEVICES': '-1',
                'MPLBACKEND': 'Agg', 'PYTHONDONTWRITEBYTECODE': '1'}
