"""Workers: how they are started, asked, limited and ended.

A worker runs with the same settings of Keras for every solution, in a folder
of its own: so neither this repository nor a person's settings reach the code
that is judged. (The processes of `multiprocessing` would get the search path,
the main module and the environment of this one.)
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Client
from pathlib import Path

import psutil

from checker import server, worker
from checker.faults import ProtocolError, WorkerDied

ROOT = Path(__file__).resolve().parent.parent
# What TensorFlow may take to start, and a worker to say who it is, in
# seconds; no limit for a module.
START, HELLO = 900, 60
# How many times the limit of an answer all answers together may take.
WHOLE = 10
# The line of server.py that cannot be run there.
IMPORTED = 'from checker.worker import Worker, describe, versions\n'


def program():
    """Return the program of a worker: the texts of two files."""
    texts = [
        Path(module.__file__).read_text(encoding='utf-8')
        for module in (worker, server)
    ]
    return '\n'.join(texts).replace(IMPORTED, '')


class Process:
    """A worker in a process of its own.

    Args:
        starter: The `Starter` that started it.
        address: String, where it listens.
        limit: Float, the seconds that an answer may take; all answers
            together may take `WHOLE` times as many.

    Raises:
        EOFError, OSError, psutil.Error: If nothing answers.
    """

    def __init__(self, starter, address, limit):
        """Connect, and start the clock."""
        self.starter, self.limit, self.stopped = starter, limit, ''
        self.connection = Client(address)
        if not self.connection.poll(HELLO):
            raise EOFError
        # It knows its process later, even if the number is another's by then.
        self.process = psutil.Process(
            server.receive(self.connection)[0]['pid']
        )
        self.ends = time.monotonic() + WHOLE * limit

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays.

        Raises:
            WorkerDied: If the process has ended, or took too long.
            ProtocolError: If the answer is none.
        """
        left = self.ends - time.monotonic()
        timer = threading.Timer(
            min(self.limit, max(left, 0)),
            self._stop,
            [
                f'{self.limit:g} seconds'
                if self.limit <= left
                else f'{WHOLE * self.limit:g} seconds in all'
            ],
        )
        timer.start()
        try:
            server.send(self.connection, {'do': do, **more}, arrays)
            return server.receive(self.connection)
        except (EOFError, OSError) as error:
            timer.cancel()
            self.close()
            raise WorkerDied(
                f'It was stopped after {self.stopped}, the time limit'
                if self.stopped
                else 'Its process ended'
            ) from error
        except Exception as error:
            raise ProtocolError(
                f'Its answer is no message: {error}'
            ) from error
        finally:
            timer.cancel()

    def _stop(self, after):
        """End the process because of the time that it took."""
        self.stopped = after
        end(self.process)

    def close(self):
        """End the process and what it started."""
        self.starter.end(self)
        self.connection.close()


def end(process):
    """End a process and all below it, those below first."""
    with suppress(psutil.Error):
        # It adopts orphans, and so has to be there until the last of them is
        # found; but if it ran, it could start others meanwhile.
        process.suspend()
    for _ in range(100):
        with suppress(psutil.Error):
            below = [
                child
                for child in process.children(recursive=True)
                if child.status() != psutil.STATUS_ZOMBIE
            ]
            for child in below:
                child.kill()
            if not below:
                break
    with suppress(psutil.Error):
        process.kill()


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
        self.pythons, self.workers = [], []
        self.folder = Path(tempfile.mkdtemp(prefix='worker-'))
        self.mode = (
            'fork'
            if sys.platform == 'linux' and hasattr(os, 'fork')
            else 'single'
        )
        self.ready = None
        try:
            self.ready = self._python()
        except BaseException:
            self.close()
            raise

    def start(self, limit):
        """Return a new worker, whose answers may take so many seconds.

        Raises:
            RuntimeError: If this was closed, or TensorFlow cannot be
                imported.
            OSError: If no process can be started.
        """
        with self.lock:
            for again in (True, False):
                if self.closed:
                    raise RuntimeError('No worker is started after the end.')
                address = self.ready or self._python()
                self.ready = address if self.mode == 'fork' else None
                try:
                    self.workers.append(Process(self, address, limit))
                    return self.workers[-1]
                except (EOFError, OSError, psutil.Error) as error:
                    self.ready = None  # a solution has ended it
                    if not again:
                        raise OSError('No worker can be started.') from error

    def end(self, process):
        """End a worker and what it started."""
        end(process.process)
        with self.lock:
            if process in self.workers:
                self.workers.remove(process)
            alive = {one.process.pid for one in self.workers}
            for python in [
                one for one in self.pythons if one.pid not in alive
            ]:
                # What a worker left behind that ended by itself.
                with suppress(psutil.Error):
                    for child in psutil.Process(python.pid).children():
                        if child.pid not in alive:
                            end(child)
                if python.poll() is not None:
                    self.pythons.remove(python)

    def close(self):
        """End all that was started; nothing is started from here on."""
        with self.lock:
            self.closed = True
            for one in self.workers:
                end(one.process)
            for python in self.pythons:
                with suppress(psutil.Error):
                    end(psutil.Process(python.pid))
                python.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _python(self):
        """Start a Python with the worker; return where it answers."""
        python = subprocess.Popen(
            [
                sys.executable,
                '-c',
                program(),
                self.mode,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment(),
            cwd=self.folder,
            # In a session of its own, it has no terminal to write to.
            start_new_session=True,
        )
        self.pythons.append(python)
        timer = threading.Timer(START, python.kill)
        timer.start()
        try:
            with python.stdout:
                line = python.stdout.readline()
        finally:  # after Ctrl-C, too: the command would wait for the timer
            timer.cancel()
        try:
            said = json.loads(line)
        except ValueError:
            said = {'error': f'its process ended, or prints {line!r}'}
        if 'error' in said:
            raise RuntimeError(
                f'TensorFlow cannot be imported: {said["error"]}'
            )
        self.versions = said
        return os.path.join(self.folder, said['address'])

    def _environment(self):
        """Return an environment with the same settings for everybody."""
        home = self.folder / 'keras'
        home.mkdir(exist_ok=True)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(('KERAS_', 'TF_', 'PWD', 'OLDPWD'))
            or name == 'TF_USE_LEGACY_KERAS'
        }
        path = [
            part
            for part in kept.pop('PYTHONPATH', '').split(os.pathsep)
            if part and Path(part).resolve() != ROOT
        ]
        return {
            **kept,
            'PYTHONPATH': os.pathsep.join(path),
            'KERAS_BACKEND': 'tensorflow',
            'KERAS_HOME': str(home),
            'TF_CPP_MIN_LOG_LEVEL': '3',
            'CUDA_VISIBLE_DEVICES': '-1',
            'MPLBACKEND': 'Agg',
            'PYTHONDONTWRITEBYTECODE': '1',
        }
