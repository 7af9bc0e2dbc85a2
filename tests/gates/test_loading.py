"""A package is loaded where nothing but its own is there."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from trackbook.gates import Cancelled, Gate, ask, evaluate, gates

LOAD = "load.clean_process"


def test_a_package_that_predicts_as_before_passes(judged) -> None:
    found = judged(LOAD)
    assert (found.outcome, found.blocks) == ("passed", False)
    assert "4 probes as they were" in found.words


def test_a_package_that_predicts_something_else_fails(packed, judged) -> None:
    packed.write("model/weights.json", json.dumps([0.5, -1.0, 2.001]))
    found = judged(LOAD)
    assert found.outcome == "failed"
    assert "4 of 4 outputs differ, by up to 0.011" in found.words


def test_a_difference_within_the_tolerance_passes(packed, judged) -> None:
    packed.write("model/weights.json", json.dumps([0.5, -1.0, 2.001]))
    assert judged(LOAD, keys={"rtol": 0.01}).outcome == "passed"


def test_labels_are_compared_as_texts(packed, judged) -> None:
    code = "load_model = lambda folder: lambda rows: ['yes', 'no', 'no', 'no']"
    packed.write("code/predict.py", code)
    packed.probes(inputs=np.zeros((4, 1)), outputs=np.array(["yes", "no", "no", "yes"]))
    found = judged(LOAD)
    assert found.outcome == "failed"
    assert "1 of 4 outputs are others" in found.words


def test_columns_come_as_a_frame_under_their_names(packed, judged) -> None:
    code = "load_model = lambda folder: lambda rows: rows['age'] + rows['name'].str.len()"
    packed.write("code/predict.py", code)
    packed.probes(
        **{"inputs.age": np.array([1, 2]), "inputs.name": np.array(["ann", "bo"])},
        outputs=np.array([4, 4]),
    )
    assert judged(LOAD).outcome == "passed"


def test_code_of_the_package_is_found_and_a_module_of_the_project_is_not(
    packed, judged, tmp_path, monkeypatch
) -> None:
    (tmp_path / "ours.py").write_text("bias = 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    packed.write("code/utils.py", "import ours\n")
    code = packed.folder.joinpath("code/predict.py").read_text()
    packed.write("code/predict.py", f"import utils\n{code}")
    found = judged(LOAD)
    assert found.outcome == "failed"
    assert (
        found.words == "failed while loading: ModuleNotFoundError: No module named 'ours'"
    )


def test_it_sees_no_variable_of_ours(packed, judged, monkeypatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "hush")
    code = (
        "import os, sys\n"
        "def load_model(folder):\n"
        "    sys.exit('|'.join(sorted(os.environ)) + '|' + os.path.expanduser('~'))"
    )
    packed.write("code/predict.py", code)
    found = judged(LOAD)
    assert "PATH" in found.words
    assert "DEPLOY_TOKEN" not in found.evidence + found.words
    assert f"{Path.home()}|" not in found.words + "|"


def test_a_package_that_hangs_is_ended_with_all_that_it_started(packed, judged) -> None:
    code = (
        "import subprocess, sys, time\n"
        "def load_model(folder):\n"
        "    for new in (False, True):\n"
        "        subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(77.25)'],\n"
        "                         start_new_session=new)\n"
        "    time.sleep(77)\n"
    )
    packed.write("code/predict.py", code)
    began = time.monotonic()
    found = judged(LOAD, keys={"time_limit": "1500ms"})
    assert time.monotonic() - began < 30
    assert found.outcome == "failed"
    assert found.words.startswith("not done after ")
    assert "while loading; all its processes were ended" in found.words
    assert left_of("time.sleep(77.25)") == []


def test_a_process_ends_with_the_one_that_started_it(packed, tmp_path) -> None:
    packed.write(
        "code/predict.py", "import time\nload_model = lambda f: time.sleep(88.25)\n"
    )
    script = (
        "from pathlib import Path; from threading import Event; import sys\n"
        "from trackbook.gates.child import run_child\n"
        "from trackbook.gates.loading import SCRIPT\n"
        "run_child(SCRIPT, sys.argv[1:], Path(sys.argv[2]), seconds=60,"
        " memory_bytes=10**9, halt=Event())\n"
    )
    work = tmp_path / "work"
    work.mkdir()
    asked = subprocess.Popen([sys.executable, "-c", script, str(packed.folder), str(work)])
    wait_until(lambda: len(left_of(str(work))) == 2)
    asked.kill()
    asked.wait()
    wait_until(lambda: left_of(str(work)) == [])


def wait_until(happened) -> None:
    deadline = time.monotonic() + 15
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_a_package_leaves_running_is_ended_too(packed, judged) -> None:
    code = packed.folder.joinpath("code/predict.py").read_text()
    leave = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(77.5)'],"
        " start_new_session=True)\n"
    )
    packed.write("code/predict.py", leave + code)
    assert judged(LOAD).outcome == "passed"
    assert left_of("time.sleep(77.5)") == []


def left_of(words: str) -> list[psutil.Process]:
    return [
        p
        for p in psutil.process_iter(["cmdline", "status"])
        if words in " ".join(p.info["cmdline"] or []) and p.info["status"] != "zombie"
    ]


def test_a_package_that_takes_too_much_memory_is_ended(packed, judged) -> None:
    code = (
        "import time, numpy as np\n"
        "def load_model(folder):\n"
        "    hog = [np.ones(5_000_000) for _ in range(12) if not time.sleep(0.02)]\n"
        "    time.sleep(60)\n"
    )
    packed.write("code/predict.py", code)
    found = judged(LOAD, keys={"memory_mb": 250})
    assert found.outcome == "failed"
    assert found.words == "took more than 250 MB of memory while loading; it was ended"


def test_a_package_that_kills_its_process_fails(packed, judged) -> None:
    packed.write(
        "code/predict.py", "import os\nload_model = lambda f: os.kill(os.getpid(), 9)"
    )
    found = judged(LOAD)
    assert found.outcome == "failed"
    assert "failed while loading" in found.words


def test_nothing_is_loaded_in_which_the_scanner_finds_danger(
    packed, judged, tmp_path
) -> None:
    witness = tmp_path / "executed"
    packed.write("code/predict.py", f"open({str(witness)!r}, 'w')\n")
    finding = SimpleNamespace(
        path="model/m.pkl", severity="error", code="os.system", words="calls os.system"
    )
    scan = SimpleNamespace(findings=[finding], is_safe=False)
    found = judged(LOAD, scan=lambda _: scan)
    assert found.words == "not loaded: the scanner found model/m.pkl: calls os.system"
    assert not witness.exists()
    judged(LOAD, scan=lambda _: scan, keys={"despite_scan": True})
    assert witness.exists()


def test_bytes_that_are_not_the_registered_ones_are_not_loaded(packed, judged) -> None:
    candidate = packed.candidate()
    packed.write("model/weights.json", "[0, 0, 0]")
    found = judged(LOAD, candidate=candidate)
    assert found.words == "not loaded: package is not what was registered"


def test_a_package_that_rewrites_itself_fails(packed, judged) -> None:
    code = packed.folder.joinpath("code/predict.py").read_text()
    code = code.replace(
        "    return Linear", "    Path(folder, 'new').touch()\n    return Linear"
    )
    packed.write("code/predict.py", code)
    assert "loading it changed the package" in judged(LOAD).words


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "has no attribute 'load'"),
        (
            "import os\ndef load_model(folder):\n"
            "    os.mkfifo('said.txt'), os.mkfifo('outputs.npy'), os.mkfifo('loaded.json')\n"
            "    os._exit(3)",
            "failed while loading: exit code 3",
        ),
        (
            "load_model = lambda folder: None",
            "TypeError: 'NoneType' object is not callable",
        ),
        (
            "load_model = lambda folder: lambda rows: rows",
            "it predicted (4, 3), it was (4,)",
        ),
        (
            "import os\nload_model = lambda folder: os._exit(0)",
            "without having loaded anything",
        ),
        (
            "load_model = lambda f: lambda r: exit('\\x1b[2J' + 'no' * 999)",
            "while predicting",
        ),
    ],
)
def test_code_that_is_not_as_it_should_be_is_told(packed, judged, code, says) -> None:
    packed.write("code/predict.py", code)
    found = judged(LOAD)
    assert found.outcome == "failed"
    assert says in found.words


def test_probes_that_hold_a_pickle_are_not_unpickled(packed, judged) -> None:
    packed.probes(inputs=np.array([{"a": 1}], dtype=object), outputs=np.zeros(1))
    found = judged(LOAD)
    assert (found.outcome, found.blocks) == ("errored", True)
    assert "Object arrays cannot be loaded" in found.words


@pytest.mark.parametrize("spoil", [b"no zip", b"PK\x03\x04" + b"\0" * 40])
def test_probes_that_cannot_be_read_fail_whoever_asks(packed, judged, spoil) -> None:
    packed.write("data/probe.npz", spoil)
    found = judged(LOAD)
    assert found.blocks
    assert "probe.npz" in found.words + found.evidence


def test_probes_that_would_swell_are_not_unpacked(packed, judged) -> None:
    code = "load_model = lambda folder: lambda rows: rows"
    packed.write("code/predict.py", code)
    np.savez_compressed(
        packed.folder / "data/probe.npz", inputs=np.zeros(1), outputs=np.zeros(30_000_000)
    )
    found = judged(LOAD)
    assert (found.outcome, found.blocks) == ("errored", True)
    assert found.words == "data/probe.npz holds arrays of 240 MB: keep fewer probes"


def test_rows_of_any_kind_come_by_way_of_whoever_reads_them(packed, judged) -> None:
    from scipy.sparse import csr_matrix

    rows = csr_matrix(np.arange(12.0).reshape(4, 3))
    code = (
        "def load(package):\n    return str(package)\n"
        "def predict(rows, model=None, package='nowhere'):\n"
        "    assert model.endswith('package')\n"
        "    return rows * 2\n"
    )
    packed.write("code/predict.py", code)
    assert judged(LOAD, probes=lambda _: (rows, rows * 2)).outcome == "passed"
    found = judged(LOAD, probes=lambda _: (rows, rows * 3))
    assert "outputs differ, by up to 11" in found.words


def test_no_rows_prove_nothing(packed, judged) -> None:
    packed.probes(inputs=np.zeros((0, 3)), outputs=np.zeros(0))
    assert "no probes" in judged(LOAD).words


def test_a_package_reaches_nobody_where_the_system_can_see_to_that(packed, judged) -> None:
    code = (
        "import socket\n"
        "def load_model(folder):\n"
        "    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:\n"
        "        try:\n"
        "            one.connect(('192.0.2.1', 9))\n"
        "        except OSError:\n"
        "            return lambda rows: ['closed']\n"
        "    return lambda rows: ['open']\n"
    )
    packed.write("code/predict.py", code)
    packed.probes(inputs=np.zeros(1), outputs=np.array(["closed"]))
    found = judged(LOAD)
    if json.loads(found.evidence)["told"]["network"] == "closed":
        assert found.outcome == "passed"


def test_a_package_without_probes_loads_but_proves_nothing(packed, judged) -> None:
    (packed.folder / "data/probe.npz").unlink()
    assert "no probes" in judged(LOAD).words
    assert judged(LOAD).outcome == "failed"
    assert judged(LOAD, keys={"require_probes": False}).outcome == "passed"


def test_one_process_answers_both_for_loading_and_for_memory(packed) -> None:
    policy = gates(Gate("staging", [ask(LOAD), ask("size.memory", max_mb=1000)]))
    load, memory = evaluate(packed.candidate(), policy, "staging").results
    assert (load.outcome, memory.outcome) == ("passed", "passed")
    assert memory.duration_s < 0.3 * load.duration_s
    assert 10 < json.loads(memory.value) < 500


def test_a_process_that_is_larger_than_allowed_fails(judged) -> None:
    found = judged("size.memory", keys={"max_mb": 5})
    assert found.outcome == "failed"
    assert "5 MB are allowed" in found.words


def test_cancelling_ends_the_process_at_once(packed) -> None:
    code = "import time\ndef load_model(folder):\n    time.sleep(77.75)\n"
    packed.write("code/predict.py", code)
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled, match=r"stopped at load\.clean_process"):
        evaluate(
            packed.candidate(), gates(Gate("staging", [ask(LOAD)])), "staging", cancel=stop
        )
    assert time.monotonic() - began < 30
    assert left_of(str(packed.folder)) == []


def test_a_model_of_scikit_learn_comes_back_as_it_was(packed, judged) -> None:
    import skops.io
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier

    rows, labels = load_iris(return_X_y=True)
    model = RandomForestClassifier(n_estimators=10, random_state=0).fit(rows, labels)
    file = packed.folder / "model/model.skops"
    skops.io.dump(model, file)
    trusted = skops.io.get_untrusted_types(file=file)
    code = (
        "import skops.io\n"
        "def load_model(folder):\n"
        f"    return skops.io.load(folder / 'model/model.skops', trusted={trusted})\n"
        "predict = lambda model, rows: model.predict_proba(rows)\n"
    )
    packed.write("code/predict.py", code)
    packed.probes(inputs=rows[::3], outputs=model.predict_proba(rows[::3]))
    assert judged(LOAD).words.endswith("50 probes as they were")
    assert "sklearn" in sys.modules  # here; the process has its own
