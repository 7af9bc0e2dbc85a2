"""trackbook: the notebook that keeps its own lab record.

In a notebook, `%load_ext trackbook` is all there is to do. In a script:

    import trackbook

    with trackbook.start_run("baseline"):
        trackbook.log_param("lr", 0.1)
        trackbook.log_metric("loss", 0.42, step=1)

    print(trackbook.runs("metrics.loss < 0.5"))
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from trackbook.version import __version__ as __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from trackbook.doors.api import (
        active_run as active_run,
    )
    from trackbook.doors.api import (
        alias as alias,
    )
    from trackbook.doors.api import (
        approvals as approvals,
    )
    from trackbook.doors.api import (
        approve as approve,
    )
    from trackbook.doors.api import (
        archive as archive,
    )
    from trackbook.doors.api import (
        checklist as checklist,
    )
    from trackbook.doors.api import (
        compact as compact,
    )
    from trackbook.doors.api import (
        compare as compare,
    )
    from trackbook.doors.api import (
        data as data,
    )
    from trackbook.doors.api import (
        demote as demote,
    )
    from trackbook.doors.api import (
        deploy as deploy,
    )
    from trackbook.doors.api import (
        deprecate as deprecate,
    )
    from trackbook.doors.api import (
        describe as describe,
    )
    from trackbook.doors.api import (
        diff as diff,
    )
    from trackbook.doors.api import (
        doctor as doctor,
    )
    from trackbook.doors.api import (
        end_run as end_run,
    )
    from trackbook.doors.api import (
        export as export,
    )
    from trackbook.doors.api import (
        gate as gate,
    )
    from trackbook.doors.api import (
        gc as gc,
    )
    from trackbook.doors.api import (
        history as history,
    )
    from trackbook.doors.api import (
        impact as impact,
    )
    from trackbook.doors.api import (
        import_bundle as import_bundle,
    )
    from trackbook.doors.api import (
        label as label,
    )
    from trackbook.doors.api import (
        lineage as lineage,
    )
    from trackbook.doors.api import (
        lint as lint,
    )
    from trackbook.doors.api import (
        load as load,
    )
    from trackbook.doors.api import (
        log_artifact as log_artifact,
    )
    from trackbook.doors.api import (
        log_input as log_input,
    )
    from trackbook.doors.api import (
        log_metric as log_metric,
    )
    from trackbook.doors.api import (
        log_metrics as log_metrics,
    )
    from trackbook.doors.api import (
        log_model as log_model,
    )
    from trackbook.doors.api import (
        log_param as log_param,
    )
    from trackbook.doors.api import (
        log_params as log_params,
    )
    from trackbook.doors.api import (
        note as note,
    )
    from trackbook.doors.api import (
        paper as paper,
    )
    from trackbook.doors.api import (
        promote as promote,
    )
    from trackbook.doors.api import (
        register as register,
    )
    from trackbook.doors.api import (
        reject as reject,
    )
    from trackbook.doors.api import (
        reproduce as reproduce,
    )
    from trackbook.doors.api import (
        reproducible as reproducible,
    )
    from trackbook.doors.api import (
        restore as restore,
    )
    from trackbook.doors.api import (
        rm as rm,
    )
    from trackbook.doors.api import (
        rollback as rollback,
    )
    from trackbook.doors.api import (
        route as route,
    )
    from trackbook.doors.api import (
        run as run,
    )
    from trackbook.doors.api import (
        runs as runs,
    )
    from trackbook.doors.api import (
        search_runs as search_runs,
    )
    from trackbook.doors.api import (
        seed_everything as seed_everything,
    )
    from trackbook.doors.api import (
        set_experiment as set_experiment,
    )
    from trackbook.doors.api import (
        set_tag as set_tag,
    )
    from trackbook.doors.api import (
        set_tags as set_tags,
    )
    from trackbook.doors.api import (
        show as show,
    )
    from trackbook.doors.api import (
        sql as sql,
    )
    from trackbook.doors.api import (
        start_run as start_run,
    )
    from trackbook.doors.api import (
        status as status,
    )
    from trackbook.doors.api import (
        sweep as sweep,
    )
    from trackbook.doors.api import (
        tag as tag,
    )
    from trackbook.doors.api import (
        undeploy as undeploy,
    )
    from trackbook.doors.api import (
        unregister as unregister,
    )
    from trackbook.doors.api import (
        versions as versions,
    )
    from trackbook.doors.api import (
        watch as watch,
    )
    from trackbook.doors.pulse import Pulse


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Begin to record this IPython session: `%load_ext trackbook`."""
    from trackbook.doors.ipython import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Stop recording and leave no trace: `%unload_ext trackbook`."""
    from trackbook.doors.ipython import unload

    unload(shell)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter's server what to load for the sidebar."""
    from trackbook.doors.lab import TrackbookApp

    return [{"module": "trackbook.doors.lab", "app": TrackbookApp}]


def pulse() -> Pulse:
    """Return what this session is doing, for front ends; asking changes nothing."""
    from trackbook.doors.pulse import pulse

    return pulse()


def toggle() -> Pulse:
    """Turn recording off or on again, for front ends; return the pulse."""
    from trackbook.doors.pulse import toggle

    return toggle()


class Front(ModuleType):
    """The package as its users see it: functions, fetched when they are first used.

    Where a verb and a room of the house have one name (`compare`, `runs`), users mean
    the verb. A property is found before what importing the room puts into the module.
    """

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            from trackbook.doors import api

            if name in api.__all__:
                found = getattr(api, name)
                vars(self)[name] = found
                return found
        raise AttributeError(f"module 'trackbook' has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        from trackbook.doors import api

        return sorted({*vars(self), *api.__all__})


def verb(name: str) -> property:
    """Return the property that stands for a verb, whatever room has its name."""

    def fetch(_: ModuleType) -> Any:
        from trackbook.doors import api

        return getattr(api, name)

    return property(fetch, lambda _module, _room: None)


for shared in ("checklist", "compare", "lineage", "registry", "reproduce", "runs"):
    setattr(Front, shared, verb(shared))
sys.modules[__name__].__class__ = Front
