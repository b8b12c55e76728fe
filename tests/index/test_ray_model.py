"""An embedding model on the nodes of a Ray cluster: the same vectors, whatever ends meanwhile."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_model
from hypothesis import given
from hypothesis import strategies as st
from ray_nodes import kill_workers, shared_cluster

from index.embedding.embedder import ModelProfile
from index.embedding.loading import load_model
from index.embedding.ray_actors import CORES, Facts, ModelActor, ModelActors, Share, same, shares
from index.embedding.ray_model import RayEmbedder, parted
from index.embedding.sentence_model import BATCH, SentenceModel
from ingest.errors import ModelUnavailable
from ingest.sandbox.ray_cluster import Cluster

TEXTS = [" ".join(["the cab", "a bad cafe", "debt"] * (1 + number % 23)) for number in range(300)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model.write_folder(tmp_path_factory.mktemp("tiny"))


CLUSTERS: dict[str, tuple[tuple[int, ...], int, int | None, list[Share]]] = {
    "one core each": ((1, 1, 1), 0, None, [Share(1)] * 3),
    "a head without cores": ((0, 2), 0, None, [Share(2)]),
    "large nodes hold the model more than once": ((16,), 0, None, [Share(CORES)] * 4),
    "no more cores than asked for": ((16, 16), 0, 6, [Share(4), Share(2)]),
    "one a graphics card": ((16, 16), 2, None, [Share(1, 1)] * 2),
    "nobody says how many cores": ((), 0, None, [Share(1)]),
}


@pytest.mark.parametrize("case", CLUSTERS)
def test_what_each_actor_gets(case: str) -> None:
    nodes, gpus, most, expected = CLUSTERS[case]
    assert shares(Cluster(None, nodes, gpus), most) == expected


@given(st.lists(st.lists(st.integers(), min_size=1, max_size=4), max_size=40), st.integers(1, 9))
def test_parts_are_whole_batches_in_their_order(batches: list[list[int]], count: int) -> None:
    parts = parted(batches, count)
    assert [row for part in parts for row in part] == [row for batch in batches for row in batch]
    assert len(parts) <= count
    ends = {sum(map(len, batches[:number])) for number in range(len(batches) + 1)}
    assert {sum(map(len, parts[:number])) for number in range(len(parts) + 1)} <= ends


def facts(fingerprint: str = "a", probe: float = 1.0, dimension: int = 2) -> Facts:
    profile = ModelProfile(prompts={}, budget=8, calibration=None)
    vector = np.array([[probe, (1 - probe**2) ** 0.5]], np.float32)
    return Facts("tiny", fingerprint, dimension, profile, vector)


def test_nodes_have_to_hold_the_same_model() -> None:
    assert same(facts(), facts(probe=0.9999))
    assert not same(facts(), facts("b"))
    assert not same(facts(), facts(dimension=3))
    assert not same(facts(), facts(probe=0.9))


@pytest.mark.slow
def test_part_of_the_batches_alone_gives_the_same_vectors(folder: Path) -> None:
    for model in (load_model(str(folder), cache=folder.parent / "cache"), SentenceModel(folder, "tiny")):
        whole = model.encode_documents(TEXTS)
        batches = model.batches(TEXTS)  # type: ignore[attr-defined]  # both have it
        assert sorted(row for batch in batches for row in batch) == list(range(len(TEXTS)))
        for rows in parted(batches, 5):
            np.testing.assert_array_equal(model.encode_documents([TEXTS[row] for row in rows]), whole[rows])


@pytest.mark.slow
def test_the_longest_texts_come_first_in_batches_of_one_size(folder: Path) -> None:
    batches = SentenceModel(folder, "tiny").batches(TEXTS)
    assert {len(batch) for batch in batches[:-1]} == {BATCH}
    lengths = [len(TEXTS[row]) for batch in batches for row in batch]
    assert lengths == sorted(lengths, reverse=True)


@pytest.mark.slow
def test_an_actor_loads_its_model_once_and_says_what_it_is(folder: Path) -> None:
    cache = folder.parent / "cache"
    here = load_model(str(folder), cache=cache, cores=1)
    actor = ModelActor(str(folder), cache, Share(1))
    said = actor.facts()
    assert (said.name, said.fingerprint, said.dimension) == (here.name, here.fingerprint, here.dimension)
    assert actor._model is actor._model
    np.testing.assert_array_equal(actor.documents(TEXTS[:9]), here.encode_documents(TEXTS[:9]))
    np.testing.assert_array_equal(actor.query("the cab"), here.encode_query("the cab"))


@pytest.mark.slow
def test_a_graphics_card_that_is_not_there_is_not_computed_with(folder: Path) -> None:
    actor = ModelActor(str(folder), folder.parent / "cache", Share(1, 1))
    assert actor.facts().dimension == tiny_model.HIDDEN


@pytest.mark.slow
def test_vectors_are_those_of_one_machine_though_workers_are_killed(folder: Path) -> None:
    cache = folder.parent / "cache"
    expected = load_model(str(folder), cache=cache, cores=1).encode_documents(TEXTS)
    model = RayEmbedder(shared_cluster(), str(folder), cache=cache)
    try:
        np.testing.assert_array_equal(model.encode_documents(TEXTS), expected)
        killed: list[int] = []
        told: list[int] = []

        def kill(done: int) -> None:
            told.append(done)
            if not killed:
                killed.append(kill_workers("ModelActor", 2))

        vectors = model.encode_documents(TEXTS, kill)
        np.testing.assert_array_equal(vectors, expected)
        assert sum(killed) >= 1
        assert sum(told) == len(TEXTS)
        np.testing.assert_array_equal(model.encode_documents(TEXTS), expected)
    finally:
        model.close()


@pytest.mark.slow
def test_a_model_that_is_on_no_node_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="nowhere"):
        ModelActors(shared_cluster(), str(tmp_path / "nowhere"))


@pytest.mark.slow
def test_a_closed_model_leaves_no_actor(folder: Path) -> None:
    model = RayEmbedder(shared_cluster(), str(folder), cache=folder.parent / "cache", cores=1)
    actors: Any = model._actors
    assert actors.count == 1
    model.close()
    assert actors.count == 0
    assert kill_workers("ModelActor", seconds=0.1) <= 1
