"""What ends a replay before there is a result."""


class ReplayError(Exception):
    """The replay cannot be done; one sentence says why."""


class DifferenceError(Exception):
    """The server did something else than the log; one sentence says what."""
