"""The standard streams: open, able to take any text, and patient."""

import os
import sys
from contextlib import suppress


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
    stream = stream or sys.stdout
    with patient(stream):
        print(text, end=end, file=stream, flush=True)


def send(data):
    """Write bytes to standard output; what reads them may have ended."""
    with patient(sys.stdout):
        sys.stdout.flush()
        if hasattr(sys.stdout, 'buffer'):
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(data.decode())
        sys.stdout.flush()


class patient:  # noqa: N801
    """Goes on if a stream cannot be written to any more."""

    def __init__(self, stream):
        """Keep the stream."""
        self.stream = stream

    def __enter__(self):
        """Do nothing."""

    def __exit__(self, kind, error, traceback):
        """Let what is still to be written vanish."""
        if not isinstance(error, OSError):
            return False
        with suppress(OSError, ValueError):  # nor at the exit
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.stream.fileno())
        return True


def fail(error, status):
    """Print in a line what is wrong; return an exit status."""
    say(f'check-autoencoders: {error}', sys.stderr)
    return status
