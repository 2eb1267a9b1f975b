"""Files of fits that are damaged, foreign or hostile: nothing but a clear error comes of them."""

from __future__ import annotations

import io
import json
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest

import made_up
from partialpool import StorageError, load, register_function

FRAME = pd.DataFrame(made_up.data())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.ppfit"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "fit"
    made_up.fit("y ~ x + f + (1 | g)", frame=FRAME).save(path)
    return path.read_bytes()


def members(saved):
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path, contents, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)


def npy(values, **options):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, values, **options)
    return stream.getvalue()


def header(shape, dtype="'<f8'"):
    text = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}"
    text = text + " " * (63 - (len(text) + 10) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize("keep", [0, 1, 10, 100, 1000, 0.5, 0.9, 0.999])
def test_truncated_files(saved, path, keep):
    path.write_bytes(saved[: int(keep if keep >= 1 or keep == 0 else keep * len(saved))])
    with pytest.raises(StorageError, match="not a saved fit, or is damaged"):
        load(path)


def test_bytes_changed_anywhere(saved, path):
    """Every change is noticed, or harmless: nothing but our error comes up."""
    rng = np.random.default_rng(1)
    for _ in range(150):
        damaged = bytearray(saved)
        for place in rng.integers(0, len(saved), rng.integers(1, 20)):
            damaged[place] = rng.integers(0, 256)
        path.write_bytes(bytes(damaged))
        try:
            load(path)
        except StorageError:
            continue


@pytest.mark.parametrize("contents", [b"", b"PK", b"hello", pickle.dumps({"kind": "partialpool fit"}), b"\0" * 1000])
def test_other_files(path, contents):
    path.write_bytes(contents)
    with pytest.raises(StorageError, match="not a saved fit"):
        load(path)


class _Bomb:
    fired = False

    def __reduce__(self):
        return (setattr, (_Bomb, "fired", True))


def edited(description, *keys, value):
    inner = description
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return description


EDITS = {
    "kind": ("kind", "something else"),
    "version of another type": ("version", "new"),
    "no names": ("names", ["a", "b"]),
    "names that are no names": ("names", 7),
    "recipe": ("recipe", None),
    "formula": ("recipe", "formula", {"kind": "model", "x": 1}),
    "formula text": ("recipe", "formula", "y ~ x"),
    "family": ("recipe", "family", {"family": "os.system"}),
    "prior": ("recipe", "prior", [{"prior": "__import__('os')", "class": "b"}]),
    "sample_prior": ("recipe", "sample_prior", "maybe"),
    "columns": ("recipe", "columns", []),
    "row labels": ("recipe", "row_labels", ["one"]),
    "kind of a column": ("recipe", "columns", 0, "kind", "factor"),
    "levels of a column": ("recipe", "columns", 3, "levels", ["u"]),
    "settings": ("settings", {}),
    "an unknown setting": ("settings", "command", "rm"),
    "iterations": ("settings", "iter", -5),
}


@pytest.mark.parametrize("name", EDITS)
def test_descriptions_that_are_wrong(saved, path, name):
    *keys, value = EDITS[name]
    contents = members(saved)
    contents["fit.json"] = json.dumps(edited(json.loads(contents["fit.json"]), *keys, value=value))
    written(path, contents)
    with pytest.raises(StorageError):
        load(path)


def test_later_versions(saved, path):
    contents = members(saved)
    description = edited(json.loads(contents["fit.json"]), "version", value=99)
    contents["fit.json"] = json.dumps(edited(description, "written_by", value="7.0.0"))
    written(path, contents)
    with pytest.raises(StorageError, match=r"written by partialpool 7\.0\.0, .* update partialpool"):
        load(path)


@pytest.mark.parametrize(
    "text",
    [b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"kind": "partialpool fit"}', b"1" * 5000],
    ids=["list", "null", "open", "bytes", "deep", "bare", "number"],
)
def test_descriptions_that_are_none(saved, path, text):
    written(path, {**members(saved), "fit.json": text})
    with pytest.raises(StorageError):
        load(path)


@pytest.mark.parametrize("gone", ["fit.json", "draws.npy", "rows.npy", "data/0.npy", "missing/1.npy"])
def test_members_that_are_not_there(saved, path, gone):
    written(path, {name: data for name, data in members(saved).items() if name != gone})
    with pytest.raises(StorageError, match="damaged"):
        load(path)


ARRAYS = {
    "pickled objects": npy(np.array([_Bomb()], dtype=object), allow_pickle=True),
    "too large a shape": header((10**12, 10**6)),
    "a shape larger than the data": header((2, 20, 30)) + b"\0" * 80,
    "a shape smaller than the data": header((1,)) + b"\0" * 800,
    "a negative shape": header((-1, 5)),
    "records": header((1,), "[('a', '<f8')]") + b"\0" * 8,
    "texts": header((2,), "'<U4'") + b"\0" * 32,
    "no array": b"hello",
    "another rank": npy(np.zeros(7)),
    "too few variables": npy(np.zeros((2, 20, 3))),
    "integers": npy(np.zeros((2, 20, 13), dtype=np.int64)),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_are_wrong(saved, path, name):
    written(path, {**members(saved), "draws.npy": ARRAYS[name]})
    with pytest.raises(StorageError):
        load(path)
    assert not _Bomb.fired


@pytest.mark.parametrize(
    ("member", "values"),
    [
        ("rows", np.arange(3)),
        ("data/0", np.zeros(3)),
        ("data/0", np.zeros(48, dtype=np.int64)),
        ("data/3", np.full(48, 9, dtype=np.int32)),
        ("data/3", np.full(48, -7, dtype=np.int32)),
        ("missing/0", np.zeros(48)),
        ("stats/lp", np.zeros((2, 3))),
    ],
)
def test_columns_that_are_wrong(saved, path, member, values):
    written(path, {**members(saved), f"{member}.npy": npy(values)})
    with pytest.raises(StorageError):
        load(path)


def test_compressed_members_are_refused_unread(saved, path):
    contents = members(saved)
    written(path, {**contents, "draws.npy": header((2**27,)) + b"\0" * 2**24}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**20
    with pytest.raises(StorageError, match="compressed"):
        load(path)


def test_members_that_share_their_bytes_are_refused_unread(saved, path):
    """A directory that lists one large member many times over."""
    names = [f"stats/{i:03d}.npy" for i in range(200)]
    written(path, {**members(saved), "stats/000.npy": npy(np.zeros(10_000)), **dict.fromkeys(names[1:], b"")})
    with zipfile.ZipFile(path) as archive:
        large = archive.getinfo("stats/000.npy")
    with zipfile.ZipFile(path, "a") as archive:
        for entry in archive.infolist():
            if entry.filename in names:
                entry.header_offset, entry.CRC = large.header_offset, large.CRC
                entry.file_size = entry.compress_size = large.file_size
        archive.writestr("end", b"")
    with pytest.raises(StorageError, match="larger than itself"):
        load(path)


def test_members_that_point_elsewhere_are_left_alone(saved, path):
    written(path, {**members(saved), "../evil.npy": npy(np.zeros(3)), "/tmp/evil.txt": b"x"})  # noqa: S108
    before = set(path.parent.parent.iterdir())
    assert load(path).nobs() == len(FRAME)
    assert set(path.parent.parent.iterdir()) == before


def test_models_that_can_no_longer_be_built(path):
    register_function("gone_tomorrow", lambda x: x)
    made_up.fit("y ~ gone_tomorrow(x)", frame=FRAME).save(path)
    contents = members(path.read_bytes())
    written(path, {n: d.replace(b"gone_tomorrow", b"never_was_here") for n, d in contents.items()})
    with pytest.raises(StorageError, match=r"cannot be built: .*never_was_here"):
        load(path)
