"""Bundles made to do harm: each is refused, in words, and nothing of it remains."""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import zipfile
from hashlib import sha256

import msgspec
import pytest
from environments_field import Field

from trackbook.environments import new_key, pack, take_in
from trackbook.environments.keys import name_of, private_key, signature_of
from trackbook.errors import Damaged, Misused, NotFound, Refused
from trackbook.records import Shipment
from trackbook.registry import digest_of_facts, hash_of, versions


class Forge:
    """A bundle taken apart, to be put together otherwise; unsigned, so that only looks count."""

    def __init__(self, field, file, packed) -> None:
        self.field, self.file = field, file
        file.write_bytes(packed)
        with zipfile.ZipFile(file) as archive:
            self.parts = {one: archive.read(one) for one in archive.namelist()}

    @property
    def list(self):
        return json.loads(self.parts["bundle.json"])

    def relist(self, **more) -> None:
        """List what is there now, as somebody would who made it all himself."""
        said = self.list | more
        if "files" not in more:
            said["files"] = [
                {"path": path, "size": len(b), "sha256": sha256(b).hexdigest()}
                for path, b in sorted(self.parts.items())
                if path not in {"bundle.json", "bundle.sig"}
            ]
        self.parts["bundle.json"] = json.dumps(said).encode()

    def retell(self, change) -> None:
        """Change the records and make every hash fit again that a forger can make."""
        said = json.loads(self.parts["records.json"])
        change(said)
        from trackbook.records import Origin

        origins = [msgspec.convert(one, Origin) for one in said["origins"]]
        sent = msgspec.convert(said["shipment"], Shipment)
        sent = msgspec.structs.replace(sent, facts_digest=digest_of_facts(origins))
        said["shipment"] = msgspec.structs.asdict(
            msgspec.structs.replace(sent, hash=hash_of(sent))
        )
        self.parts["records.json"] = json.dumps(said).encode()
        self.relist()

    def reenter(self, **facts) -> None:
        """Change the registration in the records, with its hash."""

        def change(said) -> None:
            from trackbook.records import Version

            for one in said["origins"]:
                if one["what"] == "version":
                    told = json.loads(one["facts"])
                    for entry in told["entries"]:
                        if entry["kind"] == "version":
                            entry.update(facts)
                            rest = {k: v for k, v in entry.items() if k != "kind"}
                            entry["hash"] = hash_of(Version(**rest))
                    one["facts"] = json.dumps(told)

        self.retell(change)

    def write(self, make=None) -> None:
        """Put it together, each file as `make` says."""
        with zipfile.ZipFile(self.file, "w") as archive:
            for path, content in self.parts.items():
                info = zipfile.ZipInfo(path)
                if make is not None:
                    make(info)
                archive.writestr(info, content)


@pytest.fixture(scope="module")
def ground(tmp_path_factory, template):
    """Projects in which every bundle of these tests is refused, so that they stay as they are."""
    root = tmp_path_factory.mktemp("ground")
    shutil.copytree(template.root, root, dirs_exist_ok=True)
    made = Field(root, template.name)
    yield made
    made.close()


@pytest.fixture(scope="module")
def packed(ground) -> bytes:
    """A whole and honest bundle."""
    file = ground.root / "good.tbz"
    pack(ground["dev"], ground.name, file, key=None, unsigned=True)
    return file.read_bytes()


@pytest.fixture
def forge(ground, packed, tmp_path):
    return Forge(ground, tmp_path / "evil.tbz", packed)


def left(folder) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def refused(forge, match, error=Damaged) -> None:
    """The bundle is refused, and the project holds no more than before."""
    book = forge.field["prod"]
    _ = book.journal
    before = left(book.folder / "packages")
    with pytest.raises(error, match=match) as caught:
        take_in(book, forge.file, unsigned=True)
    assert len(str(caught.value)) < 2000
    assert left(book.folder / "packages") == before
    book.settle()
    assert versions(book.store) == []
    assert book.store.rows("SELECT * FROM origin").rows == []
    assert book.store.rows("SELECT * FROM shipment").rows == []
    assert not (forge.field.root / "evil.txt").exists()


PATHS = [
    "package/../../../../evil.txt", "/evil.txt", "package/model/../../../../../evil.txt",
    "C:/evil.txt", "package/a\\..\\evil.txt", "package/con.txt", "package/a\x01b", "package//x",
    "package/./x", "package/x ", "package/\u202egpj.exe",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=[ascii(path) for path in PATHS])
def test_a_path_that_leads_elsewhere(forge, path) -> None:
    forge.parts[path] = b"evil"
    forge.relist()
    forge.write()
    refused(forge, "nothing was imported")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_a_link_or_device_or_folder(forge, kind) -> None:
    forge.parts["package/link"] = b"/etc/passwd"
    forge.relist()

    def make(info) -> None:
        if info.filename == "package/link":
            info.create_system = 3
            info.external_attr = (kind | 0o777) << 16

    forge.write(make)
    refused(forge, "link or no file|was added|arrived as")


def test_a_packed_file_and_so_every_bomb(forge) -> None:
    forge.parts["package/bomb"] = b"\0" * (64 << 20)
    forge.relist()

    def make(info) -> None:
        if info.filename == "package/bomb":
            info.compress_type = zipfile.ZIP_DEFLATED

    forge.write(make)
    assert forge.file.stat().st_size < 1 << 20
    refused(forge, "packed")


def test_files_that_lie_over_each_other(forge) -> None:
    forge.write()
    raw = bytearray(forge.file.read_bytes())
    with zipfile.ZipFile(forge.file) as archive:
        start = archive.start_dir
        infos = archive.infolist()
        first = next(i for i in infos if i.filename.startswith("package/model/model"))
    at = start
    for _ in infos:  # every entry of the directory points to the same file
        struct.pack_into("<I", raw, at + 42, first.header_offset)
        at += 46 + struct.unpack_from("<H", raw, at + 28)[0]
    forge.file.write_bytes(bytes(raw))
    refused(forge, "nothing was imported")


def test_a_name_that_is_there_twice(forge) -> None:
    forge.write()
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(forge.file, "a") as archive,
    ):
        archive.writestr("bundle.json", b"{}")
    refused(forge, "twice")


def test_names_that_differ_in_case_only(forge) -> None:
    forge.parts["package/MODEL/metadata.json"] = b"{}"
    forge.relist()
    forge.write()
    refused(forge, "twice")


def test_a_file_that_is_not_listed(forge) -> None:
    forge.parts["package/more"] = b"evil"
    forge.write()
    refused(forge, "not listed")


def test_a_file_that_is_listed_and_missing(forge) -> None:
    forge.parts.pop("package/model/metadata.json")
    forge.write()
    refused(forge, "missing")


def test_a_file_that_no_bundle_has(forge) -> None:
    forge.parts["setup.py"] = b"evil"
    forge.relist()
    forge.write()
    refused(forge, "no part of a bundle")


def test_bytes_before_or_behind_or_in_a_comment(forge) -> None:
    forge.write()
    whole = forge.file.read_bytes()
    for evil in (b"#!/bin/sh\n" + whole, whole + b"more"):
        forge.file.write_bytes(evil)
        refused(forge, "nothing was imported")
    with zipfile.ZipFile(forge.file, "w") as archive:
        for path, content in forge.parts.items():
            archive.writestr(path, content)
        archive.comment = b"evil"
    refused(forge, "comment")


def test_a_changed_byte_of_the_package(forge) -> None:
    content = bytearray(forge.parts["package/model/metadata.json"])
    content[-3] ^= 1
    forge.parts["package/model/metadata.json"] = bytes(content)
    forge.write()
    refused(forge, "others than are listed")
    forge.relist()
    forge.write()
    refused(forge, "arrived as")


def test_a_changed_byte_anywhere_in_a_signed_bundle(field, tmp_path) -> None:
    new_key(tmp_path / "ann")
    file = tmp_path / "iris.tbz"
    pack(field["dev"], field.name, file, key=tmp_path / "ann")
    whole = file.read_bytes()
    _ = field["prod"].journal
    for at in range(11, len(whole), max(1, len(whole) // 60)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            take_in(field["prod"], file, trust=[tmp_path / "ann.pub"])
        except (Damaged, Refused):
            assert field.at("prod") is None
        else:  # zip knows fields that nobody reads: what came is what was signed
            assert field.at("prod").package_digest == field.at("dev").package_digest
            field["prod"].models.load(field.name)
            break


@pytest.mark.parametrize(
    "said",
    [b"", b"\0" * 50, b"[]", b"{}", b'{"format": 1}', b"[" * 100_000, b'{"format": "\xff"}',
     b'{"format": "trackbook-bundle/2"}', b"null", b'"text"'],
    ids=range(10),
)  # fmt: skip
def test_a_list_that_is_none(forge, said) -> None:
    forge.parts["bundle.json"] = said
    forge.write()
    refused(forge, "nothing was imported")


@pytest.mark.parametrize("key", ["format", "files", "package_digest", "version_id", "key"])
@pytest.mark.parametrize("value", [None, 1, [], {}, "x" * 70, "../../x"], ids=repr)
def test_a_list_of_wrong_types(forge, key, value) -> None:
    forge.relist(**{key: value})
    forge.write()
    refused(forge, "nothing was imported", (Damaged, Refused))


def test_a_list_with_more_than_it_should_say(forge) -> None:
    forge.relist(trusted_keys=["mine"])
    forge.write()
    refused(forge, "cannot be read")


def test_records_of_another_version(forge) -> None:
    forge.relist(version="9.9.9")
    forge.write()
    refused(forge, "another version")


@pytest.mark.parametrize(
    ("facts", "match"),
    [
        ({"version_id": "latest"}, "."),
        ({"flavour": "onnx"}, "otherwise than its package: flavour"),
        ({"is_unsafe": True}, "is_unsafe"),
        ({"weights_fp": "0" * 64}, "weights_fp"),
        ({"signature": "{}"}, "signature"),
        ({"size_bytes": 1}, "its size"),
        ({"probe_count": 1 << 70}, "."),
        ({"size_bytes": -1}, "size_bytes"),
        ({"description": "x" * 1_000_000}, "too long"),
        ({"source_run_id": "best:accuracy"}, "is none"),
        ({"at_us": 1 << 62}, "impossible time"),
        ({"model": "../../evil"}, "."),
        ({"package_digest": "0" * 64}, "another version"),
    ],
    ids=repr,
)
def test_a_registration_that_lies(forge, facts, match) -> None:
    forge.reenter(**facts)
    forge.write()
    refused(forge, match)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["origins"].clear(),
        lambda said: said["origins"].append(said["origins"][0]),
        lambda said: said["origins"][0].update(born_us=1 << 62),
        lambda said: said["origins"][0].update(born_us=-5),
        lambda said: said["origins"][-1].update(led_to="elsewhere"),
        lambda said: said["origins"][-1].update(what="paper"),
        lambda said: said["origins"][-1].update(version_id="another"),
        lambda said: [one.update(facts="not json") for one in said["origins"]],
        lambda said: [one.update(facts='{"entries": 5}') for one in said["origins"]],
        lambda said: [one.update(facts='{"entries": [[]]}') for one in said["origins"]],
        lambda said: [one.update(facts='{"entries": [{"kind": "x"}]}') for one in said["origins"]],
        lambda said: [one.update(facts="[" * 100_000) for one in said["origins"]],
        lambda said: said["shipment"].update(shipment_id="'; DROP TABLE version; --"),
        lambda said: said["shipment"].update(way="folder"),
        lambda said: said["shipment"].update(step="received"),
    ],
    ids=range(15),
)  # fmt: skip
def test_records_that_make_no_sense(forge, change) -> None:
    forge.retell(change)
    forge.write()
    refused(forge, "nothing was imported")


def test_a_changed_entry_of_the_log(forge) -> None:
    def change(said) -> None:
        for one in said["origins"]:
            if one["what"] == "version":
                one["facts"] = one["facts"].replace('"author":"ann"', '"author":"eve"')

    forge.retell(change)
    forge.write()
    refused(forge, "not as it was written")


def test_a_changed_note(forge) -> None:
    said = json.loads(forge.parts["records.json"])
    said["shipment"]["actor"] = "eve"
    forge.parts["records.json"] = json.dumps(said).encode()
    forge.relist()
    forge.write()
    refused(forge, "note that it was sent")


def test_a_signature_that_was_cut_off_or_put_on(field, tmp_path) -> None:
    new_key(tmp_path / "ann")
    file = tmp_path / "iris.tbz"
    pack(field["dev"], field.name, file, key=tmp_path / "ann")
    with zipfile.ZipFile(file) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    for signature in (
        None,
        b"",
        b"zz",
        b"00" * 64,
        b"00" * 10,
        parts["bundle.sig"][:1].translate(
            bytes.maketrans(b"0123456789abcdef", b"1032547698badcfe")
        )
        + parts["bundle.sig"][1:],
    ):
        more = {} if signature is None else {"bundle.sig": signature}
        with zipfile.ZipFile(file, "w") as archive:
            for path, content in (parts | more).items():
                if signature is not None or path != "bundle.sig":
                    archive.writestr(path, content)
        for unsigned in (False, True):
            with pytest.raises(Damaged, match="nothing was imported"):
                take_in(
                    field["prod"], file, trust=[tmp_path / "ann.pub"], unsigned=unsigned
                )
    assert field.at("prod") is None


def test_a_key_that_the_bundle_brings_is_not_trusted(forge, tmp_path) -> None:
    new_key(tmp_path / "eve")
    new_key(tmp_path / "ann")
    secret = private_key(tmp_path / "eve")
    forge.relist(key=name_of(secret.public_key()))
    forge.parts["bundle.sig"] = (
        signature_of(secret, forge.parts["bundle.json"]).hex().encode()
    )
    forge.parts["papers/eve.pub"] = (tmp_path / "eve.pub").read_bytes()
    forge.write()
    with pytest.raises(Refused, match="does not trust"):
        take_in(forge.field["prod"], forge.file, trust=[tmp_path / "ann.pub"])


def test_what_another_key_signed_under_a_trusted_name(forge, tmp_path) -> None:
    new_key(tmp_path / "eve")
    new_key(tmp_path / "ann")
    forge.relist(key=name_of(private_key(tmp_path / "ann").public_key()))
    eve = private_key(tmp_path / "eve")
    forge.parts["bundle.sig"] = signature_of(eve, forge.parts["bundle.json"]).hex().encode()
    forge.write()
    with pytest.raises(Damaged, match="is not what"):
        take_in(forge.field["prod"], forge.file, trust=[tmp_path / "ann.pub"])


def test_an_enormous_list_is_not_read(forge) -> None:
    forge.parts["bundle.json"] = b" " * (65 << 20)
    forge.write()
    refused(forge, "bytes")


def test_enormous_records_and_many_papers(forge) -> None:
    for n in range(30):
        forge.parts[f"papers/{n}.md"] = b"x"
    forge.relist()
    forge.write()
    refused(forge, "papers")
    for n in range(30):
        forge.parts.pop(f"papers/{n}.md")
    forge.parts["records.json"] += b" " * (17 << 20)
    forge.relist()
    forge.write()
    refused(forge, "bytes")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x05\x06" + b"\0" * 18, b"PK", os.urandom(5000)]
)
def test_what_is_no_bundle_at_all(forge, content) -> None:
    forge.file.write_bytes(content)
    refused(forge, "nothing was imported")


def test_what_is_no_file(field, tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, error in (("none", NotFound), ("pipe", Refused), ("dev", (Refused, Misused))):
        with pytest.raises(error):
            take_in(field["prod"], tmp_path / name, unsigned=True)


def test_a_number_that_is_taken_by_other_bytes(field, packed, tmp_path) -> None:
    forge = Forge(field, tmp_path / "evil.tbz", packed)
    forge.write()
    other = field["prod"].models
    from sklearn.datasets import load_iris
    from sklearn.tree import DecisionTreeClassifier

    from trackbook.book import Keeping

    rows, kinds = load_iris(return_X_y=True, as_frame=True)
    model = DecisionTreeClassifier().fit(rows, kinds)
    package = other.package(model, "iris", run=None, keeping=Keeping(example=rows[:5]))
    other.register(package, "iris", run=None, version="1.0.0")
    with pytest.raises(Refused, match="a version never changes"):
        take_in(field["prod"], forge.file, unsigned=True)
    assert len(list(other.shelf.digests())) == 1


def test_nobodys_word_changes_what_was_told_by_somebody(field, packed, tmp_path) -> None:
    forge = Forge(field, tmp_path / "evil.tbz", packed)
    field.whole()
    before = field.rows("prod", "SELECT origin_id, facts FROM origins ORDER BY 1")

    def change(said) -> None:
        for one in said["origins"]:
            one["facts"] = one["facts"].replace("0.95", "0.99")

    forge.retell(change)
    forge.write()
    done = take_in(field["prod"], forge.file, unsigned=True)
    assert not done.is_new
    assert field.rows("prod", "SELECT origin_id, facts FROM origins ORDER BY 1") == before


def test_a_run_of_this_project_is_not_taken_for_a_strangers(
    field, packed, tmp_path
) -> None:
    """Whoever knows the id of a good run here cannot pass a gate with its numbers."""
    forge = Forge(field, tmp_path / "evil.tbz", packed)
    from trackbook.book import known_of_run

    forge.reenter(source_run_id=field.at("dev").run_id)
    forge.write()
    take_in(field["prod"], forge.file, unsigned=True)
    version = field.at("prod")
    assert version.run_id is None
    assert known_of_run(field["prod"], version).metrics == {}
