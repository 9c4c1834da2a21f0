"""The live views of the window: which panel looks at which block, and when a view is open at all."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget, QTabWidget

from convstudio.protocol.messages import Activity, Maps, Masks, View
from convstudio.ui.link.open_views import OpenViews
from convstudio.ui.link.view_book import Picture, ViewBook
from convstudio.ui.live.maps_panel import MapsPanel
from convstudio.ui.live.masks_panel import MasksPanel
from convstudio.ui.live.neighbours import Pair, Source, around_activation, spread_over
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr


class LiveViews(QObject):
    """Shows masks and maps of the selected block, or of the one looked at last; only the visible tab is open."""

    def __init__(self, store: DocumentStore, tabs: QTabWidget, dock: QDockWidget, book: ViewBook) -> None:
        super().__init__(tabs)
        self._store, self._tabs, self._dock, self._book = store, tabs, dock, book
        self._block: str | None = None
        self._pair: Pair | None = None
        self._open = OpenViews(book, self._receive)
        self.masks, self.maps = MasksPanel(), MapsPanel()
        tabs.addTab(self.masks, tr("Masks"))
        tabs.addTab(self.maps, tr("Feature maps"))
        self.masks.drawn.connect(self._drawn)
        self.maps.drawn.connect(self._drawn)
        self.masks.wanted_changed.connect(self.follow)
        tabs.currentChanged.connect(lambda _index: self.follow())
        dock.visibilityChanged.connect(lambda _seen: self.follow())
        store.changed.connect(self.follow)
        store.selection_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show the right block in both panels, and open the view of the panel that can be seen."""
        self._block = self._chosen()
        block = self._store.network.blocks.get(self._block or "")
        heading = block.heading if block else ""
        weighs = bool(block and self._weighs(block.id))
        full_id = self._store.full_id(self._block) if self._block else None
        facts = self._store.analysis.blocks[block.id] if block else None
        group, call = bool(facts and facts.inside), facts.call if facts else None
        over = self._spread_over(block.id) if block else None
        self.masks.show_block(None if group else full_id, heading, weighs, call, over)
        self._pair = self._around_activation(block.id) if block else None
        self.maps.show_block(full_id, heading, self._pair)
        self._open.become(self._wanted(weighs))

    def _spread_over(self, block_id: str) -> Source | None:
        """The maps that the weights of a fully connected block belong to."""
        found = spread_over(self._store.network, self._store.analysis, block_id)
        return found._replace(block=self._store.full_id(found.block)) if found else None

    def _around_activation(self, block_id: str) -> Pair | None:
        """The block with the activation behind it, or before it, by their full names."""
        found = around_activation(self._store.network, self._store.analysis, block_id)
        return Pair(*(self._store.full_id(i) for i in found)) if found else None

    def _chosen(self) -> str | None:
        """The selected block; else the one before, while it exists; else the first with masks."""
        if self._store.selection:
            return self._store.selection[-1]
        if self._block in self._store.network.blocks:
            return self._block
        analysis = self._store.analysis
        return next((i for i in analysis.order if self._weighs(i)), None)

    def _weighs(self, block_id: str) -> bool:
        """Whether a block has masks of its own; a group's are those of the blocks in it."""
        facts = self._store.analysis.blocks[block_id]
        return bool(facts.multiply_adds) and not facts.inside

    def _wanted(self, weighs: bool) -> set[View]:
        """What the panel that can be seen needs; nothing where there is nothing to see."""
        panel = self._tabs.currentWidget()
        if self._block is None or self._dock.isHidden() or not self._store.analysis.blocks[self._block].output:
            return set()
        full_id = self._store.full_id(self._block)
        if panel is self.masks and weighs:
            return {View(block=full_id, what=what) for what in self.masks.wanted}
        if panel is self.maps:
            pair = self._pair or (full_id,)
            return {View(block=full_id, what="activity"), *(View(block=i, what="maps") for i in (full_id, *pair))}
        return set()

    def _receive(self, picture: Picture) -> None:
        if isinstance(picture, Masks):
            self.masks.on_masks(picture)
        elif isinstance(picture, Maps):
            self.maps.on_maps(picture)
        elif isinstance(picture, Activity):
            self.maps.on_activity(picture)
            self._book.drawn(picture.view)

    def _drawn(self) -> None:
        for view in self._open.now:
            self._book.drawn(view)
