"""Looks at a deployment from outside: ``python -m service.smoke``; never part of what is deployed."""
