"""What the privacy tests share with the vision's: the real models and footage."""

from tests.detection.vision.conftest import engines, models

__all__ = ["engines", "models"]
