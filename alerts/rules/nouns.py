"""COCO's classes as sentences name them: one of them, one after a number, several, none.

Each form is a text of its own in every language, so that articles, genders and plurals are a translator's words and not a
program's rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Noun:
    """A class in a sentence.

    Attributes:
        one: with its article: "a person".
        bare: one of them after a number: "person".
        several: more of them after a number: "people".
        none: "no person".
    """

    one: Promise | str
    bare: Promise | str
    several: Promise | str
    none: Promise | str


#: The catalogue's contexts of the forms, in their order.
CONTEXTS = ("one of a class", "a class after 1", "several of a class", "none of a class")


def _noun(one: str, bare: str, several: str, none: str) -> Noun:
    return Noun(
        *(pgettext_lazy(context, form) for context, form in zip(CONTEXTS, (one, bare, several, none), strict=True))
    )


#: Key, as the model names it, to its forms.
NOUNS: dict[str, Noun] = {
    "person": _noun("a person", "person", "people", "no person"),
    "bicycle": _noun("a bicycle", "bicycle", "bicycles", "no bicycle"),
    "car": _noun("a car", "car", "cars", "no car"),
    "motorcycle": _noun("a motorcycle", "motorcycle", "motorcycles", "no motorcycle"),
    "airplane": _noun("an airplane", "airplane", "airplanes", "no airplane"),
    "bus": _noun("a bus", "bus", "buses", "no bus"),
    "train": _noun("a train", "train", "trains", "no train"),
    "truck": _noun("a truck", "truck", "trucks", "no truck"),
    "boat": _noun("a boat", "boat", "boats", "no boat"),
    "traffic light": _noun("a traffic light", "traffic light", "traffic lights", "no traffic light"),
    "fire hydrant": _noun("a fire hydrant", "fire hydrant", "fire hydrants", "no fire hydrant"),
    "stop sign": _noun("a stop sign", "stop sign", "stop signs", "no stop sign"),
    "parking meter": _noun("a parking meter", "parking meter", "parking meters", "no parking meter"),
    "bench": _noun("a bench", "bench", "benches", "no bench"),
    "bird": _noun("a bird", "bird", "birds", "no bird"),
    "cat": _noun("a cat", "cat", "cats", "no cat"),
    "dog": _noun("a dog", "dog", "dogs", "no dog"),
    "horse": _noun("a horse", "horse", "horses", "no horse"),
    "sheep": _noun("a sheep", "sheep", "sheep", "no sheep"),
    "cow": _noun("a cow", "cow", "cows", "no cow"),
    "elephant": _noun("an elephant", "elephant", "elephants", "no elephant"),
    "bear": _noun("a bear", "bear", "bears", "no bear"),
    "zebra": _noun("a zebra", "zebra", "zebras", "no zebra"),
    "giraffe": _noun("a giraffe", "giraffe", "giraffes", "no giraffe"),
    "backpack": _noun("a backpack", "backpack", "backpacks", "no backpack"),
    "umbrella": _noun("an umbrella", "umbrella", "umbrellas", "no umbrella"),
    "handbag": _noun("a handbag", "handbag", "handbags", "no handbag"),
    "tie": _noun("a tie", "tie", "ties", "no tie"),
    "suitcase": _noun("a suitcase", "suitcase", "suitcases", "no suitcase"),
    "frisbee": _noun("a frisbee", "frisbee", "frisbees", "no frisbee"),
    "skis": _noun("a pair of skis", "pair of skis", "pairs of skis", "no pair of skis"),
    "snowboard": _noun("a snowboard", "snowboard", "snowboards", "no snowboard"),
    "sports ball": _noun("a sports ball", "sports ball", "sports balls", "no sports ball"),
    "kite": _noun("a kite", "kite", "kites", "no kite"),
    "baseball bat": _noun("a baseball bat", "baseball bat", "baseball bats", "no baseball bat"),
    "baseball glove": _noun("a baseball glove", "baseball glove", "baseball gloves", "no baseball glove"),
    "skateboard": _noun("a skateboard", "skateboard", "skateboards", "no skateboard"),
    "surfboard": _noun("a surfboard", "surfboard", "surfboards", "no surfboard"),
    "tennis racket": _noun("a tennis racket", "tennis racket", "tennis rackets", "no tennis racket"),
    "bottle": _noun("a bottle", "bottle", "bottles", "no bottle"),
    "wine glass": _noun("a wine glass", "wine glass", "wine glasses", "no wine glass"),
    "cup": _noun("a cup", "cup", "cups", "no cup"),
    "fork": _noun("a fork", "fork", "forks", "no fork"),
    "knife": _noun("a knife", "knife", "knives", "no knife"),
    "spoon": _noun("a spoon", "spoon", "spoons", "no spoon"),
    "bowl": _noun("a bowl", "bowl", "bowls", "no bowl"),
    "banana": _noun("a banana", "banana", "bananas", "no banana"),
    "apple": _noun("an apple", "apple", "apples", "no apple"),
    "sandwich": _noun("a sandwich", "sandwich", "sandwiches", "no sandwich"),
    "orange": _noun("an orange", "orange", "oranges", "no orange"),
    "broccoli": _noun("a head of broccoli", "head of broccoli", "heads of broccoli", "no head of broccoli"),
    "carrot": _noun("a carrot", "carrot", "carrots", "no carrot"),
    "hot dog": _noun("a hot dog", "hot dog", "hot dogs", "no hot dog"),
    "pizza": _noun("a pizza", "pizza", "pizzas", "no pizza"),
    "donut": _noun("a donut", "donut", "donuts", "no donut"),
    "cake": _noun("a cake", "cake", "cakes", "no cake"),
    "chair": _noun("a chair", "chair", "chairs", "no chair"),
    "couch": _noun("a couch", "couch", "couches", "no couch"),
    "potted plant": _noun("a potted plant", "potted plant", "potted plants", "no potted plant"),
    "bed": _noun("a bed", "bed", "beds", "no bed"),
    "dining table": _noun("a dining table", "dining table", "dining tables", "no dining table"),
    "toilet": _noun("a toilet", "toilet", "toilets", "no toilet"),
    "tv": _noun("a television", "television", "televisions", "no television"),
    "laptop": _noun("a laptop", "laptop", "laptops", "no laptop"),
    "mouse": _noun("a computer mouse", "computer mouse", "computer mice", "no computer mouse"),
    "remote": _noun("a remote control", "remote control", "remote controls", "no remote control"),
    "keyboard": _noun("a keyboard", "keyboard", "keyboards", "no keyboard"),
    "cell phone": _noun("a cell phone", "cell phone", "cell phones", "no cell phone"),
    "microwave": _noun("a microwave", "microwave", "microwaves", "no microwave"),
    "oven": _noun("an oven", "oven", "ovens", "no oven"),
    "toaster": _noun("a toaster", "toaster", "toasters", "no toaster"),
    "sink": _noun("a sink", "sink", "sinks", "no sink"),
    "refrigerator": _noun("a refrigerator", "refrigerator", "refrigerators", "no refrigerator"),
    "book": _noun("a book", "book", "books", "no book"),
    "clock": _noun("a clock", "clock", "clocks", "no clock"),
    "vase": _noun("a vase", "vase", "vases", "no vase"),
    "scissors": _noun("a pair of scissors", "pair of scissors", "pairs of scissors", "no pair of scissors"),
    "teddy bear": _noun("a teddy bear", "teddy bear", "teddy bears", "no teddy bear"),
    "hair drier": _noun("a hair drier", "hair drier", "hair driers", "no hair drier"),
    "toothbrush": _noun("a toothbrush", "toothbrush", "toothbrushes", "no toothbrush"),
}
