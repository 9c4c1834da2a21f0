"""Masks by hand as plain data and back: as a project file has them."""

from __future__ import annotations

from math import prod
from typing import Annotated

from msgspec import Meta, Struct

from convstudio.network.handmade import LARGEST, MOST, HandMade, Made, read, written

First = Annotated[int, Meta(ge=0, le=MOST)]
Number = Annotated[int, Meta(ge=1, le=MOST)]
Single = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Some = tuple[First, Number]


class HandFormError(Exception):
    """What is wrong with masks by hand as plain data: the end of a sentence for people."""


class MaskForm(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Of the masks of `weights` the first and how many, along both axes, and the numbers of each, or of one for all."""

    weights: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*\Z", max_length=200)]
    outputs: Some
    inputs: Some
    size: Annotated[list[Number], Meta(min_length=1, max_length=3)]
    numbers: Annotated[list[Single], Meta(min_length=1, max_length=MOST)]
    copies: Annotated[list[First], Meta(max_length=8)] = []


def mask_forms(by_hand: Made) -> list[MaskForm]:
    return [
        MaskForm(m.weights, m.outputs, m.inputs, list(m.size), list(written(m.numbers)), list(m.copies))
        for m in by_hand
    ]


def made(forms: list[MaskForm]) -> Made:
    """What the forms describe. HandFormError where the numbers are not as many as their masks have."""
    return tuple(_made(form) for form in forms)


def _made(form: MaskForm) -> HandMade:
    cells, masks = prod(form.size), form.outputs[1] * form.inputs[1]
    if len(form.numbers) not in (cells, cells * masks):
        raise HandFormError(f"its masks by hand need {cells} or {cells * masks} numbers, and have {len(form.numbers)}.")
    size, copies = tuple(form.size), tuple(form.copies)
    return HandMade(form.weights, form.outputs, form.inputs, size, read(form.numbers), copies)
