"""The training function of a script, line by line as the engine trains."""

from __future__ import annotations

from collections.abc import Iterator

from convstudio.codegen import rates
from convstudio.codegen.script_facts import Facts
from convstudio.network.training_settings import TrainingSettings


def training(facts: Facts) -> Iterator[str]:
    settings = facts.settings
    yield "def train(device: str, last_step: int | None) -> tuple[nn.Module, list[float]]:"
    yield '    """The trained network, and the loss of each step."""'
    yield "    torch.set_num_threads(THREADS)"
    yield "    torch.set_flush_denormal(True)"
    yield '    images, targets = load("train", device)'
    yield '    validation = load("validation", device)'
    yield f"    model = {facts.main}()"
    yield "    draw_start_values(model)"
    yield "    model.to(device)"
    if facts.frozen:
        yield "    for name in FROZEN:"
        yield "        model.get_submodule(name).requires_grad_(False)"
    if facts.how.channels_last:
        yield "    for weights in model.parameters():"
        yield "        form = {4: torch.channels_last, 5: torch.channels_last_3d}.get(weights.dim())"
        yield "        if form:"
        yield "            weights.data = torch.empty_like(weights, memory_format=form).copy_(weights)"
    yield f"    optimiser = {_optimiser(settings, facts.how.device)}"
    computed = "model"
    if settings.compile:
        yield '    compiled = torch.compile(model, dynamic=False, options={"fallback_random": True})'
        computed = "compiled"
    yield "    losses: list[float] = []"
    if settings.early_stopping:
        yield "    best, best_epoch = judge(model, *validation)[0], 0"
    yield "    for epoch in range(EPOCHS):"
    yield from _epoch(facts, computed)
    yield "        loss, accuracy = judge(model, *validation)"
    yield "        mean = sum(losses[-len(pieces) :]) / len(pieces)"
    yield '        figures = f"training loss {mean:.4f}, validation loss {loss:.4f}, accuracy {accuracy:.1%}"'
    yield '        print(f"epoch {epoch + 1}/{EPOCHS}: {figures}")'
    if settings.early_stopping:
        yield "        if loss < best:"
        yield "            best, best_epoch = loss, epoch + 1"
        yield "        elif epoch + 1 - best_epoch >= PATIENCE:"
        yield "            break"
    yield "    return model, losses"
    yield ""
    yield ""


def _epoch(facts: Facts, computed: str) -> Iterator[str]:
    settings = facts.settings
    smooth = f", label_smoothing={settings.label_smoothing!r}" if settings.label_smoothing else ""
    yield "        model.train()"
    if facts.frozen:
        yield "        for name in FROZEN:"
        yield "            model.get_submodule(name).eval()"
    yield "        pieces = batches(len(targets), epoch)"
    yield "        for piece in pieces:"
    yield "            chosen = piece.to(device)"
    yield '            torch.manual_seed(seed_of("step", len(losses)))  # dropout'
    if facts.how.channels_last:
        yield "            some = images.movedim(1, -1)[chosen].movedim(-1, 1)"
    else:
        yield "            some = images[chosen]"
    if settings.precision == "bfloat16":
        yield "            with torch.autocast(torch.device(device).type, torch.bfloat16):"
        yield f"                scores = {computed}(some)"
        yield f"            loss = F.cross_entropy(scores.float(), targets[chosen]{smooth})"
    else:
        yield f"            loss = F.cross_entropy({computed}(some), targets[chosen]{smooth})"
    yield "            loss.backward()"
    if settings.gradient_clipping:
        clip = f"{settings.gradient_clipping!r}, error_if_nonfinite=True"
        yield f"            nn.utils.clip_grad_norm_(model.parameters(), {clip})"
    if rates.changes(settings):
        yield "            for group in optimiser.param_groups:"
        yield '                group["lr"] = rate(len(losses), len(pieces))'
    yield "            optimiser.step()"
    yield "            optimiser.zero_grad()"
    yield "            losses.append(loss.item())"
    yield "            if len(losses) == last_step:"
    yield "                return model, losses"


def _optimiser(settings: TrainingSettings, device: str) -> str:
    names = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop", "adagrad": "Adagrad"}
    options = ["model.parameters()", "lr=LEARNING_RATE"]
    if settings.optimiser in ("sgd", "rmsprop"):
        options.append(f"momentum={settings.momentum!r}")
    if settings.optimiser == "sgd" and settings.nesterov and settings.momentum > 0:
        options.append("nesterov=True")
    if settings.weight_decay or settings.optimiser == "adamw":  # whose own is not 0
        options.append(f"weight_decay={settings.weight_decay!r}")
    options.append("fused=True" if settings.optimiser in ("adam", "adamw", "sgd") else "foreach=True")
    line = f"torch.optim.{names[settings.optimiser]}({', '.join(options)})"
    if len(line) <= 80:
        return line
    return f"torch.optim.{names[settings.optimiser]}(\n        {', '.join(options)}\n    )"
