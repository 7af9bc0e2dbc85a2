"""How far a training of scikit-learn's is, while it still runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Measured, Step
from trackbook.libraries.given import values_of
from trackbook.libraries.measures import newest, number_of
from trackbook.libraries.sklearn_models import final_of, is_search, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

UNITS = {"candidate-split-evaluation": "fit", "lbfgs-iter": "iteration"}


def task_ended(call: Call) -> Iterable[Finding]:
    """Read the end of a task that scikit-learn itself tells to callbacks.

    Nothing is registered on the user's estimator: it tells them though nobody listens.
    """
    task, model = values_of(call.given["self"]), call.given["estimator"]
    unit = UNITS.get(str(task.get("task_name")))
    parent = values_of(task.get("parent"))
    if unit is None or (unit == "fit") is not is_search(model) or not is_alone(call, model):
        return
    done, total = task.get("task_id"), parent.get("max_subtasks")
    if type(done) is int:
        yield Step(
            of=model,
            label=label_of(model),
            done=done + 1,
            total=total if type(total) is int else None,
            unit=unit,
        )


def epoch_ended(call: Call) -> Iterable[Finding]:
    """Read an epoch of a neural network, with its loss."""
    net = call.given["self"]
    if not is_alone(call, net):
        return
    values = values_of(net)
    points = newest("loss_curve", values.get("loss_curve_"))
    points += newest("validation_scores", values.get("validation_scores_"))
    done, total = values.get("n_iter_"), values.get("max_iter")
    yield Step(
        of=net,
        label=label_of(net),
        metrics=points,
        done=done if type(done) is int else None,
        total=total if type(total) is int else None,
    )


def stage_ended(call: Call) -> Iterable[Finding]:
    """Read a stage of gradient boosting, with the loss of the one before."""
    model, done = call.given["self"], call.given["i"]
    values: Any = values_of(model)
    total = values.get("n_estimators")
    if type(done) is not int or not is_alone(call, model):
        return
    # The loss of this stage is written after it.
    loss = number_of(values["train_score_"][done - 1]) if done else None
    points = (
        [] if loss is None else [Measured(name="train_loss", values=((done - 1, loss),))]
    )
    yield Step(
        of=model,
        label=label_of(model),
        metrics=points,
        done=done + 1,
        total=total if type(total) is int else None,
        unit="stage",
    )


def is_alone(call: Call, model: object) -> bool:
    """Tell whether a model is what is trained here, not a part or a candidate of that."""
    around = call.around()
    trained = None if around is None else around.given.get("self")
    return around is None or (trained is not None and final_of(trained) is model)


LIVE = {
    "sklearn.callback._callback_context:CallbackContext.call_on_fit_task_end": task_ended,
    "sklearn.neural_network._multilayer_perceptron:"
    "BaseMultilayerPerceptron._update_no_improvement_count": epoch_ended,
    "sklearn.ensemble._gb:BaseGradientBoosting._fit_stage": stage_ended,
}
