"""Signals that end the command: they are treated like Ctrl-C, once."""

import signal

NAMES = 'SIGINT', 'SIGTERM', 'SIGHUP'


class Interrupted(KeyboardInterrupt):
    """A signal asks the command to end.

    Attributes:
        status: Integer, the exit status that shells give to this signal.
    """

    def __init__(self, number):
        """Keep which signal it was."""
        super().__init__()
        self.status = 128 + number


def install():
    """Raise `Interrupted` at the first signal; the next ones do nothing.

    So a second Ctrl-C does not end what writes the results and cleans up.
    SIGINT counts even if whatever started this process ignores it, as a
    script does for what it puts into the background. The others stay ignored:
    that is what `nohup` is for.
    """
    for number in numbers():
        ignored = signal.getsignal(number) == signal.SIG_IGN
        if number == signal.SIGINT or not ignored:
            signal.signal(number, interrupt)


def interrupt(number, frame):
    """Raise `Interrupted` for a signal, and ignore all that follow."""
    ignore()
    raise Interrupted(number)


def ignore():
    """Do nothing from now on at the signals that would raise `Interrupted`.

    With SIG_IGN, Python would complain of one that has just arrived.
    """
    for number in numbers():
        if signal.getsignal(number) is interrupt:
            signal.signal(number, do_nothing)


def do_nothing(number, frame):
    """Do nothing at a signal."""


def numbers():
    """Return the signals that there are on this system."""
    return [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
