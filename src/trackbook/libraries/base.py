"""The card that each library's file fills in, and the findings its readers give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Given(NamedTuple):
    """Data that a call was given, and what for."""

    role: str
    """training, validation, test."""
    data: object
    name: str = ""
    """The argument's: `X`."""


class Call(NamedTuple):
    """One finished call of a watched function, the outermost watched one on its stack."""

    name: str
    """As in the card: `fit`, `accuracy_score`, `train`."""
    given: Mapping[str, object]
    """Arguments by parameter name as they were when the call began, `self` included; of a
    `live` call as they are at its end, other local variables beside them."""
    result: object
    """What it returned; None of a call that still runs."""
    wall_s: float = 0.0
    around: Callable[[], Call | None] = lambda: None
    """Of a `live` call: gives the outermost watched call that it is a part of, which still
    runs; None where there is none. A search's candidates are trained inside of its `fit`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A number or a series of numbers that a library measured."""

    name: str
    values: Sequence[tuple[int, float]]
    """(step, value) pairs; one pair with step 0 for a number measured once."""
    of: object = None
    """The model or the predictions that were measured; None when the call cannot tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One trial of a library's own search, once it has ended."""

    number: int
    params: Mapping[str, object]
    state: Literal["done", "failed", "pruned"]
    values: Sequence[float] = ()
    """One for each goal."""
    points: Sequence[tuple[int, float]] = ()
    """(step, value) of what it reported on its way."""
    began_us: int | None = None
    wall_s: float | None = None
    error: BaseException | None = None
    """What it failed with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A search for params that a library does by itself: a sweep, with trials as child runs."""

    name: str
    goals: Sequence[str]
    """Names of what a trial gives."""
    directions: Sequence[str]
    """max or min, for each."""
    space: Mapping[str, object] = field(default_factory=dict)
    """Of each param its `values`, or `low`, `high`, `kind`, `step`, `log`; as far as known."""
    trials: Sequence[Tried] = ()
    """Those that ended since it was told last."""
    begins: int | None = None
    """The number of the trial that begins here, in the calling thread."""
    budget: int | None = None
    jobs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A training that finished: a run, or a part of one."""

    label: str
    """What it trained, for the run's name: `RandomForestClassifier`."""
    model: object
    """The trained object; None where the call keeps none (cross_val_score)."""
    params: Mapping[str, object]
    """Hyper-parameters as given (defaults left out), nested ones flattened with dots."""
    defaults: Mapping[str, object] = field(default_factory=dict)
    """Hyper-parameters that are as the library has them: of interest where somebody wrote
    them all the same, `Ridge(alpha=1.0)`."""
    metrics: Sequence[Measured] = ()
    children: Sequence[Training] = ()
    """Candidates of a search: child runs."""
    results: Sequence[object] = field(default=())
    """Other objects that carry the training's result, such as the scores returned."""
    data: Sequence[Given] = ()
    """What it was trained and validated on."""
    tags: Mapping[str, str] = field(default_factory=dict)
    search: Searched | None = None
    """It is a search, and trains nothing itself."""
    continued: bool = False
    """One of many steps that train the same object (`partial_fit`): a caller that saw the
    model before adds to the run it opened then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A fitted object that is no model (a scaler, an encoder): params for later runs."""

    model: object
    params: Mapping[str, object]
    """As given, each with the class before its name: `StandardScaler.with_mean`."""
    defaults: Mapping[str, object] = field(default_factory=dict)
    """Those left as the library has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """An object made by a model, its predictions: what measures it measures `of`."""

    made: object
    of: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Data that was read or made: from a file, an address, a database, a library's own."""

    made: object
    by: str
    """`pandas.read_csv`."""
    location: object = None
    """Path, address or open file, as given."""
    name: str = ""
    """What the library calls it, `iris`; else it goes by its variable or its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Data that were given to a model to be judged on, or to a holder of data."""

    data: Sequence[Given]
    of: object
    """The model; or what holds the data for a training to come, a DMatrix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far a training is that still runs, told from within it."""

    of: object = None
    """The model in training; None for what the watched call around it trains."""
    key: object = None
    """What stands for the training where its model may be gone before the last is told."""
    label: str = ""
    """What is trained, for the name of the run that opens with the first step."""
    params: Mapping[str, object] = field(default_factory=dict)
    """Hyper-parameters as given, where they are known by now; told again, the last count."""
    metrics: Sequence[Measured] = ()
    """Points since the step before. The finished `Training` may tell them once more."""
    done: int | None = None
    """How many of `total` are finished; None where the library does not tell."""
    total: int | None = None
    unit: str = "epoch"
    """What is counted: `epoch`, `round`, `step`, `trial`."""
    data: Sequence[Given] = ()
    """What it trains and validates on, told once."""
    search: Searched | None = None
    """It is a step of a search. What trainings inside it tell belongs to the trial that ends
    next in their thread."""
    continued: bool = False
    """It goes on with a model that was trained before, in the run opened then."""


Finding = Training | Measured | Fitted | Derived | Loaded | Used | Step
Reader = Callable[[Call], Iterable[Finding]]


class Only(NamedTuple):
    """A `live` reader that is asked only while something holds; asking costs far less."""

    read: Reader
    when: Callable[[], bool] | None = None
    is_outside: bool = False
    """Whether what happens within another watched call is not asked for: where a card's
    `hosts` call the user's functions, these are outside."""


class Noted(NamedTuple):
    """A `live` reader that is handed one argument and the result, and mostly tells nothing.

    It costs least. What the note gives is told; nothing for None or False; for True, `read`
    is asked.
    """

    argument: str
    note: Callable[..., Iterable[Finding] | bool | None]
    is_outside: bool = False
    """As of `Only`."""
    read: Reader | None = None
    """Gets the whole call where the note was True."""
    when: Callable[[], object] | None = None
    """As of `Only`."""
    unless: str = ""
    """`module:name` of a function of the library's: nothing is noted while it gives true. If it is
    compiled that costs less than `when`."""
    deaf: Collection[int] = ()
    """Threads in which nothing is noted just now."""
    is_pulse: bool = False
    """Every loop calls it before it calls what `sleeps`."""
    sleeps: bool = False
    """Whether it is not heard at all while a pulse is heard within another watched call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Where to look in a library, and how to read what is found there.

    A card of your own names the calls and gives each a function from a `Call` to what was
    found in it; it imports the library inside its readers only, if at all:

        def read_fit(call):
            net = call.given["self"]
            yield Training(label="Net", model=net, params={"lr": net.lr})

        CARD = Library(module="mynet", methods={"mynet.core:Net": {"fit": read_fit}})

    Readers are called in the user's thread right after the call, so they only look: no
    copying of data, no calling of the user's code. One that raises is not called again.
    Only Python functions can be watched, no generators and nothing compiled.
    """

    module: str
    """The top-level module, `sklearn`; never imported by the card."""
    functions: Mapping[str, Reader] = field(default_factory=dict)
    """`module.path:name` of a Python function to its reader; `module.path:*` for every
    public function that the module lists in `__all__`."""
    methods: Mapping[str, Mapping[str, Reader]] = field(default_factory=dict)
    """`module.path:Class` to method names to readers: these methods of the class and of
    every subclass of it, now and later, the user's own included. Where two cards know a
    class, the one that names the nearer base class reads it."""
    live: Mapping[str, Reader | Only | Noted] = field(default_factory=dict)
    """`module.path:name`, or `module.path:Class.name` for a method as above, to a reader of
    `Step`s: told at once though it is a part of another watched call, in whatever thread. It
    stands in the innermost loop of a training, so its reader must cost next to nothing."""
    rest: Callable[[int | None], Iterable[Step]] | None = None
    """What `live` readers have kept and not told yet: in one thread, at the end of a trial
    of a search's, or for None in all, at the end of each cell."""
    hosts: Collection[str] = ()
    """Methods among those watched that call functions of the user's: what is heard only
    outside of watched calls is heard in these functions too."""
