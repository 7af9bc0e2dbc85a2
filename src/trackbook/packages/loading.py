"""Loading a model from a package: looked at first, and nothing in it is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from trackbook.errors import Refused
from trackbook.packages.flavours import flavour_named, loaded_from
from trackbook.packages.package import METADATA, metadata_of
from trackbook.packages.probes import agreement
from trackbook.packages.verify import verify
from trackbook.packages.write import package_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.packages.package import Package
    from trackbook.packages.probes import Agreement


class Scanned(Protocol):
    """What a scanner says of a folder."""

    @property
    def is_safe(self) -> bool:
        """Whether nothing dangerous was found."""

    @property
    def findings(self) -> Any:
        """What was found."""


def load(
    folder: Path,
    digest: str,
    *,
    scan: Callable[[Path], Scanned] | None = None,
    unsafe_pickle: bool = False,
    build: Callable[..., object] | None = None,
) -> object:
    """Return the model of a package, after its bytes were verified and scanned.

    No code of the package is run, unless it is a pickle and that was asked for.

    Args:
        folder: the package's
        digest: the package's, from where it was recorded
        scan: looks at the folder before anything is loaded
        unsafe_pickle: load a pickle all the same, which executes what is in it
        build: makes a torch module of a class of one's own, into which numbers are loaded

    Raises:
        Tampered: the package is not what was written
        Refused: the scan found something dangerous; or it is a pickle
    """
    package = read(folder, digest)
    if scan is not None:
        said = scan(folder)
        if not said.is_safe:
            words = "; ".join(str(getattr(f, "words", f)) for f in list(said.findings)[:3])
            raise Refused(
                f"package {digest[:12]} was not loaded, for its scan found: {words}; look at"
                f" {str(folder)!r}"
            )
    flavour = flavour_named(package.flavour)
    if (flavour.is_unsafe or package.is_unsafe) and not unsafe_pickle:
        raise Refused(
            f"package {digest[:12]} is a pickle, and loading it executes what is in it: say"
            " unsafe_pickle=True, if you trust who wrote it"
        )
    return loaded_from(flavour, str(folder / "model"), build)


def read(folder: Path, digest: str) -> Package:
    """Return what is known of a package, after its bytes were verified."""
    entries = verify(folder, digest)
    said = metadata_of((folder / METADATA).read_text(encoding="utf-8"))
    return package_of(digest, folder, said, entries)


def probed(folder: Path, digest: str, model: object) -> Agreement:
    """Return whether a loaded model predicts what is pinned in its package."""
    package = read(folder, digest)
    return agreement(flavour_named(package.flavour), model, folder)
