from autok.api import Result as Result
from autok.api import Verdict as Verdict
from autok.api import compress as compress
from autok.api import verify as verify
from autok.errors import AutokError as AutokError

__all__ = ["AutokError", "Result", "Verdict", "__version__", "compress", "verify"]

__version__: str
