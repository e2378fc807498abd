"""What follows from an object: its event, kept until it is acknowledged."""
