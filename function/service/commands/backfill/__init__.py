"""``autok-cloud backfill``: compresses what lies in a bucket already, by an Apache Beam pipeline.

::

    ranges of names -> pages, less what is finished -> (sample -> caps) -> uploads -> worker.process -> counts

Runs beside a live worker, and after a run that was killed: the reports are the locks and the commit records of both.
"""

from __future__ import annotations

from service.commands.backfill.command import add_arguments, run

__all__ = ["add_arguments", "run"]
