#!/usr/bin/env python3
"""Serves a worker: messages and processes.

It runs as `python -c` with the text of worker.py and its own, so it imports
nothing of this package but the worker, in a line that is left out there. Its
argument is

    fork    to serve each connection in a fork of its own
    single  to serve one connection

As in the assignment's main scripts, TensorFlow is imported first. It prints a
line of JSON once it can be connected to. A message is JSON and the bytes of
its arrays, all of them float32, whose shapes the JSON lists. Nothing in it can
run code.
"""

import json
import math
import os
import signal
import sys
import threading
from multiprocessing.connection import Listener

import numpy as np

from checker.worker import Worker, describe, versions

# The largest message in bytes: its JSON, and its arrays.
MAX_JSON, MAX_ARRAYS = 2**20, 2**26
PR_SET_CHILD_SUBREAPER = 36


def send(connection, message, arrays=()):
    """Send a message: a dict for JSON and a list of arrays."""
    arrays = [np.asarray(array, '<f4') for array in arrays]
    connection.send_bytes(
        json.dumps(
            {**message, 'shapes': [array.shape for array in arrays]}
        ).encode()
    )
    connection.send_bytes(b''.join(array.tobytes() for array in arrays))


def receive(connection):
    """Return the dict and the arrays of the next message.

    Raises:
        EOFError, OSError: If the other side has ended, or sends too much.
        Exception: Any other, if it is no message.
    """
    message = json.loads(connection.recv_bytes(MAX_JSON))
    data = np.frombuffer(connection.recv_bytes(MAX_ARRAYS), '<f4').copy()
    shapes = message.pop('shapes')
    ends = np.cumsum([math.prod(shape) for shape in shapes], dtype='int64')
    return message, [
        part.reshape(shape)
        for shape, part in zip(shapes, np.split(data, ends))
    ]


def adopt_orphans():
    """Become the parent of what descendants leave behind, so that it is found.

    Source: prctl(2).
    """
    if sys.platform == 'linux':
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def serve(connection):
    """Say which process this is, and answer until there are no questions."""
    worker = Worker()
    send(connection, {'pid': os.getpid()})
    while True:
        try:
            question, arrays = receive(connection)
        except (EOFError, OSError):
            # Threads of the solution, or what it does at exit, do not matter.
            os._exit(0)
        try:
            send(connection, *worker.answer(question, arrays))
        except Exception as error:  # what it gives is no array
            send(connection, {'error': describe(error, worker.path)})


def main():
    """Run what the command line names."""
    sys.path[:] = filter(None, sys.path)  # nothing is imported from here
    adopt_orphans()
    mode, listener = (
        sys.argv[1],
        Listener(None if os.name == 'nt' else f'{os.getpid()}.socket'),
    )
    try:
        said = versions()
    except Exception as error:
        said = {'error': f'{type(error).__name__}: {error}'}
    print(json.dumps({'address': listener.address, **said}), flush=True)
    parent, nowhere = os.dup(0), os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    # Its standard input ends when the process that started it does.
    threading.Thread(
        target=lambda: os.read(parent, 1) or os._exit(0), daemon=True
    ).start()
    if mode == 'fork':  # what has ended is collected by the kernel
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection = listener.accept()
        if mode != 'fork' or not os.fork():
            break
        connection.close()
    listener.close()
    if mode == 'fork':
        os.close(parent)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        adopt_orphans()
    serve(connection)


if __name__ == '__main__':
    main()
