"""What speaks to people, and what people who cannot see a screen press."""
