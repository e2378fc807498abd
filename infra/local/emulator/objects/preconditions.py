"""The conditions under which a request may touch an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local.emulator.objects.records import ObjectRecord
from local.emulator.refusals import Refusal, condition_not_met, invalid


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What must hold of the live object; generation 0 means that there is none, None asks nothing."""

    generation_match: int | None = None
    generation_not_match: int | None = None
    metageneration_match: int | None = None
    metageneration_not_match: int | None = None

    def check(self, record: ObjectRecord | None, *, reading: bool = False) -> None:
        """Refuse unless every condition holds of `record`.

        Parameters
        ----------
        record : ObjectRecord or None
            The live object; None when there is none.
        reading : bool
            A read that fails a "not match" is answered 304 rather than 412.

        Raises
        ------
        Refusal
            412 ``PreconditionFailed``, or 304.
        """
        generation = record.generation if record else 0
        metageneration = record.metageneration if record else 0
        if self.generation_match is not None and self.generation_match != generation:
            raise condition_not_met("ifGenerationMatch")
        if self.metageneration_match is not None and self.metageneration_match != metageneration:
            raise condition_not_met("ifMetagenerationMatch")
        unwanted = (
            ("ifGenerationNotMatch", self.generation_not_match, generation),
            ("ifMetagenerationNotMatch", self.metageneration_not_match, metageneration),
        )
        for name, given, actual in unwanted:
            if given is not None and given == actual:
                raise Refusal(304, "NotModified", "Not Modified") if reading else condition_not_met(name)

    @classmethod
    def from_query(cls, query: Mapping[str, str], prefix: str = "if") -> Preconditions:
        """Read the JSON API's parameters; `prefix` is ``ifSource`` for the source of a copy."""
        return cls(
            generation_match=_integer(query, f"{prefix}GenerationMatch"),
            generation_not_match=_integer(query, f"{prefix}GenerationNotMatch"),
            metageneration_match=_integer(query, f"{prefix}MetagenerationMatch"),
            metageneration_not_match=_integer(query, f"{prefix}MetagenerationNotMatch"),
        )

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Preconditions:
        """Read the XML API's headers."""
        return cls(
            generation_match=_integer(headers, "x-goog-if-generation-match"),
            metageneration_match=_integer(headers, "x-goog-if-metageneration-match"),
        )


def read_generation(query: Mapping[str, str], key: str = "generation") -> int | None:
    """Return the generation that `query` asks for, or None for the live one."""
    return _integer(query, key)


def _integer(source: Mapping[str, str], key: str) -> int | None:
    text = source.get(key)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise invalid(f"{key} is '{text[:40]}'; it takes a whole number.")
    return int(text)
