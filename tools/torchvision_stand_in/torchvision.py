"""Stands in for torchvision in the models environment: the one function that ultralytics calls, by ultralytics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__version__ = "0.28.0"


class ops:  # noqa: N801  (named as the module it stands in for)
    """What `torchvision.ops` is used for."""

    @staticmethod
    def nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
        """Return the indices of the boxes (n, 4) that non-maximum suppression keeps."""
        from ultralytics.utils.nms import TorchNMS

        kept: torch.Tensor = TorchNMS.nms(boxes, scores, iou_threshold)
        return kept
