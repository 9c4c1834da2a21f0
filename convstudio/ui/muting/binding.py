"""What ties muting to its window: actions, the feature maps, the canvas, the status bar and the ranking."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QToolButton

from convstudio.network.muting import Mute, channels
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.maps_panel import MapsPanel
from convstudio.ui.muting import words
from convstudio.ui.muting.measuring import Measuring
from convstudio.ui.muting.rank_dialog import RankDialog
from convstudio.ui.muting.state import Muting
from convstudio.ui.text import tr
from convstudio.ui.theme import theme
from convstudio.ui.workbench import SMALL_WINDOW, Workbench


class MutingBinding(QObject):
    """Shows everywhere what is off, and lets it be chosen."""

    def __init__(self, bench: Workbench, link: WorkerLink, maps: MapsPanel) -> None:
        super().__init__(bench)
        self._bench, self._store, self._maps = bench, bench.store, maps
        self.state = Muting(bench.store, link, self)
        self.measuring = Measuring(self.state, link, self)
        self.dialog: RankDialog | None = None
        self._ranked = ""
        self.chip = _chip()
        bench.status.insertPermanentWidget(1, self.chip)
        self._dress_chip()
        self._connect()
        self.follow()

    def follow(self) -> None:
        """Show what is off."""
        mutes, store = self.state.mutes, self._store
        for block_id, item in self._bench.scene.blocks.items():
            off = channels(mutes, store.full_id(block_id))
            item.set_muted("" if off == frozenset() else tr("muted") if off is None else words.count_off(len(off)))
        for wire, line in self._bench.scene.wires.items():
            line.set_muted(self.state.of_wire(wire) in mutes)
        self._bench.canvas.viewport().update()
        self._follow_maps()
        self._follow_words()
        self._follow_actions()

    def words_of(self, block: str, channel: int) -> str:
        """What the lens says of a map that is off: it shows what the map is before it is switched off."""
        off = channels(self.state.mutes, block)
        return tr("muted: 0 for all that follows") if off is None or channel in off else ""

    def _follow_maps(self) -> None:
        block = self._maps.block or ""
        off = channels(self.state.mutes, block)
        self._maps.set_muted(off)
        tile = self._maps.chosen_map
        self._maps.mute_bar.show_state(tile >= 0, off is None or tile in off, off is None)

    def _follow_words(self) -> None:
        mutes, measuring = self.state.mutes, self.measuring
        effect = measuring.reason or words.effect_words(measuring.effect)
        said = f"{words.off_words(mutes)} · {effect}" if mutes else ""
        measured = f"\n{words.measured_on(measuring.effect)}" if measuring.effect else ""
        tip = f"{words.named(mutes)}\n\n{effect}{measured}\n{tr(words.TRAINING)}"
        self._maps.mute_bar.show_words(said, tip, bool(mutes), self.state.can_step_back)
        roomy = self._bench.window.width() > SMALL_WINDOW
        self.chip.setText(f"⊘ {said if roomy else words.off_words(mutes)}")
        self.chip.setToolTip(tip)
        self.chip.setVisible(bool(mutes))

    def _dress_chip(self) -> None:
        flat = "background: transparent; border: none; padding: 2px 8px;"
        self.chip.setStyleSheet(f"QToolButton {{ color: {theme.text('warning_text')}; {flat} }}")

    def _follow_actions(self) -> None:
        chosen, actions = self._chosen(), self._bench.actions
        actions["mute"].setEnabled(bool(chosen))
        actions["mute"].setChecked(bool(chosen) and all(mute in self.state.mutes for mute in chosen))
        actions["unmute_all"].setEnabled(bool(self.state.mutes))

    def _chosen(self) -> tuple[Mute, ...]:
        """What the selection on the canvas stands for."""
        store = self._store
        if store.selected_wire is not None:
            found = self.state.of_wire(store.selected_wire)
            return (found,) if found else ()
        facts = store.analysis.blocks
        return tuple(Mute(store.full_id(i)) for i in store.selection if i in facts and facts[i].output)

    def _toggle_chosen(self) -> None:
        chosen = self._chosen()
        off = all(mute in self.state.mutes for mute in chosen)
        for mute in chosen:
            if (mute in self.state.mutes) == off:
                self.state.toggle(mute)
        self._follow_actions()

    def _toggle_map(self, block: str, channel: int) -> None:
        self.state.toggle(Mute(block, channel))

    def _toggle_selected_map(self) -> None:
        if self._maps.block and self._maps.chosen_map >= 0:
            self._toggle_map(self._maps.block, self._maps.chosen_map)
        self._follow_maps()

    def _toggle_block(self) -> None:
        if self._maps.block:
            self.state.toggle(Mute(self._maps.block))
        self._follow_maps()

    def _rank(self) -> None:
        block = self._maps.block
        if not block:
            return
        if self.dialog is None:
            self.dialog = RankDialog(self._bench.window)
            self.dialog.stop_requested.connect(self.measuring.stop)
            self.dialog.again_requested.connect(self._rank_again)
            self.dialog.map_chosen.connect(self._show_map)
            self.dialog.mute_requested.connect(lambda n: self._toggle_map(self._ranked, n))
            self.measuring.ranked.connect(self.dialog.show_ranking)
            self.measuring.refused.connect(self.dialog.fail)
        self._ranked = block
        self._rank_again()
        self.dialog.show()
        self.dialog.raise_()

    def _rank_again(self) -> None:
        assert self.dialog is not None
        self.dialog.begin(self._ranked)
        self.measuring.rank(self._ranked)

    def _show_map(self, number: int) -> None:
        if self._maps.block == self._ranked:
            self._maps.grid.select(number)

    def _open_maps(self) -> None:
        self._bench.docks["live"].show()
        self._bench.live.setCurrentWidget(self._maps)

    def _close(self) -> None:
        if self.dialog:
            self.dialog.close()

    def _connect(self) -> None:
        bench, maps, state = self._bench, self._maps, self.state
        state.changed.connect(self.follow)
        theme.changed.connect(self._dress_chip)
        self.measuring.effect_changed.connect(self._follow_words)
        bench.store.changed.connect(self.follow)
        bench.store.replaced.connect(self._close)
        bench.store.selection_changed.connect(self._follow_actions)
        maps.mute_toggled.connect(self._toggle_map)
        maps.tile_selected.connect(lambda _tile: self._follow_maps())
        maps.block_shown.connect(self._follow_maps)
        maps.mute_bar.map.clicked.connect(self._toggle_selected_map)
        maps.mute_bar.block.clicked.connect(self._toggle_block)
        maps.mute_bar.rank.clicked.connect(self._rank)
        maps.mute_bar.back.clicked.connect(state.step_back)
        maps.mute_bar.clear.clicked.connect(state.unmute_all)
        self.chip.clicked.connect(self._open_maps)
        for name in ("mute", "unmute_all"):
            bench.actions[name].setToolTip(tr(words.TRAINING))
        bench.actions.connect("mute", self._toggle_chosen)
        bench.actions.connect("unmute_all", state.unmute_all)


def _chip() -> QToolButton:
    """In the status bar, as long as something is off."""
    chip = QToolButton()
    chip.setAutoRaise(True)
    chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    chip.setAccessibleName(tr("What is muted"))
    chip.setObjectName("muted")
    return chip
