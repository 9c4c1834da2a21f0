"""`convstudio new FILE --template NAME`: a project file to begin from, without a window."""

from __future__ import annotations

import argparse
from pathlib import Path

from convstudio.commands.declaring import Commands, command, json_option
from convstudio.commands.failure import FailureError, UsageError
from convstudio.commands.printing import lines, print_json
from convstudio.data.info import DataError, DatasetInfo, available, info
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.shape import Shape
from convstudio.templates import TEMPLATES, Template

EXAMPLES = """\
  convstudio new                                         what there is to begin from
  convstudio new digits.convstudio --template lenet-5
  convstudio new shapes.convstudio --template vgg11 --data shapes
  convstudio new alexnet.convstudio --template alexnet --published
"""


def declare(commands: Commands) -> None:
    about = "Write a project file from a template; without FILE, list the templates."
    parser = command(commands, "new", run, about, EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help="the project file to write")
    parser.add_argument("--template", metavar="NAME", help="the network to begin from")
    samples = parser.add_mutually_exclusive_group()
    samples.add_argument("--data", metavar="NAME", help="fit it to this data set (the first that fits its task)")
    samples.add_argument("--published", action="store_true", help="as it was published, without data")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.file is None:
        _list(arguments.json)
        return 0
    if not arguments.template:
        raise UsageError(f"Which template? {_known()}")
    template = next((t for t in TEMPLATES if t.name == arguments.template), None)
    if template is None:
        raise UsageError(f"There is no template called {arguments.template!r}. {_known()}")
    if arguments.file.exists() and not arguments.force:
        raise FailureError(f"{arguments.file} exists already. Choose another name, or add --force to replace it.")
    document = _published(template) if arguments.published else _fitted(template, arguments.data)
    try:
        file.save(arguments.file, document)
    except file.FileError as error:
        raise FailureError(str(error)) from error
    if arguments.json:
        print_json({"path": str(arguments.file), "template": template.name, "data": document.data.name})
    else:
        lines(f"{arguments.file} written: {template.title} ({template.year}), {_samples(document)}")
    return 0


def _published(template: Template) -> Document:
    if template.published is None:
        raise FailureError(f"{template.title} was published without a size of its own. Leave out --published.")
    return template.as_published()


def _fitted(template: Template, name: str | None) -> Document:
    fitting = [entry for entry in available() if entry.task == template.task]
    chosen = fitting[0]
    if name is not None:
        try:
            chosen = info(name)
        except DataError as error:
            raise FailureError(str(error)) from error
        if chosen not in fitting:
            names = ", ".join(entry.name for entry in fitting)
            raise FailureError(f"{template.title} answers another question than {chosen.name} asks. Choose: {names}.")
    return template.document(chosen.name, _shape(chosen), len(chosen.classes))


def _shape(data: DatasetInfo) -> Shape:
    return Shape(data.channels, data.axes)


def _samples(document: Document) -> str:
    return "as published, without data" if document.data.none else f"for the data set {document.data.name}"


def _known() -> str:
    return f"Choose one of: {', '.join(t.name for t in TEMPLATES)}."


def _list(as_json: bool) -> None:
    if as_json:
        known = [{"name": t.name, "title": t.title, "year": t.year, "task": t.task} for t in TEMPLATES]
        print_json({"templates": known, "data": [{"name": d.name, "task": d.task} for d in available()]})
        return
    width = max(len(t.name) for t in TEMPLATES)
    for template in TEMPLATES:
        lines(f"{template.name:{width}}  {template.title} ({template.year})")
    lines(f"Data sets: {', '.join(entry.name for entry in available())}")
