import time

import pytest

from emulator.imaging.vocabulary import COLOURS, OPERATIONS, PLACES, READ_CHARACTERS, THINGS, read_prompt, table


@pytest.mark.parametrize(
    ("prompt", "operations"),
    [
        ("Colorize", ("colourise",)),
        ("change the sky to a sunrise", ("sunset",)),
        ("Change the color of the sky to a sunrise", ("recolour", "sunset")),
        ("remove the tree", ("remove",)),
        ("Replace the car with a boat.", ("replace",)),
        ("make it BLACK AND WHITE", ("greyscale",)),
        ("a wintry night, please", ("winter", "night")),
        ("in Schwarzweiß bitte", ("greyscale",)),
        ("变成冬天的夜晚", ("winter", "night")),
        ("在图片中添加一朵红色的玫瑰花", ("add",)),
        ("a hat on the cat", ("add",)),
        ("make the car red", ("recolour",)),
        ("turn it upside down and flip it", ("mirror", "rotate")),
        ("a knight in winterfell", ("derived",)),
        ("", ("derived",)),
        ("\0", ("derived",)),
    ],
)
def test_words_choose_operations_in_the_documented_order(prompt, operations):
    assert read_prompt(prompt).operations == operations


def test_colour_thing_and_place_are_read():
    reading = read_prompt("Add a blue balloon on the left, not a red one")
    assert (reading.thing, reading.colour, reading.place) == ("balloon", (44, 100, 214), "left")
    rose = read_prompt("在图片中添加一朵红色的玫瑰花")
    assert (rose.thing, rose.colour) == ("flower", (214, 32, 44))


def test_a_thing_to_be_removed_is_not_added():
    reading = read_prompt("remove the balloon")
    assert (reading.operations, reading.thing) == (("remove",), None)


def test_black_and_white_names_no_colours():
    assert read_prompt("black and white with a flower").colour is None


@pytest.mark.parametrize(
    "words", [OPERATIONS, THINGS, COLOURS, PLACES], ids=["operations", "things", "colours", "places"]
)
def test_every_spelling_is_understood_and_means_one_thing(words):
    seen = set()
    for word in words:
        for spelling in word.spellings:
            assert spelling not in seen, f"{spelling} stands twice"
            seen.add(spelling)
    for word in OPERATIONS if words is OPERATIONS else ():
        for spelling in word.spellings:
            assert word.name in read_prompt(f"please {spelling} now").operations, spelling


def test_the_table_shows_every_word():
    text = table()
    for word in (*OPERATIONS, *THINGS, *COLOURS, *PLACES):
        assert all(spelling in text for spelling in word.spellings)
    assert "`derived`" in text


def test_a_prompt_of_the_longest_length_is_read_quickly_and_only_so_far():
    read_prompt("warm up")
    start = time.perf_counter()
    assert read_prompt("lorem ipsum " * 3000 + "sunset").operations == ("derived",)
    assert time.perf_counter() - start < 0.1
    assert read_prompt(" " * (READ_CHARACTERS - 7) + "sunset").operations == ("sunset",)
