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
        change: String, the likely cause and what to change, or empty.
        mistake: String, the anchor in docs/mistakes.md, or empty.
        ended: Whether the worker is gone, so that nothing else is judged.
    """

    def __init__(self, expected, found, change='', mistake='', ended=False):
        """Keep what a reader is told."""
        super().__init__(f'{expected} {found}')
        self.expected = expected
        self.found = found
        self.change = change
        self.mistake = mistake
        self.ended = ended
