"""The embedded stack: everything that Auto-K uses of Google Cloud, on one machine and for one user."""
