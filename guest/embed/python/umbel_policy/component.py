"""A component that was checked, from which instances are made."""

from os import PathLike
from pathlib import Path
from typing import Final, Self

import wasmtime
from wasmtime import component as wc

from . import engine as engines
from .limits import Limits
from .policy import Policy
from .records import Settings
from .signature import CONTRACT, of_function

_MAGIC: Final = b"\0asm"
_MODULE_VERSION: Final = b"\1\0\0\0"


class LoadError(Exception):
    """A file is no policy that can be run; the text says how to mend it. Its author's fault."""


class Component:
    """A policy, compiled. Any number of instances can be made of it, in any threads."""

    def __init__(self, compiled: wc.Component, limits: Limits) -> None:
        self._compiled = compiled
        self._limits = limits

    @classmethod
    def load(cls, source: str | PathLike[str] | bytes, limits: Limits | None = None) -> Self:
        """Reads, compiles and checks a component: a file, or its bytes.

        Compiling is not bounded in time, so load only what comes from someone you know: a Rust policy
        takes a tenth of a second, one that brings an interpreter some seconds. Raises `LoadError`, or
        `OSError` where the file cannot be read.
        """
        limits = limits or Limits()
        wasm = source if isinstance(source, bytes) else _read(Path(source), limits)
        _check_bytes(wasm, limits)
        engine = engines.shared().wasmtime
        try:
            compiled = wc.Component(engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise LoadError(f"does not compile: {error}") from error
        _check_imports(engine, compiled)
        _check_exports(engine, compiled)
        return cls(compiled, limits)

    def instantiate(self, settings: Settings) -> Policy:
        """An instance that has taken `settings`. Raises `Fault`: class `refused` where it has not."""
        return Policy(engines.shared(), self._compiled, self._limits, settings)


def _read(path: Path, limits: Limits) -> bytes:
    with path.open("rb") as file:
        return file.read(limits.component_bytes + 1)


def _check_bytes(wasm: bytes, limits: Limits) -> None:
    if len(wasm) > limits.component_bytes:
        raise LoadError(f"larger than {limits.component_bytes} bytes: strip it, or raise component_bytes")
    # wasmtime would take text as well.
    if not wasm.startswith(_MAGIC):
        raise LoadError("no WebAssembly: give the file that a build wrote")
    if wasm.startswith(_MAGIC + _MODULE_VERSION):
        raise LoadError("a core module, not a component: wrap it with `wasm-tools component new`")


def _check_imports(engine: wasmtime.Engine, compiled: wc.Component) -> None:
    """A policy imports nothing but types."""
    wanted = []
    for name, item in compiled.type.imports(engine).items():
        types_only = isinstance(item, wc.ComponentInstanceType) and all(
            isinstance(part, wc.ValType) for part in item.exports(engine).values()
        )
        if not types_only:
            wanted.append(name)
    if wanted:
        raise LoadError(
            f"imports {', '.join(sorted(wanted))}, and a policy imports no functions: build it without WASI"
            " (componentize-py: --stub-wasi; componentize-js: disableFeatures)"
        )


def _check_exports(engine: wasmtime.Engine, compiled: wc.Component) -> None:
    exports = compiled.type.exports(engine)
    for (interface, export), expected in CONTRACT.items():
        instance = exports.get(interface)
        if not isinstance(instance, wc.ComponentInstanceType):
            raise LoadError(f"does not export {interface}: build it against wit/, world dispatcher")
        function = instance.exports(engine).get(export.value)
        if not isinstance(function, wc.FuncType):
            raise LoadError(f"{interface} has no function {export}: build it against wit/")
        found = of_function(function)
        if found != expected:
            raise LoadError(f"{interface}: {export} is {found}, but wit/ has {expected}")
