"""Every way Auto-K fails, as one tree.

A class carries three things for three audiences: ``code`` (stable, for programs), ``retryable`` (for whoever
delivers the work again) and the message (for the user: what happened, why, and what to do, with its numbers).

AutokError
├── OptionError                 invalid_option          an option is outside its range
├── InputError                  the bytes are at fault; trying again changes nothing
│   ├── EmptyFileError          empty_file              no bytes at all
│   ├── UnsupportedFormatError  unsupported_format      not an image, or a kind that is refused
│   ├── AnimationError          animation               more than one frame
│   ├── CorruptImageError       corrupt_image           damaged or contradictory data
│   ├── TruncatedImageError     truncated_image         the file ends too early
│   └── LimitError              the image is over a stated limit
│       ├── TooManyBytesError   too_many_bytes
│       ├── TooManyPixelsError  too_many_pixels
│       ├── TooLongSideError    too_long_side
│       ├── TooManyScansError   too_many_scans          progressive JPEG scans
│       └── TooManyChunksError  too_many_chunks         PNG text chunks
├── EncodeError                 encode_failed           an encoder refused the pixels
├── DeviceError                 device_unavailable      the accelerator that was asked for is absent
├── SandboxError                the child process that held the image was ended
│   ├── MemoryLimitError        memory_limit
│   ├── TimeLimitError          time_limit
│   └── CrashError              crashed                 it died without an answer
└── ServiceError                the shell around the engine
    ├── SettingsError           invalid_settings        the environment is wrong; nothing starts
    ├── RequestError            invalid_request         a malformed call of the API
    ├── AccessError             access_denied           the access key is missing or wrong
    ├── NotFoundError           not_found               no such upload or result
    ├── RulesError              invalid_rules           a rules file in the bucket cannot be used
    ├── RateLimitError          rate_limited            too many calls at once; later helps
    ├── StorageError            storage_unavailable     a fault of the storage; later helps
    ├── SigningError            signing_unavailable     no signature could be had; later helps
    ├── NoticeError             notice_unavailable      nobody could be told of a report; later helps
    ├── PoisonError             poison                  every attempt on this upload died
    └── BusyError               busy                    somebody else is at this work; later helps
"""

from __future__ import annotations

from typing import ClassVar


class AutokError(Exception):
    """Anything that Auto-K raises on purpose; its text is fit for the user."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Auto-K could not do this"
    retryable: ClassVar[bool] = False

    @property
    def public_message(self) -> str:
        """The sentence for the user: what, why, and what to do."""
        return str(self)

    def as_dict(self) -> dict[str, str | bool]:
        """Return the form that reports and HTTP answers carry."""
        return {
            "code": self.code,
            "title": self.title,
            "detail": self.public_message,
            "retryable": self.retryable,
        }


class OptionError(AutokError):
    """An option has a value outside its range."""

    code = "invalid_option"
    title = "An option has a value that cannot be used"

    def __init__(self, option: str, given: object, expected: str) -> None:
        """Name the option, what was given (shortened) and what it accepts."""
        self.option = option
        shown = repr(given)
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        super().__init__(f"{option} is {shown}; it takes {expected}.")


class InputError(AutokError):
    """The uploaded bytes are at fault; trying again changes nothing."""

    code = "invalid_input"
    title = "This file cannot be compressed"


class EmptyFileError(InputError):
    """The file holds no bytes."""

    code = "empty_file"
    title = "The file is empty"


class UnsupportedFormatError(InputError):
    """The bytes are no image, or an image of a kind that is refused."""

    code = "unsupported_format"
    title = "This kind of file is not supported"


class AnimationError(InputError):
    """The file holds more than one frame."""

    code = "animation"
    title = "Animations are not supported"


class CorruptImageError(InputError):
    """The data contradict themselves or the format."""

    code = "corrupt_image"
    title = "The image is damaged"


class TruncatedImageError(InputError):
    """The file ends before the picture does."""

    code = "truncated_image"
    title = "The image is cut off"


class LimitError(InputError):
    """The image is over one of the stated limits."""

    code = "over_limit"
    title = "The image is over a limit"


class TooManyBytesError(LimitError):
    """The file is larger than the limit in bytes."""

    code = "too_many_bytes"
    title = "The file is too large"


class TooManyPixelsError(LimitError):
    """The picture has more pixels than the limit."""

    code = "too_many_pixels"
    title = "The image has too many pixels"


class TooLongSideError(LimitError):
    """One side of the picture is longer than the limit."""

    code = "too_long_side"
    title = "The image is too wide or too tall"


class TooManyScansError(LimitError):
    """A progressive JPEG repeats its scans more often than the limit."""

    code = "too_many_scans"
    title = "The JPEG has too many scans"


class TooManyChunksError(LimitError):
    """A PNG carries more text chunks than the limit."""

    code = "too_many_chunks"
    title = "The PNG has too many text chunks"


class EncodeError(AutokError):
    """An encoder refused the pixels."""

    code = "encode_failed"
    title = "The image could not be written"


class DeviceError(AutokError):
    """The accelerator that was asked for is not there."""

    code = "device_unavailable"
    title = "The device is not available"


class SandboxError(AutokError):
    """The child process that held the image was ended."""

    code = "sandbox"
    title = "The image could not be processed safely"


class MemoryLimitError(SandboxError):
    """The image needed more memory than the child may have."""

    code = "memory_limit"
    title = "The image needs too much memory"


class TimeLimitError(SandboxError):
    """The image needed more time than the child may have."""

    code = "time_limit"
    title = "The image takes too long"


class CrashError(SandboxError):
    """The child died without an answer."""

    code = "crashed"
    title = "The image brought its process down"


class ServiceError(AutokError):
    """A fault of the shell around the engine."""

    code = "service"
    title = "The service could not do this"


class SettingsError(ServiceError):
    """The environment is wrong; every mistake is named at once."""

    code = "invalid_settings"
    title = "The settings are wrong"


class RequestError(ServiceError):
    """A malformed call of the API."""

    code = "invalid_request"
    title = "The request is malformed"


class AccessError(ServiceError):
    """The access key is missing or wrong."""

    code = "access_denied"
    title = "Access denied"


class NotFoundError(ServiceError):
    """There is no such upload or result."""

    code = "not_found"
    title = "Not found"


class RulesError(ServiceError):
    """A rules file in the bucket cannot be used."""

    code = "invalid_rules"
    title = "The rules file is wrong"


class RateLimitError(ServiceError):
    """Too many calls at once."""

    code = "rate_limited"
    title = "Too many requests"
    retryable = True


class StorageError(ServiceError):
    """The storage did not answer as it should."""

    code = "storage_unavailable"
    title = "The storage is not available"
    retryable = True


class SigningError(ServiceError):
    """No signature could be had."""

    code = "signing_unavailable"
    title = "The address could not be signed"
    retryable = True


class NoticeError(ServiceError):
    """The topic that reports are announced on did not take a message."""

    code = "notice_unavailable"
    title = "The report could not be announced"
    retryable = True


class PoisonError(ServiceError):
    """Every attempt on this upload died."""

    code = "poison"
    title = "The image could not be processed"


class BusyError(ServiceError):
    """Somebody else is at this work, or nobody can take it now."""

    code = "busy"
    title = "The work cannot be done at this moment"
    retryable = True
