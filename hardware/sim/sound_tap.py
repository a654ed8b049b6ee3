"""The end of ALSA's file plugin: passes samples on to the simulated card, as fast as it takes them.

Started by a player's ALSA library as `python -I -S sound_tap.py PORT`, with the samples on its
standard input, so it imports nothing but a few modules of the standard library. A player that ends
well waits for us; one that was killed does not, and what it had sent ahead is then not heard.
"""

import os
import socket
import sys

HEAD_BYTES = 2
"""Length of the piece that follows, high byte first; the card answers each piece with one byte."""
PIECE_BYTES = 640
"""20 ms of 16 kHz mono."""


def pass_on(port: int) -> int:
    """Until the player has ended well (0), was killed, or the card was pulled out (1)."""
    source, player = sys.stdin.fileno(), os.getppid()
    with socket.create_connection(("127.0.0.1", port)) as card:
        card.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := os.read(source, PIECE_BYTES):
            card.sendall(len(data).to_bytes(HEAD_BYTES, "big") + data)
            if not card.recv(1) or os.getppid() != player:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(pass_on(int(sys.argv[1])))
