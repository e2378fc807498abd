"""A provider that stands in for the real ones, so that Terraform itself can validate, plan and apply the module.

It serves the schema of tests/infra/schema.json over the plugin protocol of Terraform, and creates nothing: what the
real provider computes becomes the name of its attribute. Terraform runs it: ``python -m support.stand_in NAME``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgpack
import tf.provider
import tf.runner
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

SCHEMA: Final = Path(__file__).parents[1] / "infra" / "schema.json"

TYPES: Final = {
    "string": b'"string"',
    "number": b'"number"',
    "boolean": b'"bool"',
    "list": b'["list","string"]',
    "map": b'["map","string"]',
}
EMPTY: Final[Mapping[bytes, Any]] = {b'"number"': 1, b'"bool"': False, TYPES["list"]: [], TYPES["map"]: {}}
UNKNOWN: Final = msgpack.ExtType(0, b"\0")

COMPUTED: Final = {"service_config": ("uri",), "event_trigger": ("trigger",)}
"""What is read out of blocks; the schema lists the computed attributes of whole resources alone."""

SETTINGS: Final = {
    "billing_project": "string",
    "project": "string",
    "region": "string",
    "user_project_override": "boolean",
}
"""Arguments of the providers' own blocks."""


def provider_of(type_: str) -> str:
    """Return the provider that a type belongs to; service identities are in the beta provider alone."""
    return "google-beta" if type_ == "google_project_service_identity" else type_.partition("_")[0]


def make_block(arguments: Mapping[str, Any], computed: tuple[str, ...] = ()) -> pb.Schema.Block:
    """Return a schema in the form of the protocol; whatever is not required may be computed."""
    block = pb.Schema.Block()
    for name, entry in arguments.items():
        if name == "timeouts":
            continue
        if "block" in entry:
            nested = make_block(entry["block"], COMPUTED.get(name, ()))
            mode = pb.Schema.NestedBlock.NestingMode.LIST
            block.block_types.add(type_name=name, block=nested, nesting=mode, min_items=int(entry["required"]))
        else:
            free = not entry["required"]
            block.attributes.add(name=name, type=TYPES[entry["type"]], required=not free, optional=free, computed=free)
    for name in computed:
        if name not in arguments and name != "timeouts":
            block.attributes.add(name=name, type=TYPES["string"], computed=True)
    return block


def fill(block: pb.Schema.Block, value: dict[str, Any], *, known: bool) -> dict[str, Any]:
    """Give every computed attribute without a value one: unknown while planning, its name in brackets afterwards."""
    for attribute in block.attributes:
        held = value.get(attribute.name)
        if attribute.computed and (held is None or isinstance(held, msgpack.ExtType)):
            value[attribute.name] = EMPTY.get(attribute.type, f"<{attribute.name}>") if known else UNKNOWN
    for nested in block.block_types:
        held = value.get(nested.type_name)
        for each in held if isinstance(held, list) else []:
            fill(nested.block, each, known=known)
    return value


def pack(value: Any) -> pb.DynamicValue:
    """Return a value as the protocol carries it."""
    return pb.DynamicValue(msgpack=msgpack.packb(value))


class StandIn(rpc.ProviderServicer):
    """Answers Terraform for one provider.

    Parameters
    ----------
    name : str
        Such as ``google``.
    """

    def __init__(self, name: str) -> None:
        self._schemas: dict[tuple[str, str], pb.Schema.Block] = {}
        for key, entry in json.loads(SCHEMA.read_text())["blocks"].items():
            kind, _, type_ = key.partition(".")
            if provider_of(type_) == name:
                attributes = tuple(each for each in entry["attributes"] if each != "tf_resource_type")
                self._schemas[kind, type_] = make_block(entry["arguments"], attributes)

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        own = pb.Schema.Block()
        for name, type_ in SETTINGS.items():
            own.attributes.add(name=name, type=TYPES[type_], optional=True)
        made = {key: pb.Schema(version=0, block=block) for key, block in self._schemas.items()}
        return pb.GetProviderSchema.Response(
            provider=pb.Schema(version=0, block=own),
            resource_schemas={type_: schema for (kind, type_), schema in made.items() if kind == "resource"},
            data_source_schemas={type_: schema for (kind, type_), schema in made.items() if kind == "data"},
        )

    def GetMetadata(self, request: Any, context: Any) -> Any:
        answer = pb.GetMetadata.Response()
        for kind, type_ in self._schemas:
            (answer.resources if kind == "resource" else answer.data_sources).add(type_name=type_)
        return answer

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        return pb.ConfigureProvider.Response()

    def StopProvider(self, request: Any, context: Any) -> Any:
        return pb.StopProvider.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        return pb.UpgradeResourceState.Response(upgraded_state=pb.DynamicValue(json=request.raw_state.json))

    def ReadResource(self, request: Any, context: Any) -> Any:
        return pb.ReadResource.Response(new_state=request.current_state)

    def ReadDataSource(self, request: Any, context: Any) -> Any:
        value = msgpack.unpackb(request.config.msgpack)
        block = self._schemas["data", request.type_name]
        return pb.ReadDataSource.Response(state=pack(fill(block, value, known=True)))

    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        value, prior = (msgpack.unpackb(each.msgpack) for each in (request.proposed_new_state, request.prior_state))
        if value is not None and prior is None:
            fill(self._schemas["resource", request.type_name], value, known=False)
        return pb.PlanResourceChange.Response(planned_state=pack(value))

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        value = msgpack.unpackb(request.planned_state.msgpack)
        if value is not None:
            fill(self._schemas["resource", request.type_name], value, known=True)
        return pb.ApplyResourceChange.Response(new_state=pack(value))


class Named:
    """What the server asks of a provider beside its answers."""

    def full_name(self) -> str:
        return "registry.terraform.io/hashicorp/stand-in"


if __name__ == "__main__":
    stand_in = StandIn(sys.argv[1])
    tf.provider.ProviderServicer = lambda _: stand_in  # type: ignore[misc, assignment]
    tf.runner.run_provider(Named(), [sys.argv[0]])  # type: ignore[arg-type]
