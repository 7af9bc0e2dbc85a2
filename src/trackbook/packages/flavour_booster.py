"""Boosted trees in their libraries' own formats, which hold data only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from trackbook.errors import Refused
from trackbook.packages.kinds import is_of
from trackbook.packages.loaders import catboost as catboost_loader
from trackbook.packages.loaders import lightgbm as lightgbm_loader
from trackbook.packages.loaders import xgboost as xgboost_loader

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.packages.flavours import Loader

PLAIN = (bool, int, float, str, type(None))


class XGBoost:
    """Boosters and estimators of XGBoost, as UBJSON, the estimator's params beside."""

    name = "xgboost"
    is_unsafe = False
    file = xgboost_loader.FILE
    needs: tuple[str, ...] = ("xgboost",)
    tolerance = 1e-5
    loader: Loader = cast("Loader", xgboost_loader)

    def knows(self, model: object) -> bool:
        """Tell whether a model is a Booster or one of XGBoost's own estimators."""
        return is_of(model, "xgboost", "Booster") or (
            is_of(model, "xgboost", "XGBModel")
            and type(model).__name__ in xgboost_loader.WRAPPERS
        )

    def save(self, model: Any, folder: Path) -> None:
        """Write model.ubj and wrapper.json.

        Raises:
            Refused: a param is a function or another object
        """
        beside: dict[str, object] = {"class": type(model).__name__}
        if hasattr(model, "get_params"):
            beside["params"] = plain_params(model.get_params())
        (folder / xgboost_loader.BESIDE).write_text(
            json.dumps(beside, indent=1, sort_keys=True), encoding="utf-8"
        )
        model.save_model(folder / self.file)


def plain_params(given: dict[str, object]) -> dict[str, object]:
    """Return params that a text file holds."""
    found: dict[str, object] = {}
    for name, value in given.items():
        plain = value.item() if hasattr(value, "item") else value
        items = plain if isinstance(plain, list | tuple) else [plain]
        if isinstance(plain, dict):
            items = [*plain, *plain.values()]
        if not all(isinstance(item, PLAIN) for item in items):
            raise Refused(
                f"the param {name} is a {type(value).__name__}, which XGBoost's format does not"
                f" keep: set it to None after training (set_params({name}=None))"
            )
        found[name] = plain
    return found


class LightGBM:
    """Boosters of LightGBM, as text; its estimators are kept as scikit-learn's are."""

    name = "lightgbm"
    is_unsafe = False
    file = lightgbm_loader.FILE
    needs: tuple[str, ...] = ("lightgbm",)
    tolerance = 1e-7
    loader: Loader = cast("Loader", lightgbm_loader)

    def knows(self, model: object) -> bool:
        """Tell whether a model is a Booster."""
        return is_of(model, "lightgbm", "Booster")

    def save(self, model: Any, folder: Path) -> None:
        """Write model.txt."""
        model.save_model(folder / self.file)


PASSING = {"train_finish_time", "model_guid"}
"""What CatBoost writes into a model's file that no two trainings share."""


class CatBoost:
    """Models of CatBoost, as its own binary file, their class beside."""

    name = "catboost"
    is_unsafe = False
    file = catboost_loader.FILE
    needs: tuple[str, ...] = ("catboost",)
    tolerance = 1e-7
    loader: Loader = cast("Loader", catboost_loader)

    def knows(self, model: object) -> bool:
        """Tell whether a model is one of CatBoost's own classes."""
        return (
            is_of(model, "catboost", "CatBoost")
            and type(model).__name__ in catboost_loader.WRAPPERS
        )

    def save(self, model: Any, folder: Path) -> None:
        """Write model.cbm and wrapper.json.

        The model's file says when it was trained and gives it a random name: the same
        trees would be another package each time. A copy is written without.
        """
        beside = {"class": type(model).__name__}
        (folder / catboost_loader.BESIDE).write_text(
            json.dumps(beside, indent=1), encoding="utf-8"
        )
        file = str(folder / self.file)
        model.save_model(file, format="cbm")
        copy = catboost_loader.load(str(folder))
        said = copy.get_metadata()
        for name in PASSING & set(said.keys()):
            del said[name]
        copy.save_model(file, format="cbm")
