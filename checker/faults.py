"""What can be wrong: with a solution, and with the process that runs it."""


class WorkerDied(Exception):  # noqa: N818
    """The worker's process ended or was stopped, which the text says."""


class ProtocolError(Exception):
    """An answer that is no message, or no answer to the question."""


class RequirementNotMet(Exception):  # noqa: N818
    """A requirement that a solution does not meet.

    Args:
        expected: String, what the assignment asks for.
        found: String, what the solution does.
        mistake: String, the anchor in docs/mistakes.md, or empty.
        change: String, what to change, or empty for what the entry says.
        ended: Whether the worker is gone, so that nothing else is judged.
        error: Dict, what is known of an exception of the solution, or None.
    """

    def __init__(self, expected, found, mistake='', change='', ended=False,
                 error=None):
        """Keep what a reader is told."""
        super().__init__(f'{expected} {found}')
        self.expected, self.found = expected, found
        self.mistake, self.change = mistake, change
        self.ended, self.error = ended, error
