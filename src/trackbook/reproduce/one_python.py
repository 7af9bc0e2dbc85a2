"""How the kernel of one interpreter is started."""

from __future__ import annotations

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager


class OnePython(KernelSpecManager):
    """Knows one kernel: the interpreter it was given, whatever `python3` means elsewhere."""

    def __init__(self, python: str) -> None:
        super().__init__()
        self._python = python

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how to start it."""
        start = [self._python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        # It warns on the terminal that it speaks over TCP, and takes the interrupt with which
        # jupyter_client begins to shut it down for an error.
        start += ["--log-level=CRITICAL"]
        return KernelSpec(
            argv=start, name=kernel_name, display_name="Python", language="python"
        )
