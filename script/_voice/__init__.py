"""Makes the phrase bank: a neural voice, and an ear that shares nothing with it."""
