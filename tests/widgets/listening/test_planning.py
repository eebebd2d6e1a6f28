from __future__ import annotations

import io
import json

import pytest
import soundfile

from suno_lab.errors import StudyError
from suno_lab.models import Word
from suno_lab.widgets.listening import excerpts, planning
from suno_lab.widgets.listening.pages import sitting_pages
from suno_lab.widgets.listening.running import settings_of
from suno_lab.widgets.listening.trials import plan_from
from tests.widgets.listening.material import QUICK, ClipsOnDisk

OPTIONS = {name: value for name, value in QUICK.items() if name != "salt"}


def plan(session: ClipsOnDisk, form: str = "ab", salt: str = "00", **options: object) -> planning.Plan:
    return planning.plan_test(session, "test", settings_of(form, {**OPTIONS, **options}), salt=salt)


def test_a_plan_survives_its_text(session: ClipsOnDisk) -> None:
    made = plan(session, questions=("preference", "fit"))
    again = plan_from(json.loads(made.as_json()))
    assert again == made
    assert again.sha256 == made.sha256


def test_the_salt_names_everything_and_decides_nothing(session: ClipsOnDisk) -> None:
    one, other = plan(session, salt="a"), plan(session, salt="b")
    assert [s.clip_id for s in one.sounds] == [s.clip_id for s in other.sounds]
    assert not {s.sound for s in one.sounds} & {s.sound for s in other.sounds}
    assert one.sha256 != other.sha256


@pytest.mark.parametrize("form", ["ab", "abx", "rating", "category"])
def test_a_page_tells_no_model_and_no_clip(session: ClipsOnDisk, form: str) -> None:
    text = json.dumps(sitting_pages(plan(session, form), 0))
    for word in ("V4_5", "V5", "clip-", ".wav", "title\\", "prompt-0"):
        assert word not in text


def test_all_sounds_are_as_loud_as_the_quietest(session: ClipsOnDisk) -> None:
    made = plan(session)
    heard = []
    files = [planning.sound_file(session, made, sound.sound) for sound in made.sounds]
    assert len({len(file) for file in files}) == 1
    for file in files:
        samples, sr = soundfile.read(io.BytesIO(file), dtype="float32")
        assert (sr, samples.shape) == (44_100, (88_200, 2))
        heard.append(excerpts.loudness_lufs(samples))
    assert max(heard) - min(heard) <= 0.1


def test_the_two_sides_of_a_trap_and_x_have_names_of_their_own(session: ClipsOnDisk) -> None:
    [sitting] = plan(session).sittings
    [same] = [t for t in sitting if t.purpose == "same"]
    assert len(set(same.sounds)) == 2
    abx = plan(session, "abx")
    for trial in abx.sittings[0]:
        assert trial.x not in trial.sounds
        assert abx.sound(trial.x).clip_id in {abx.sound(s).clip_id for s in trial.sounds}


def test_a_reference_is_shown_hidden_and_spoilt(session: ClipsOnDisk) -> None:
    made = plan(session, "mushra", reference="V5")
    for trial in made.sittings[0]:
        assert sorted(trial.roles) == ["anchor", "clip", "reference"]
        hidden = trial.sounds[trial.roles.index("reference")]
        assert made.sound(hidden).clip_id == made.sound(trial.reference).clip_id
        assert made.sound(trial.sounds[trial.roles.index("anchor")]).treatment == "anchor"
    page = next(p for p in sitting_pages(made, 0)["pages"] if p["kind"] == "trial")
    assert [piece["name"] for piece in page["pieces"]] == ["Reference", "A", "B", "C"]
    assert len({piece["sound"] for piece in page["pieces"]}) == 4
    assert [question["name"] for question in page["questions"]] == ["likeness"]


def test_a_section_is_matched_where_words_tell_it(session: ClipsOnDisk) -> None:
    for i, row in enumerate(session.rows):
        start_s = 2.0 + 0.25 * i
        session.words[row["clip_id"]] = [
            Word(word="[Verse]\nhum ", start_s=0.5, end_s=0.9),
            Word(word="[Chorus]\nsing ", start_s=start_s, end_s=5.5),
        ]
    made = plan(session, match="chorus")
    assert {t.matched_by for t in made.sittings[0]} == {"chorus"}
    starts = {row["clip_id"]: 2.0 + 0.25 * i for i, row in enumerate(session.rows)}
    assert {s.clip_id: s.start_s for s in made.sounds} == {s.clip_id: starts[s.clip_id] for s in made.sounds}


def test_conditions_can_be_chosen_and_missing_ones_are_said(session: ClipsOnDisk) -> None:
    with pytest.raises(StudyError, match="no clip of V6"):
        plan(session, conditions=("V5", "V6"))
    with pytest.raises(StudyError, match="2 conditions"):
        plan(session, conditions=("V5",))


def test_services_are_not_mixed(session: ClipsOnDisk) -> None:
    session.rows[0]["service"] = "kie"
    with pytest.raises(StudyError, match="emulator, kie"):
        plan(session)
    assert plan(session, by="service").sittings


def test_an_empty_session_is_told_so(session: ClipsOnDisk) -> None:
    for row in session.rows:
        row["path"] = None
    with pytest.raises(StudyError, match="no clip"):
        plan(session)


@pytest.mark.parametrize(
    "wrong",
    [{"form": "xy"}, {"form": "mushra"}, {"reference": "V5"}, {"questions": ("beauty",)}, {"questions": ()}],
)
def test_settings_that_do_not_go_together(wrong: dict[str, object]) -> None:
    options = {name: value for name, value in wrong.items() if name != "form"}
    with pytest.raises(StudyError):
        settings_of(str(wrong.get("form", "ab")), options)


def test_a_misspelled_setting_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="did you mean 'minutes'"):
        settings_of("ab", {"minuets": 10})
