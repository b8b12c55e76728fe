"""Questions are cut into the same pieces without the whole vocabulary as with it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram, WordLevel
from tokenizers.trainers import UnigramTrainer

from index.embedding import question_pieces
from index.embedding.question_pieces import ARRAYS, FACTS, QuestionPieces, hash_of, opened
from ingest.atomic_files import file_sha256

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
TEXTS = [
    "Migrants lack health insurance; many clinics turn them away when they cannot pay.",
    "Las personas migrantes tienen derecho a la atención de salud, dice el artículo 12.",
    "O acesso à saúde é um direito de todos, inclusive de quem chega sem documentos.",
    "The ministry counts 1,250.75 % – vaccination, insurance, migration, registration.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tokenizer of a model like the embedded one, trained on a few sentences."""
    tokenizer = Tokenizer(Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = UnigramTrainer(vocab_size=240, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(TEXTS * 20, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    place = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save(str(place / "tokenizer.json"))
    return place


def table(folder: Path, budget: int = 512) -> QuestionPieces:
    found = opened(folder, budget, file_sha256(folder / "tokenizer.json"))
    assert found is not None
    return found


def whole(folder: Path, budget: int = 512) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(budget)
    return tokenizer


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from([*" abcdeimnorst", "ção", "ﬁ", "½", "漢", "🙂", "  ", "\t", "insur", "migra", "1,2"]),
        max_size=40,
    )
)
def test_any_text_is_cut_as_with_the_whole_vocabulary(folder: Path, parts: list[str]) -> None:
    text = "query: " + "".join(parts)
    assert table(folder).ids(text) == whole(folder).encode(text).ids


@pytest.mark.parametrize(
    "text", ["", " ", "▁", "x" * 3_000, "Zürich ждёт", "a\u0301e\u0301", "\ufffd\u2581\u200b"]
)
@pytest.mark.parametrize("budget", [8, 512])
def test_odd_texts_and_long_ones(folder: Path, text: str, budget: int) -> None:
    assert table(folder, budget).ids(text) == whole(folder, budget).encode(text).ids


def test_a_question_that_names_a_special_piece_is_left_to_the_whole_tokenizer(folder: Path) -> None:
    assert table(folder).ids("what does <mask> mean") is None


def test_the_table_is_made_once(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Path(shutil.copytree(folder, tmp_path / "copy"))
    table(place)
    assert {ARRAYS, FACTS} <= {path.name for path in place.iterdir()}
    assert not list(place.glob(".pieces*"))
    monkeypatch.setattr(question_pieces, "_made", lambda *_: pytest.fail("made again"))
    table(place)


def spoil_arrays(place: Path) -> None:
    content = bytearray((place / ARRAYS).read_bytes())
    content[len(content) // 2] ^= 1
    (place / ARRAYS).write_bytes(content)


def lose_arrays(place: Path) -> None:
    (place / ARRAYS).unlink()


def spoil_facts(place: Path) -> None:
    (place / FACTS).write_text("{", encoding="utf-8")


def older_facts(place: Path) -> None:
    facts = json.loads((place / FACTS).read_text(encoding="utf-8"))
    (place / FACTS).write_text(json.dumps(facts | {"source": "of another tokenizer"}), encoding="utf-8")


@pytest.mark.parametrize("spoil", [spoil_arrays, lose_arrays, spoil_facts, older_facts])
def test_a_table_that_is_not_right_is_made_anew(folder: Path, tmp_path: Path, spoil: Any) -> None:
    place = Path(shutil.copytree(folder, tmp_path / "copy"))
    table(place)
    before = (place / ARRAYS).read_bytes()
    spoil(place)
    assert table(place).ids(TEXTS[0]) == whole(place).encode(TEXTS[0]).ids
    assert (place / ARRAYS).read_bytes() == before


def test_pieces_of_another_kind_are_refused_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Tokenizer(WordLevel({"a": 0, "<unk>": 1}, unk_token="<unk>")).save(str(tmp_path / "tokenizer.json"))
    assert opened(tmp_path, 512, "sha") is None
    assert "WordLevel" in json.loads((tmp_path / FACTS).read_text(encoding="utf-8"))["refused"]
    monkeypatch.setattr(question_pieces, "_made", lambda *_: pytest.fail("tried again"))
    assert opened(tmp_path, 512, "sha") is None


def test_a_table_that_cuts_otherwise_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Path(shutil.copytree(folder, tmp_path / "copy"))
    monkeypatch.setattr(QuestionPieces, "ids", lambda *_: [0, 2])
    assert opened(place, 512, "sha") is None
    assert "cut otherwise" in json.loads((place / FACTS).read_text(encoding="utf-8"))["refused"]


def test_hashes_are_64_bits_and_the_same_everywhere() -> None:
    assert hash_of("▁salud") == hash_of("▁salud") != hash_of("▁saude")
    assert all(0 <= hash_of(piece) < 1 << 64 for piece in ("", "▁", "漢字", "\ud800"))
