"""The running emulator and the event target that most tests here use."""

from support.receiver import receiver
from support.stack import emulator

__all__ = ["emulator", "receiver"]
