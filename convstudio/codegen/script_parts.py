"""What the training of a script stands on: its seeds, start values, samples, batches, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterator

from convstudio.codegen.script_facts import Facts
from convstudio.network.training_settings import Initialisation

FILLS: dict[Initialisation, str] = {
    "he": 'nn.init.kaiming_normal_(mask, nonlinearity="relu")',
    "glorot": "nn.init.xavier_uniform_(mask)",
    "orthogonal": "nn.init.orthogonal_(mask)",
    "normal": "nn.init.normal_(mask, std=0.01)",
    "zeros": "nn.init.zeros_(mask)",
}


def seeds() -> Iterator[str]:
    yield from (
        "def seed_of(*parts: int | str) -> int:",
        '    """A seed of 63 bits that SEED and these words alone decide."""',
        '    text = "/".join(str(part) for part in (SEED, *parts)).encode()',
        '    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") >> 1',
        "",
        "",
    )


def start(facts: Facts) -> Iterator[str]:
    fill = FILLS.get(facts.settings.initialisation)
    yield "def draw_start_values(model: nn.Module) -> None:"
    yield "    for name in BLOCKS:"
    yield "        block = model.get_submodule(name)"
    yield "        torch.manual_seed(seed_of(name))"
    yield "        for module in block.modules():"
    yield '            if hasattr(module, "reset_parameters"):'
    yield "                module.reset_parameters()"
    if fill:
        yield "        for module in block.modules():"
        yield "            masks = [w for w in module.parameters(recurse=False) if w.dim() > 1]"
        yield "            for mask in masks:"
        yield f"                {fill}"
        yield '            if masks and isinstance(getattr(module, "bias", None), torch.Tensor):'
        yield "                nn.init.zeros_(module.bias)"
    if facts.how.by_hand:
        yield "    with torch.no_grad():"
        yield "        for name, rows, columns, form, numbers in BY_HAND:"
        yield "            masks = model.get_parameter(name)[slice(*rows), slice(*columns)]"
        yield "            masks.copy_(torch.tensor(numbers).view(form))"
    yield ""
    yield ""


def data(facts: Facts) -> Iterator[str]:
    last = facts.how.channels_last
    yield "def load(part: str, device: str) -> tuple[torch.Tensor, torch.Tensor]:"
    yield '    """Samples as float32 from 0 to 1, and the class of each, or of each pixel."""'
    yield "    with np.load(DATA) as data:"
    yield '        images, targets = data[f"{part}_images"], data[f"{part}_targets"].astype(np.int64)'
    if last:
        yield "    images = np.ascontiguousarray(np.moveaxis(images, 1, -1))  # channels of a pixel side by side"
        yield "    samples = torch.from_numpy(images).float().div(255).movedim(-1, 1)"
    else:
        yield "    samples = torch.from_numpy(images).float().div(255)"
    yield "    return samples.to(device), torch.from_numpy(targets).to(device)"
    yield ""
    yield ""


def batches(facts: Facts) -> Iterator[str]:
    yield "def batches(count: int, epoch: int) -> list[torch.Tensor]:"
    yield '    """The numbers of the samples in each batch of an epoch."""'
    yield '    generator = torch.Generator().manual_seed(seed_of("order", epoch))'
    if not facts.normalised:
        yield "    return list(torch.randperm(count, generator=generator).split(BATCH_SIZE))"
    else:
        yield "    found = list(torch.randperm(count, generator=generator).split(BATCH_SIZE))"
        yield "    if len(found) > 1 and len(found[-1]) == 1:  # batch normalisation needs two"
        yield "        found[-2:] = [torch.cat(found[-2:])]"
        yield "    return found"
    yield ""
    yield ""


def judging() -> Iterator[str]:
    yield from (
        "@torch.no_grad()",
        "def judge(model: nn.Module, images: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:",
        '    """Mean loss and share of right answers, as they are without dropout."""',
        "    model.eval()",
        "    losses, hits = [], []",
        "    for some, answers in zip(images.split(256), targets.split(256)):",
        "        scores = model(some)",
        '        losses.append(F.cross_entropy(scores, answers, reduction="none").double())',
        "        hits.append(scores.argmax(1).eq(answers).double())",
        "    return torch.cat(losses).mean().item(), torch.cat(hits).mean().item()",
        "",
        "",
    )
