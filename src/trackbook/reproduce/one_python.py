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
        start += ["--log-level=ERROR"]  # it warns on the terminal that it speaks over TCP
        return KernelSpec(
            argv=start, name=kernel_name, display_name="Python", language="python"
        )
