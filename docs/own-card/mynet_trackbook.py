"""What trackbook should see of mynet; it is imported by `%load_ext trackbook`."""

from trackbook.libraries import Derived, Given, Library, Measured, Step, Training

DEFAULTS = {"lr": 0.05, "epochs": 20}


def read_fit(call):
    line = call.given["self"]
    params = {name: getattr(line, name) for name in DEFAULTS}
    held_out = call.given["held_out"]
    yield Training(
        label="Line",
        model=line,
        params={"model": "Line"} | {n: v for n, v in params.items() if v != DEFAULTS[n]},
        defaults={n: v for n, v in params.items() if v == DEFAULTS[n]},
        metrics=[
            Measured(name=name, values=list(enumerate(values)))
            for name, values in line.history.items()
        ],
        data=[
            Given("training", call.given["x"], "x"),
            Given("training", call.given["y"], "y"),
            *(Given("validation", part, "held_out") for part in held_out or ()),
        ],
    )


def read_epoch(call):
    line, epoch = call.given["self"], call.given["epoch"]
    yield Step(
        of=line,
        label="Line",
        metrics=[
            Measured(name=name, values=[(epoch, values[-1])])
            for name, values in line.history.items()
        ],
        done=epoch + 1,
        total=line.epochs,
    )


def read_predictions(call):
    yield Derived(made=call.result, of=call.given["self"])


CARD = Library(
    module="mynet",
    methods={"mynet:Line": {"fit": read_fit, "predict": read_predictions}},
    live={"mynet:Line.epoch_ended": read_epoch},
)
