"""`bianmin-server`: the command line of a hall's server."""

import gc

# What an import makes stays: looking for garbage in it meanwhile is a fifth of the start.
gc.disable()
from queue_server.cli.app import main  # noqa: E402 - after the line above, on purpose

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main()
