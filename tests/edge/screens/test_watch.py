"""Which stations receive: told within five seconds of the last word of a screen, elsewhere within ten (R6)."""

from edge.screens.watch import (
    ELSEWHERE_SECONDS,
    FORGOTTEN_SECONDS,
    SCREENS_MAX,
    SILENT_SECONDS,
    Backup,
    Watch,
    stand_in,
)

GRILL, BAR, COLD = "grill", "bar", "cold"
STATIONS = (GRILL, BAR, COLD)


def watching(**terminals: str) -> Watch:
    """Screens that said at second 0 what they show."""
    watch = Watch()
    for terminal, shows in terminals.items():
        assert watch.told(terminal, shows, 0.0)
    return watch


def test_a_station_is_as_silent_as_the_screen_of_its_own_that_was_heard_last() -> None:
    watch = watching(one=GRILL, two=GRILL, every="all", expo="pass")
    assert not watch.told("two", GRILL, 3.0)
    assert watch.silent(STATIONS, 5.0) == {GRILL: 2.0, BAR: 5.0, COLD: 5.0}
    assert SILENT_SECONDS < 5 < ELSEWHERE_SECONDS < 10


def test_whoever_says_goodbye_is_not_missed_and_whoever_comes_back_elsewhere_left_the_old_place() -> None:
    watch = watching(one=GRILL, two=BAR)
    watch.left("one", GRILL)
    assert watch.silent(STATIONS, 60.0) == {BAR: 60.0}
    assert watch.told("two", COLD, 60.0)
    assert watch.screens == {("two", COLD)}


def test_two_screens_of_one_terminal_are_two_while_both_are_heard() -> None:
    watch = watching(one=GRILL)
    assert watch.told("one", BAR, 1.0)
    assert watch.silent(STATIONS, 2.0) == {GRILL: 2.0, BAR: 1.0}


def test_what_was_taken_away_is_forgotten_and_there_are_no_more_screens_than_a_house_has() -> None:
    watch = watching(one=GRILL, two=BAR)
    watch.told("two", BAR, 100.0)
    watch.forget(FORGOTTEN_SECONDS + 1)
    assert watch.screens == {("two", BAR)}
    watch.forget(101.0, terminals={"two"})
    for number in range(SCREENS_MAX + 5):
        watch.told(f"t{number}", GRILL, 0.0)
    assert len(watch.screens) == SCREENS_MAX


def test_the_next_look_is_when_a_screen_may_be_cut_off_or_its_tickets_go() -> None:
    watch = watching(one=GRILL)
    assert watch.rest(1.0) == SILENT_SECONDS - 1.0
    assert watch.rest(5.0) == ELSEWHERE_SECONDS - 5.0
    assert Watch().rest(0.0) is None


def test_the_first_station_along_the_backups_that_is_heard_stands_in_else_the_printer() -> None:
    backups = {GRILL: Backup(BAR, "printer"), BAR: Backup(COLD, "other"), COLD: Backup(GRILL)}
    assert stand_in(GRILL, backups, {GRILL: 9.0, BAR: 1.0, COLD: 1.0}) == Backup(BAR)
    assert stand_in(GRILL, backups, {GRILL: 9.0, BAR: 5.0, COLD: 1.0}) == Backup(COLD)
    assert stand_in(GRILL, backups, {GRILL: 9.0, BAR: 5.0}) == Backup(printer_id="printer")
    assert stand_in(COLD, backups, {COLD: 9.0, GRILL: 9.0, BAR: 9.0}) == Backup()
