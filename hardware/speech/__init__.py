"""What is said aloud: the phrase bank, how sentences are put together, and a voice for the rest.

Knows neither kiosk nor server and no device: the announcer of `hardware.drivers` plays what is
found here. See docs/voice.md.
"""
