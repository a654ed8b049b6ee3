"""What can go wrong with the broker, in a sentence for the operator."""


class BrokerError(Exception):
    """The broker cannot do what is asked of it; the sentence says why."""


class BrokerMissing(BrokerError):
    """No broker is installed; the sentence says what to do."""
