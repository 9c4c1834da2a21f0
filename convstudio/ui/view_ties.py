"""What leads from one live view to another: a unit or mask that is pointed at or chosen in one is shown in another."""

from __future__ import annotations

from convstudio.ui.lens.binding import LensBinding
from convstudio.ui.lens.field_hover import FieldHover
from convstudio.ui.lens.thumbnail_hover import ThumbnailHover
from convstudio.ui.live_views import LiveViews
from convstudio.ui.masklab.binding import MaskLab
from convstudio.ui.why.binding import WhyBinding


def tie_choices(live: LiveViews, lens: LensBinding, why: WhyBinding, lab: MaskLab) -> None:
    """What is chosen in one view opens another."""
    live.maps.unit_chosen.connect(lens.look)
    lab.panel.unit_chosen.connect(lens.look)
    live.maps.why_asked.connect(why.explain)
    live.masks.edit_requested.connect(lab.look)
    lens.panel.mask_requested.connect(lab.look)


def tie_hovers(field: FieldHover, live: LiveViews, lens: LensBinding, lab: MaskLab, thumbnail: ThumbnailHover) -> None:
    """The unit under the mouse has its receptive field framed on the sample, wherever it is."""
    for view in (live.maps, lens.panel, lab.panel, thumbnail):
        view.unit_hovered.connect(field.show)
        view.unit_left.connect(field.leave)
