"""`bianmin-server`: the command line of a hall's server."""

from queue_server.cli.app import main

if __name__ == "__main__":
    main()
