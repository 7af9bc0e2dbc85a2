"""Versions with a long past, one with none, and one whose every name is hostile."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from IPython.core.error import UsageError

HOSTILE = "</style><script>alert(1)</script>\"'`|--\n---\nlicense: mit\n&a: *b !!x #"
"""Ends a style, a script, an attribute, a code span, a cell, a front matter; and anchors."""
POLICY = """\
version = 1
[targets.staging]
require = ["package.intact", "signature.present"]
checks = [{ check = "perf.threshold", metric = "accuracy", min = 0.9 }]
[targets.production]
extends = "staging"
approvals = { count = 1, not_author = true }
"""
TRAIN = """\
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
X, y = load_wine(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
"""
FIT = """\
C = {c}
model = LogisticRegression(C=C, max_iter=5000).fit(X_train, y_train)
accuracy = model.score(X_test, y_test)
"""
BARE = """\
import trackbook, numpy as np
from sklearn.linear_model import LinearRegression
with_nothing = LinearRegression().fit(np.arange(12.0).reshape(6, 2), np.arange(6.0))
"""


def laboratory(shell):
    """Give a notebook in a real shell, recorded."""
    from trackbook.doors.session import Current

    def ok(*cells):
        for cell in cells:
            shell.run_cell(cell, store_history=True).raise_error()

    def track(line):
        return shell.run_line_magic("track", line)

    ok("%load_ext trackbook", "%track quiet")
    return SimpleNamespace(ok=ok, track=track, shell=shell, book=Current.book)


def produced(lab, patch, version):
    """Lead a version through its gates, and have somebody else approve it."""
    lab.track(f"promote {version} staging --reason 'better than before'")
    with pytest.raises(UsageError, match="asked for"):
        lab.track(f"promote {version} production")
    patch.setenv("JUPYTERHUB_USER", "bob")
    lab.track(f"approve {version} --comment 'looked at the errors'")
    patch.delenv("JUPYTERHUB_USER")
    lab.track(f"promote {version} production --reason 'release 12'")


def written(lab):
    """Put three models into the registry, and return where they are found."""
    from trackbook.clock import now_us, time_of
    from trackbook.packages import write
    from trackbook.papers import dossier_of
    from trackbook.registry import Facts

    made = write(lab.shell.user_ns["with_nothing"], lab.book.folder)
    facts = {n: getattr(made, n) for n in Facts.__annotations__ if hasattr(made, n)}
    lab.book.models.registry().register(Facts(**facts | {"signature": ""}), "bare", "0.1.0")
    now = time_of(now_us())
    return SimpleNamespace(
        words=HOSTILE,
        full=dossier_of(lab.book, "wine@champion", now=now),
        bare=dossier_of(lab.book, "bare@0.1.0", now=now),
        hostile=dossier_of(lab.book, "evil@1.0.0", now=now),
    )


def lived(lab, patch):
    """Write the past of the models."""
    (lab.book.folder.parent / "trackbook.gates.toml").write_text(POLICY)
    lab.ok(TRAIN, FIT.format(c=0.01))
    lab.track(
        "register model wine --example X_test --description 'sorts wine by its grower'"
    )
    produced(lab, patch, "wine@1.0.0")
    lab.ok(FIT.format(c=1.0))
    lab.track("tag license=apache-2.0 team=cellar")
    lab.track(
        "register model wine --example X_test --description 'sorts wine by its grower'"
    )
    produced(lab, patch, "wine@1.1.0")
    lab.ok(
        f"import trackbook\nhostile = {HOSTILE!r}\n"
        "X_bad = X_train.rename(columns={'alcohol': hostile})\n"
        "with trackbook.start_run(run_name=hostile, experiment='evil'):\n"
        "    bad = LogisticRegression(max_iter=5000).fit(X_bad, y_train)\n"
        "    trackbook.log_input(X_bad, hostile)\n"
        "    trackbook.log_params({hostile: hostile})\n"
        "    trackbook.log_metric(hostile, float('nan'))\n"
        "    trackbook.log_metric('huge', float('inf'))\n"
        "    trackbook.set_tags({hostile: hostile, 'license': hostile})\n"
    )
    lab.ok("trackbook.register(bad, 'evil', example=X_bad, description=hostile)", BARE)
    lab.shell.user_ns["reason"] = HOSTILE.replace("\n", " ").replace("'", "")
    lab.track(
        f"promote evil@1.0.0 staging --force --reason '{lab.shell.user_ns['reason']}'"
    )


@pytest.fixture(scope="session")
def told(tmp_path_factory, shell_in):
    """All that is on record of the three versions."""
    folder = tmp_path_factory.mktemp("papers")
    with shell_in(folder) as shell, pytest.MonkeyPatch.context() as patch:
        lab = laboratory(shell)
        lived(lab, patch)
        return written(lab)


@pytest.fixture(params=["full", "bare", "hostile"])
def any_one(told, request):
    """Each of the three versions in turn."""
    return getattr(told, request.param)
