"""A storage emulator for one user: Cloud Storage's two APIs with signatures and preconditions, its events, and faults.

``python -m local.emulator`` runs it; `local.emulator.app` puts it together for a process that is already there. A
request comes in through `faces`, changes `objects`, and what it changed leaves as `events`; `faults` and `injection`
spoil either on order. Imports point the other way: events and faces know the objects, and objects know neither.
"""
