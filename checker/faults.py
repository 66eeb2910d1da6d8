"""What can be wrong: with a solution, and with what judges it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """What a solution does where the assignment asks for something else.

    Attributes:
        found: String, what the solution does.
        mistake: String, the anchor of its entry in docs/mistakes.md, or ''.
        expected: String, what the assignment asks for here, or '' where the
            sentence of the requirement says it.
        change: String, what to change, or '' for what the entry says.
        error: Dict, what is known of an exception of the solution, or None.
    """

    found: str
    mistake: str = ''
    expected: str = ''
    change: str = ''
    error: dict = field(default=None, compare=False)


class Failure(Exception):  # noqa: N818
    """A solution cannot do what it was asked to do.

    Args:
        fault: A `Fault`, which says why.
        ended: Whether its process is gone, so that it cannot be asked again.
    """

    def __init__(self, fault, ended=False):
        """Keep the fault."""
        super().__init__(fault.found)
        self.fault, self.ended = fault, ended


class WorkerDied(Exception):  # noqa: N818
    """The worker's process ended or was stopped, which the text says."""


class ProtocolError(Exception):
    """An answer that is no message, or no answer to the question."""


class MachineFailure(OSError):  # noqa: N818
    """The machine cannot do what is needed, which is no fault of a solution.

    No process can be started, no memory or space is left, or similar.
    """
