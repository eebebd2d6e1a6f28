"""A data set is whole, checkable, and safe to open."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pandas as pd
import pytest

from suno_lab.errors import InvalidRequest, StoreError, StudyError
from suno_lab.exports import SessionView, export, formats, verify
from suno_lab.exports._view import audio_name
from suno_lab.exports.csv import FORMULA_SIGNS, guarded, unguarded


@pytest.fixture
def dataset(view: SessionView, tmp_path: Path) -> Path:
    return export(view, tmp_path / "out" / "first")


def test_the_data_set_is_complete_and_verifies(dataset: Path) -> None:
    names = {p.relative_to(dataset).as_posix() for p in dataset.rglob("*") if p.is_file()}
    expected = {"README.md", "SHA256SUMS", "metadata.csv", "words.csv", "clips.parquet", "requests.json", "report.html"}
    assert expected <= names
    assert sum(name.startswith("audio/") for name in names) == 8
    assert verify(dataset) == []


def test_a_changed_a_missing_and_a_new_file_are_named(dataset: Path) -> None:
    (dataset / "metadata.csv").write_text("other")
    (dataset / "requests.json").unlink()
    (dataset / "new.txt").write_text("?")
    assert verify(dataset) == ["missing: requests.json", "changed: metadata.csv", "not listed: new.txt"]


def test_verify_refuses_a_folder_without_sums_and_a_broken_list(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="SHA256SUMS"):
        verify(tmp_path)
    (dataset / "SHA256SUMS").write_text("nonsense\n")
    with pytest.raises(StoreError, match="line 1"):
        verify(dataset)


def test_an_earlier_data_set_is_replaced_and_a_foreign_folder_is_not(
    view: SessionView, dataset: Path, tmp_path: Path
) -> None:
    (dataset / "new.txt").write_text("?")
    assert export(view, dataset) == dataset
    assert verify(dataset) == []
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter1.tex").write_text("years of work")
    with pytest.raises(StoreError, match="no data set written here"):
        export(view, foreign)
    assert (foreign / "chapter1.tex").read_text() == "years of work"
    assert [p.name for p in foreign.parent.glob(".thesis*")] == []


def test_only_some_formats(view: SessionView, tmp_path: Path) -> None:
    folder = export(view, tmp_path / "tables", only=["csv"])
    assert sorted(p.name for p in folder.iterdir()) == ["SHA256SUMS", "metadata.csv", "words.csv"]
    with pytest.raises(InvalidRequest, match=r"unknown export format 'xls', expected some of audio, card, csv"):
        export(view, tmp_path / "tables", only=["xls"])


def test_a_mixture_of_services_needs_to_be_meant(view: SessionView, tmp_path: Path) -> None:
    clips = view.clips.copy()
    clips.loc[0, "service"] = "kie"
    mixed = dataclasses.replace(view, frames={**view.frames, "clips": clips})
    with pytest.raises(StudyError, match="emulator, kie"):
        export(mixed, tmp_path / "mixed", only=["csv"])
    assert export(mixed, tmp_path / "mixed", only=["csv"], by="service").is_dir()


def test_csv_cells_start_no_formula_and_read_back(dataset: Path, view: SessionView) -> None:
    raw = pd.read_csv(dataset / "metadata.csv", dtype="string")
    assert not any(str(cell).startswith(FORMULA_SIGNS) for cell in raw["title"])
    assert unguarded(raw)["title"].tolist() == view.clips["title"].tolist()
    frame = pd.DataFrame({"text": [sign + "x" for sign in FORMULA_SIGNS]}, dtype="string")
    assert unguarded(guarded(frame)).equals(frame)


def test_parquet_keeps_types_and_text(dataset: Path, view: SessionView) -> None:
    frame = pd.read_parquet(dataset / "clips.parquet")
    assert frame["title"].tolist() == view.clips["title"].tolist()
    assert str(frame["requested_at"].dtype).endswith("UTC]")
    assert frame["file_name"].iloc[0] == "audio/c00.wav"
    assert (dataset / frame["file_name"].iloc[0]).is_file()


def test_requests_are_objects_again(dataset: Path) -> None:
    rows = json.loads((dataset / "requests.json").read_text())
    assert rows == [{"request_id": "r1", "request": {"style": "pop"}, "status": "SUCCESS"}]


def test_the_card_says_what_it_cannot_support(dataset: Path) -> None:
    card = (dataset / "README.md").read_text()
    assert "Emulated – not Suno." in card
    assert "2 prompts are too few to decide anything" in card
    assert "1 requests failed" in card


def test_the_report_is_escaped_and_loads_nothing(dataset: Path) -> None:
    page = (dataset / "report.html").read_text()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=" in page
    assert "default-src 'none'" in page
    assert "emulated – not Suno" in page
    assert 'src="audio/c00.wav"' in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize(
    "clip_id", ["../../etc/passwd", "a/b", "a\\b", "..", "", "CON\0", "x" * 300, "日本語", "-rf", "\u202egpj", "\ud800"]
)
def test_names_from_a_service_stay_inside(clip_id: str) -> None:
    name = audio_name(clip_id, Path("x.mp3"))
    assert name.startswith("audio/")
    assert "/" not in name.removeprefix("audio/")
    assert ".." not in name
    assert len(name) < 90


def test_two_ids_that_look_alike_keep_two_names() -> None:
    assert audio_name("a/b", Path("x.mp3")) != audio_name("a_b", Path("x.mp3")) != audio_name("a\\b", Path("x.mp3"))


def test_every_format_says_what_it_is() -> None:
    for name, module in formats().items():
        assert len(module.SUMMARY) > 10, name
        assert callable(module.write), name


def test_the_report_says_how_far_the_measures_can_be_trusted(view: SessionView, tmp_path: Path) -> None:
    told = dataclasses.replace(view, error_card_html="<p>measured on engine songs</p>")
    page = (export(told, tmp_path / "told", only=["report"]) / "report.html").read_text()
    assert "<h2>How far the measures can be trusted</h2>" in page
    assert "<p>measured on engine songs</p>" in page
