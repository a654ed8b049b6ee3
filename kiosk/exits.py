"""Why the kiosk's program ends, as exit codes that its supervisor and systemd understand.

Anything else than these means a failure: start it again.
"""

from typing import Final

STOPPED: Final = 0
"""SIGTERM or SIGINT: whoever sent it decides."""
STAFF: Final = 10
"""Staff ended it on the staff screen: do not start it again (RestartPreventExitStatus)."""
RESTART: Final = 11
"""It asks to be started anew: the nightly restart, or staff."""
