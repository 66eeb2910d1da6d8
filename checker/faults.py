"""What can be wrong: with a solution, and with the process that runs it."""


class WorkerDied(Exception):  # noqa: N818
    """The worker's process ended or was stopped, which the text says."""


class ProtocolError(Exception):
    """An answer that is no message, or no answer to the question."""


class MachineFailure(Exception):  # noqa: N818
    """Something that no solution is to blame for, such as a full disk."""


class RequirementNotMet(Exception):  # noqa: N818
    """A requirement that a solution does not meet.

    Args:
        found: String, what the solution does.
        mistake: String, the anchor in docs/mistakes.md, or empty.
        expected: String, what the assignment asks for here, or empty where
            its sentence says it.
        change: String, what to change, or empty for what the entry says.
        ended: Whether the worker is gone, so that nothing else is judged.
        error: Dict, what is known of an exception of the solution, or None.
    """

    def __init__(
        self,
        found,
        mistake='',
        expected='',
        change='',
        ended=False,
        error=None,
    ):
        """Keep what a reader is told."""
        super().__init__(found)
        self.found, self.mistake, self.expected = found, mistake, expected
        self.change, self.ended, self.error = change, ended, error
