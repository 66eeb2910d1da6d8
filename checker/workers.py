"""Starts workers, again and again, whatever becomes of what starts them."""

import threading

from checker.faults import MachineFailure
from checker.process import Starter


class Workers:
    """Starts workers, with a new `Starter` where one works no longer.

    A `Starter` may lose its process, or its temporary folder to something
    that cleans up.

    Args:
        starter: A `Starter` to begin with, which is not closed here; or None.
    """

    def __init__(self, starter=None):
        """Start nothing yet."""
        self.lock, self.closed = threading.Lock(), False
        self.current, self.own = starter, []

    def prepare(self):
        """Start what is slow to start; return its versions as a text.

        Raises:
            RuntimeError: If TensorFlow cannot be imported.
            MachineFailure, OSError: If no process can be started.
        """
        versions = self.usable(instead_of=None).versions
        return (
            f'TensorFlow {versions.get("tensorflow", "?")}, '
            f'Keras {versions.get("keras", "?")}.'
        )

    def start(self, limit):
        """Return a new worker, whose answers may take so many seconds.

        Raises:
            RuntimeError, MachineFailure, OSError: If none can be started.
        """
        starter = self.usable(instead_of=None)
        try:
            return starter.start(limit)
        except (MachineFailure, OSError, RuntimeError):
            return self.usable(instead_of=starter).start(limit)

    def usable(self, instead_of):
        """Return a `Starter` other than one that no longer works."""
        with self.lock:
            if self.closed:
                raise RuntimeError('No worker is started after the end.')
            if self.current is instead_of:
                # The old one stays open: other workers may still be of use.
                self.current = Starter()
                self.own.append(self.current)
            return self.current

    def close(self):
        """End all that was started here; nothing is started from here on."""
        with self.lock:
            self.closed = True
        for starter in self.own:
            starter.close()
