"""Schedules fall due at local times, each exactly once, whatever the clock does; a simulated year shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deliver.calendar import next_due, read_days, read_time, read_zone, told
from bot.deliver.quiet import is_quiet, quiet_until
from bot.model.errors import CommandError
from bot.model.subscription import Mode, QuietHours, Schedule

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


def year(schedule: Schedule) -> list[datetime]:
    """Every instant at which the schedule is due in 2026, found as the courier finds them: one after the other."""
    found = [next_due(schedule, NEW_YEAR - timedelta(microseconds=1))]
    while found[-1] < NEW_YEAR + YEAR:
        found.append(next_due(schedule, found[-1]))
    return found[:-1]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("local", ["00:00", "01:30", "02:00", "02:15", "02:30", "08:00", "23:59"])
def test_a_year_of_daily_digests_has_each_local_day_exactly_once(zone: str, local: str) -> None:
    due = year(Schedule(mode="daily", times=(local,), zone=zone))
    days = [at.astimezone(ZoneInfo(zone)).date() for at in due]
    first = days[0]
    assert days == [first + timedelta(days=n) for n in range(len(days))]
    assert len(days) == 365
    jumped = [at.astimezone(ZoneInfo(zone)) for at in due if f"{at.astimezone(ZoneInfo(zone)):%H:%M}" != local]
    assert len(jumped) <= 1, "only a local time that the clock skips may be told otherwise"


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_twice_daily_digests_has_two_a_day(zone: str) -> None:
    due = year(Schedule(mode="twice-daily", times=("02:30", "18:00"), zone=zone))
    per_day: dict[object, int] = {}
    for at in due:
        day = at.astimezone(ZoneInfo(zone)).date()
        per_day[day] = per_day.get(day, 0) + 1
    inner = sorted(per_day)[1:-1]
    assert len(inner) >= 363 and all(per_day[day] == 2 for day in inner)


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_weekly_digests_has_each_week_once_on_its_day(zone: str) -> None:
    due = year(Schedule(mode="weekly", times=("02:30",), days=(6,), zone=zone))
    local = [at.astimezone(ZoneInfo(zone)) for at in due]
    assert len(due) == 52 and all(at.weekday() == 6 for at in local)
    assert all((b.date() - a.date()).days == 7 for a, b in pairwise(local))


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_hourly_digests_comes_at_full_local_hours_and_leaves_none_out(zone: str) -> None:
    due = year(Schedule(mode="hourly", zone=zone))
    assert all(at.astimezone(ZoneInfo(zone)).minute == 0 for at in due)
    gaps = {b - a for a, b in pairwise(due)}
    hour, half = timedelta(hours=1), timedelta(minutes=30)
    assert gaps <= ({hour, hour + half, half} if zone == "Australia/Lord_Howe" else {hour})


def test_chosen_days_are_kept_to() -> None:
    due = year(Schedule(mode="daily", times=("08:00",), days=(0, 2, 4), zone="Europe/London"))
    assert {at.astimezone(ZoneInfo("Europe/London")).weekday() for at in due} == {0, 2, 4}
    assert len(due) in (156, 157)


def test_a_skipped_local_time_comes_after_the_jump_and_a_repeated_one_at_its_first_showing() -> None:
    daily = Schedule(mode="daily", times=("01:30",), zone="Europe/London")
    assert next_due(daily, datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert next_due(daily, datetime(2026, 10, 24, 12, tzinfo=UTC)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    # Not again when the clock shows 01:30 for the second time.
    assert next_due(daily, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@given(
    seconds=st.integers(0, 15 * 365 * 86400),
    mode=st.sampled_from(["hourly", "daily", "twice-daily", "weekly"]),
    zone=st.sampled_from([*ZONES, "Pacific/Apia", "Africa/Casablanca", "America/St_Johns"]),
    times=st.lists(st.times().map(lambda t: f"{t:%H:%M}"), max_size=2),
    days=st.sets(st.integers(0, 6)),
)
def test_what_is_due_lies_ahead_and_nothing_lies_between(
    seconds: int, mode: Mode, zone: str, times: list[str], days: set[int]
) -> None:
    schedule = Schedule(mode=mode, times=tuple(times), days=tuple(sorted(days)), zone=zone)
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    due = next_due(schedule, at)
    assert at < due <= at + timedelta(days=8, hours=2)
    assert next_due(schedule, due - timedelta(microseconds=1)) == due
    halfway = at + (due - at) / 2
    assert next_due(schedule, halfway) == due


def test_now_is_due_at_once() -> None:
    assert next_due(Schedule(), NEW_YEAR) == NEW_YEAR
    assert told(Schedule()) == "at once"


def test_quiet_hours_go_over_midnight_and_end_at_their_local_time() -> None:
    night = QuietHours(start="22:00", end="07:00", zone="Europe/London")
    assert quiet_until(night, datetime(2026, 1, 10, 23, tzinfo=UTC)) == datetime(2026, 1, 11, 7, tzinfo=UTC)
    assert quiet_until(night, datetime(2026, 1, 11, 6, 59, tzinfo=UTC)) == datetime(2026, 1, 11, 7, tzinfo=UTC)
    assert not is_quiet(night, datetime(2026, 1, 11, 7, tzinfo=UTC))
    assert is_quiet(night, datetime(2026, 1, 11, 22, tzinfo=UTC))
    assert not is_quiet(None, NEW_YEAR)


def test_quiet_nights_are_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    night = QuietHours(start="22:00", end="07:00", zone="Europe/London")
    assert quiet_until(night, datetime(2026, 3, 28, 23, tzinfo=UTC)) == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert quiet_until(night, datetime(2026, 10, 24, 23, tzinfo=UTC)) == datetime(2026, 10, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_of_a_year_of_nights_agrees_with_the_local_clock(zone: str) -> None:
    night = QuietHours(start="21:30", end="06:15", zone=zone)
    at = NEW_YEAR
    while at < NEW_YEAR + YEAR:
        local = f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
        assert is_quiet(night, at) == (local >= "21:30" or local < "06:15"), (at, local)
        at += timedelta(minutes=47)


def test_quiet_hours_within_a_day() -> None:
    noon = QuietHours(start="12:00", end="13:00", zone="Asia/Kathmandu")
    assert quiet_until(noon, datetime(2026, 5, 1, 6, 30, tzinfo=UTC)) == datetime(2026, 5, 1, 7, 15, tzinfo=UTC)
    assert not is_quiet(noon, datetime(2026, 5, 1, 7, 15, tzinfo=UTC))


def test_people_write_times_days_and_zones_as_they_like() -> None:
    assert [read_time(words) for words in ("8", "08:00", "0800", "8pm", "12am", "7:05 ")] == [
        "08:00", "08:00", "08:00", "20:00", "00:00", "07:05",
    ]  # fmt: skip
    assert read_days("mon,wed") == (0, 2) and read_days("fri-mon") == (0, 4, 5, 6)
    assert read_days("weekdays") == (0, 1, 2, 3, 4) and read_days("every") == ()
    assert read_days("Monday, thursday") == (0, 3)
    assert read_zone("europe/london") == "Europe/London" and read_zone("new york") == "America/New_York"
    for wrong, read in (("25:00", read_time), ("noonish", read_time), ("m", read_days), ("Europe/Lundon", read_zone)):
        with pytest.raises(CommandError):
            read(wrong)
