"""The judge's side of a worker: questions with limits of time and of size."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from checker import wire

ROOT = str(Path(__file__).resolve().parent.parent)
# What TensorFlow may take to start, in seconds; no limit for a module.
START = 900
# How many times the limit of an answer all answers may take.
WHOLE = 10


class Ended(Exception):  # noqa: N818
    """The worker's process ended or was stopped, which the text says."""


class Local:
    """A worker in this process, for tests: nothing is limited.

    Args:
        keras: String, the version of Keras.
    """

    def __init__(self, keras):
        """Start without a module."""
        from checker.worker import Worker
        self.keras = keras
        self.worker = Worker()

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays."""
        question = json.loads(json.dumps({'do': do, **more}))
        return self.worker.answer(question, arrays)


class Process:
    """A worker in a process of its own.

    Args:
        starter: A `Starter`.
        limit: Float, the seconds that an answer may take; all answers
            together may take `WHOLE` times as many.
    """

    def __init__(self, starter, limit):
        """Start it, and wait until it is ready to import a module."""
        self.limit, self.stopped = limit, ''
        (self.process, self.mark, self.reader, self.writer,
         self.status) = starter.worker()
        self.keras = starter.versions['keras']
        self.ends = time.monotonic() + WHOLE * limit

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays.

        Raises:
            Ended: If the process has ended, or took too long.
            wire.Nonsense: If the answer is none.
        """
        left = self.ends - time.monotonic()
        timer = threading.Timer(min(self.limit, max(left, 0)), self._stop, [
            f'{self.limit:g} seconds' if self.limit <= left else
            f'{WHOLE * self.limit:g} seconds in all'])
        timer.start()
        try:
            wire.send(self.writer, {'do': do, **more}, arrays)
            return wire.receive(self.reader)
        except (EOFError, OSError, ValueError) as error:
            timer.cancel()
            if self.stopped:
                raise Ended(f'It was stopped after {self.stopped}, the time '
                            'limit') from error
            raise Ended('Its process ended' + self._how()) from error
        finally:
            timer.cancel()

    def _how(self):
        """Say how the process ended, if that is known."""
        for _ in range(50):
            try:
                if self.process.status() == psutil.STATUS_ZOMBIE:
                    break
            except psutil.Error:
                break
            time.sleep(0.02)
        status = self.close()
        return (f' by signal {-status}' if status < 0
                else f' with status {status}')

    def _stop(self, after):
        self.stopped = after
        end(self.process, self.mark)

    def close(self):
        """End the process and what it started; return its exit status."""
        end(self.process, self.mark)
        return self.status()


def end(process, mark):
    """End a process, what it started, and what carries its mark.

    Args:
        process: A `psutil.Process`, or None.
        mark: String, what the environment of all these has.
    """
    doomed = []
    try:
        if process:
            doomed = [*process.children(recursive=True), process]
    except psutil.Error:
        pass
    for other in psutil.process_iter():
        try:
            if other not in doomed and other.environ().get(wire.MARK) == mark:
                doomed.append(other)
        except (psutil.Error, OSError):
            pass
    for one in doomed:
        try:
            one.kill()
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
        """
        self.lock = threading.Lock()
        self.spare = None
        self.marks = []
        self.forks = sys.platform == 'linux' and hasattr(os, 'fork')
        if not self.forks:
            self.spare = self._single()
            return
        self._start_nursery()

    def _start_nursery(self):
        """Start the process that forks, and wait until it is ready."""
        self.control, theirs = socket.socketpair()
        self.process, _, errors = self._python('nursery', stdin=theirs)
        theirs.close()
        self.lines = self.control.makefile('rb')
        self.versions = json.loads(self._first(self.lines.readline, errors))

    def worker(self):
        """Return a new worker's process, mark, streams, and its status.

        The last is a function that waits for the end of the process and
        returns its exit status.
        """
        if not self.forks:
            with self.lock:
                found, self.spare = self.spare, None
            process, mark = found or self._single()
            return (psutil.Process(process.pid), mark, process.stdout,
                    process.stdin, process.wait)
        mark = self._mark()
        ours, theirs = socket.socketpair()
        with self.lock:
            try:
                child = self._forked(mark, theirs)
            except (OSError, ValueError):  # a module has ended the nursery
                self._start_nursery()
                child = self._forked(mark, theirs)
            nursery = self.control, self.lines
        theirs.close()
        stream = ours.makefile('rwb')
        ended = []

        def status():
            with self.lock:
                if not ended:
                    ended.append(self._status(child, *nursery))
            return ended[0]
        return psutil.Process(child), mark, stream, stream, status

    def _forked(self, mark, theirs):
        """Have a worker forked for a socket; return its number."""
        socket.send_fds(self.control, [mark.encode()], [theirs.fileno()])
        return int(self.lines.readline())

    def _status(self, child, control, lines):
        """Return the exit status of a worker that ends, or has ended."""
        try:
            control.sendall(b'%d' % child)
            return os.waitstatus_to_exitcode(int(lines.readline()))
        except (OSError, ValueError):  # the nursery is gone
            return -9

    def close(self):
        """End all that was started."""
        if self.forks:
            try:
                end(psutil.Process(self.process.pid), self.marks[0])
            except psutil.Error:
                pass
        for mark in self.marks:
            end(None, mark)
        if self.forks:
            self.process.wait()

    def _mark(self):
        """Return a new mark."""
        self.marks.append(os.urandom(8).hex())
        return self.marks[-1]

    def _single(self):
        """Return a process for one module that is ready, and its mark."""
        process, mark, errors = self._python(
            'single', stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.versions = self._first(
            lambda: wire.receive(process.stdout)[0], errors)
        return process, mark

    def _python(self, what, **streams):
        """Start a Python that runs a function of `worker`."""
        mark, errors = self._mark(), tempfile.TemporaryFile()
        code = (f'import sys; sys.path.insert(0, {ROOT!r}); '
                f'from checker import worker; sys.path.remove({ROOT!r}); '
                f'worker.{what}()')
        environment = {
            **os.environ, 'MPLBACKEND': 'Agg', 'TF_CPP_MIN_LOG_LEVEL': '3',
            'PYTHONDONTWRITEBYTECODE': '1', wire.MARK: mark}
        # In a session of its own, it has no terminal to write to.
        return subprocess.Popen(
            [sys.executable, '-c', code], stderr=errors, env=environment,
            start_new_session=True, **streams), mark, errors

    def _first(self, read, errors):
        """Return what a process says first, when TensorFlow has started."""
        timer = threading.Timer(START, self.close)
        timer.start()
        try:
            said = read()
        except EOFError:
            said = None
        except KeyboardInterrupt:
            self.close()
            raise
        finally:
            timer.cancel()
        if said:
            return said
        errors.seek(0)
        lines = errors.read().decode(errors='replace').strip().split('\n')
        raise RuntimeError('TensorFlow cannot be imported: '
                           + (lines[-1] or 'its process ended'))
