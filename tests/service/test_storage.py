from __future__ import annotations

import gc
import gzip
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from autok.errors import SettingsError, StorageError
from service.settings import Settings
from service.storage import Attributes, CloudStorage, checksum, open_storage
from support.stack import RESULTS, UPLOADS, RunningEmulator

# The client library leaves a refused download's connection to the garbage collector, whenever that runs.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning",
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
)

ATTRIBUTES = Attributes("image/png", disposition="attachment", metadata={"autok-sha256": "abc"})


@pytest.fixture(autouse=True)
def collect() -> Iterator[None]:
    """Let the garbage collector find what a test left while that test's filters hold."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    """Return an emulator for this file."""
    emulator = RunningEmulator(tmp_path_factory.mktemp("storage"))
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def storage(running: RunningEmulator) -> Iterator[CloudStorage]:
    """Return the service's storage on the emulator."""
    settings = Settings(UPLOADS, RESULTS, storage_url=running.url, storage_token_file=str(running.keys.token))
    with closing(open_storage(settings)) as made:
        yield made


def test_what_is_written_is_read_with_everything_said_about_it(storage: CloudStorage) -> None:
    """Bytes, type, metadata and generation of an object come back as they were written."""
    generation = storage.write(RESULTS, "a/ü.png", b"bytes", ATTRIBUTES, 0)
    assert generation is not None
    assert storage.read(RESULTS, "a/ü.png", generation) == b"bytes"
    assert storage.read(RESULTS, "a/ü.png") == b"bytes"
    there = storage.stat(RESULTS, "a/ü.png")
    assert there is not None
    assert (there.generation, there.size, there.content_type) == (generation, 5, "image/png")
    assert dict(there.metadata) == {"autok-sha256": "abc"}
    assert there.crc32c == checksum(b"bytes")


def test_what_is_not_there_is_none(storage: CloudStorage) -> None:
    """Absent objects, and generations that are gone, are None or False, never an error."""
    assert storage.stat(RESULTS, "absent") is None
    assert storage.read(RESULTS, "absent") is None
    assert storage.delete(RESULTS, "absent") is False
    assert storage.copy(UPLOADS, "absent", "copy", ATTRIBUTES) is None
    first = storage.write(RESULTS, "gone", b"1", ATTRIBUTES, 0)
    assert first is not None
    storage.write(RESULTS, "gone", b"2", ATTRIBUTES, first)
    assert storage.read(RESULTS, "gone", first) is None


def test_a_write_needs_the_generation_it_expects(storage: CloudStorage) -> None:
    """A write over another generation than the expected one is refused and changes nothing."""
    first = storage.write(RESULTS, "cas", b"1", ATTRIBUTES, 0)
    assert first is not None
    assert storage.write(RESULTS, "cas", b"2", ATTRIBUTES, 0) is None
    assert storage.write(RESULTS, "cas", b"2", ATTRIBUTES, first + 1) is None
    assert storage.read(RESULTS, "cas") == b"1"
    second = storage.write(RESULTS, "cas", b"2", ATTRIBUTES, first)
    assert second is not None
    assert storage.delete(RESULTS, "cas", first) is False
    assert storage.delete(RESULTS, "cas", second) is True


def test_a_copy_takes_the_bytes_and_new_metadata(storage: CloudStorage) -> None:
    """A copy inside the store has the source's bytes and type, and the metadata it was given."""
    storage.write(UPLOADS, "source", b"bytes", Attributes("image/gif", metadata={"autok-colors": "8"}), 0)
    made = storage.copy(UPLOADS, "source", "target", Attributes("image/gif", metadata={"autok-colors": "16"}))
    there = storage.stat(UPLOADS, "target")
    assert there is not None
    assert (there.generation, there.content_type, dict(there.metadata)) == (made, "image/gif", {"autok-colors": "16"})
    assert storage.read(UPLOADS, "target") == b"bytes"


def test_objects_are_listed_by_prefix(storage: CloudStorage) -> None:
    """A list holds what lies under the prefix, and nothing else."""
    for name in ("list/b", "list/a", "other"):
        storage.write(RESULTS, name, b"", ATTRIBUTES, 0)
    assert [each.name for each in storage.list(RESULTS, "list/")] == ["list/a", "list/b"]


def test_a_store_that_is_away_is_a_fault_worth_another_try(running: RunningEmulator, tmp_path: Path) -> None:
    """A wrong credential is one kind of error, which says nothing of names or addresses."""
    (tmp_path / "token").write_text("wrong")
    settings = Settings(UPLOADS, RESULTS, storage_url=running.url, storage_token_file=str(tmp_path / "token"))
    with closing(open_storage(settings)) as storage, pytest.raises(StorageError) as caught:
        storage.stat(RESULTS, "secret.png")
    assert caught.value.retryable
    assert "secret" not in str(caught.value)
    assert running.url not in str(caught.value)


def test_a_missing_token_file_is_a_wrong_setting(tmp_path: Path) -> None:
    """A token that cannot be read is told by its variable."""
    with pytest.raises(SettingsError, match="AUTOK_STORAGE_TOKEN_FILE"):
        open_storage(Settings("uploads", "results", storage_token_file=str(tmp_path / "absent")))


def test_a_write_that_landed_but_whose_answer_was_lost_is_accepted(
    running: RunningEmulator, storage: CloudStorage
) -> None:
    """A 503 after the write becomes a 412 on the client's own second try; the object is compared and accepted."""
    running.inject("lost_reply", api="upload", name="lost")
    generation = storage.write(RESULTS, "lost", b"landed", ATTRIBUTES, 0)
    there = storage.stat(RESULTS, "lost")
    assert there is not None
    assert generation == there.generation


def test_a_copy_whose_answer_was_lost_is_accepted(running: RunningEmulator, storage: CloudStorage) -> None:
    """A copy that landed under its new name is found there, not reported as a fault."""
    storage.write(UPLOADS, "copied", b"bytes", ATTRIBUTES, 0)
    running.inject("lost_reply", api="json", method="POST", bucket=UPLOADS)
    made = storage.copy(UPLOADS, "copied", "copied-again", ATTRIBUTES)
    there = storage.stat(UPLOADS, "copied-again")
    assert there is not None
    assert made == there.generation


def test_a_refused_write_is_not_mistaken_for_a_lost_answer(storage: CloudStorage) -> None:
    """Other bytes, or the same bytes with other metadata, under the name are somebody else's."""
    storage.write(RESULTS, "theirs", b"bytes", ATTRIBUTES, 0)
    assert storage.write(RESULTS, "theirs", b"other", ATTRIBUTES, 0) is None
    assert storage.write(RESULTS, "theirs", b"bytes", Attributes("image/png"), 0) is None


@pytest.mark.parametrize("kind", ["status", "reset", "broken_stream", "corrupt"])
def test_a_fault_that_passes_is_never_seen(running: RunningEmulator, storage: CloudStorage, kind: str) -> None:
    """A 503, a reset, a stream that breaks and flipped bits are tried again until the true bytes are there."""
    storage.write(RESULTS, f"fault-{kind}", b"true bytes " * 1000, ATTRIBUTES, 0)
    running.inject(kind, api="download", name=f"fault-{kind}", times=1)
    try:
        read = storage.read(RESULTS, f"fault-{kind}")
    except StorageError:
        read = storage.read(RESULTS, f"fault-{kind}")
    assert read == b"true bytes " * 1000


def test_bytes_packed_with_gzip_are_not_unpacked(running: RunningEmulator, storage: CloudStorage) -> None:
    """What is stored with Content-Encoding gzip is read as it is stored, so that it cannot grow in memory."""
    packed = gzip.compress(b"\0" * 1_000_000)
    with closing(running.client()) as client:
        blob = client.bucket(UPLOADS).blob("packed")
        blob.content_encoding = "gzip"
        blob.upload_from_string(packed, content_type="image/png")
    assert storage.read(UPLOADS, "packed") == packed
