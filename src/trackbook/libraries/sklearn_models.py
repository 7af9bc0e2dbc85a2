"""What kind of thing an estimator is, told by its class and its parts."""

from __future__ import annotations

from trackbook.libraries.given import module_of, name_of, parts_of, values_of


def label_of(thing: object) -> str:
    """Return the class that trains: a pipeline's last step, `GridSearchCV(SVC)`."""
    last = final_of(thing)
    name = type(last).__name__
    return f"{name}({label_of(values_of(last)['estimator'])})" if is_search(last) else name


def can_predict(thing: object) -> bool:
    """Tell whether fitting it makes a model; clusterers without `predict` count."""
    last = final_of(thing)
    if is_search(last):
        return can_predict(values_of(last)["estimator"])
    if is_pipeline(last):
        return False
    able = {name for name in ABILITIES if _has(type(last), name)}
    return bool(able & PREDICT) or (bool(able) and "transform" not in able)


ABILITIES = (
    "predict",
    "fit_predict",
    "score_samples",
    "kneighbors",
    "biclusters_",
    "transform",
)
PREDICT = {"predict", "fit_predict", "biclusters_"}
"""The others make a model of what does not transform: KernelDensity, NearestNeighbors."""


def _has(cls: type, name: str) -> bool:
    # FeatureAgglomeration takes `fit_predict` back by a property of its name.
    owner = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)
    return owner is not None and (type(owner) is not property or name == "biclusters_")


def is_search(thing: object) -> bool:
    """Tell whether it tries candidates of an estimator: GridSearchCV and its kin."""
    return "estimator" in values_of(thing) and any(
        base.__name__ == "BaseSearchCV" for base in type(thing).__mro__
    )


def is_pipeline(thing: object) -> bool:
    """Tell whether it is a pipeline, whose last step says what it does."""
    return any(base.__name__ == "Pipeline" for base in type(thing).__mro__)


def is_frozen(thing: object) -> bool:
    """Tell whether it holds a model that was trained before: FrozenEstimator."""
    return "estimator" in values_of(thing) and any(
        base.__name__ == "FrozenEstimator" for base in type(thing).__mro__
    )


def final_of(thing: object) -> object:
    """Return a pipeline's last step, of any depth; anything else itself, thawed."""
    while is_pipeline(thing) or is_frozen(thing):
        if is_frozen(thing):
            thing = values_of(thing)["estimator"]
            continue
        steps = list(parts_of(values_of(thing).get("steps")).values())
        if not steps:
            return thing
        thing = steps[-1]
    return thing


def place_of_final(thing: object) -> str:
    """Return the param that is a pipeline's last step, `clf` or `inner__clf`; empty if none."""
    names: list[str] = []
    while is_pipeline(thing):
        steps = parts_of(values_of(thing).get("steps"))
        if not steps:
            return ""
        name, thing = list(steps.items())[-1]
        names.append(name)
    return "__".join(names)


def core_of(thing: object) -> object:
    """Return the estimator that learned: of a search, its best one."""
    last = final_of(thing)
    best = values_of(last).get("best_estimator_")
    return last if best is None else core_of(best)


def algorithm_of(thing: object) -> str:
    """Return the class that learned, with its module: of a search, its best one's."""
    return class_of(core_of(thing))


def steps_of(thing: object) -> list[str]:
    """Return a pipeline's steps as `name: class`, those of an inner one with dots; else none."""
    if not is_pipeline(thing):
        best = values_of(thing).get("best_estimator_") if is_search(thing) else None
        return [] if best is None else steps_of(best)
    found: list[str] = []
    for name, step in parts_of(values_of(thing).get("steps")).items():
        inner = steps_of(step)
        found += [f"{name}.{one}" for one in inner] or [f"{name}: {class_of(step)}"]
    return found


def class_of(thing: object) -> str:
    """Return an object's class with its module; a text that stands for a step as it is."""
    if type(thing) is str:
        return thing
    kind = type(thing)
    return f"{module_of(kind)}.{name_of(kind)}".removeprefix(".")
