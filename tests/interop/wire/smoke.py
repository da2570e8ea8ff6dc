"""Calls the server at 127.0.0.1:PORT as Python clients do: smoke.py plain|spaceone PORT. Prints each step, fails on the first that differs.

plain: grpcio and grpcio-reflection. spaceone: the platform's own client, of whichever spaceone-core is installed.
"""
import sys

import grpc


def expect(step, got, want):
    if got != want:
        sys.exit(f"FAILED {step}\n  got  {got!r}\n  want {want!r}")
    print("ok", step)


def log_reflection():
    """Prints what a client asks of reflection, in its order, by standing in its generated stub."""
    from grpc_reflection.v1alpha import reflection_pb2_grpc as stubs

    original = stubs.ServerReflectionStub.__init__

    def init(self, channel):
        original(self, channel)
        call = self.ServerReflectionInfo

        def logged(requests, *args, **kwargs):
            def tell():
                for request in requests:
                    print("  asks", str(request).strip().replace("\n", " "))
                    yield request

            for reply in call(tell(), *args, **kwargs):
                files = reply.file_descriptor_response.file_descriptor_proto
                print("    gets", [name_of(file) for file in files] or reply.WhichOneof("message_response"))
                yield reply

        self.ServerReflectionInfo = logged

    stubs.ServerReflectionStub.__init__ = init


def name_of(file):
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    return FileDescriptorProto.FromString(file).name


def plain(port):
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message_factory import GetMessageClass
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    database = ProtoReflectionDescriptorDatabase(channel)
    pool = DescriptorPool(database)
    services = set(database.get_services())
    expect("list_services", services, {
        "spaceone.api.inventory.plugin.Collector", "spaceone.api.core.v1.ServerInfo", "grpc.health.v1.Health"})

    def call(path, request, streams=False):
        service, name = path.rsplit("/", 1)
        method = pool.FindServiceByName(service).FindMethodByName(name)
        make = channel.unary_stream if streams else channel.unary_unary
        rpc = make(f"/{path}", lambda message: message.SerializeToString(), GetMessageClass(method.output_type).FromString)
        message = GetMessageClass(method.input_type)()
        from google.protobuf.json_format import ParseDict
        answer = rpc(ParseDict(request, message), timeout=60)
        to_dict = lambda reply: MessageToDict(reply, preserving_proto_field_name=True)
        return [to_dict(reply) for reply in answer] if streams else to_dict(answer)

    expect("Health.Check", call("grpc.health.v1.Health/Check", {}), {"status": "SERVING"})
    expect("get_version", call("spaceone.api.core.v1.ServerInfo/get_version", {}), {"version": "9.9.9"})
    collector = "spaceone.api.inventory.plugin.Collector"
    init = call(f"{collector}/init", {"options": {"a": [1, None, {"b": "ü"}]}})
    expect("init", init["metadata"]["echo"], {"a": [1.0, None, {"b": "ü"}]})
    rows = call(f"{collector}/collect", {"options": {"count": 3}}, streams=True)
    expect("collect", [row["resource"]["name"] for row in rows], ["server-0", "server-1", "server-2"])
    expect("state", {row["state"] for row in rows}, {"SUCCESS"})


def spaceone(port):
    from google.protobuf.json_format import MessageToDict
    from spaceone.core.error import ERROR_BASE
    from spaceone.core.pygrpc.client import client

    log_reflection()
    conn = client(endpoint=f"127.0.0.1:{port}", max_message_length=256 * 1024 * 1024)
    expect("services", sorted(conn.api_resources), ["Collector", "Health", "ServerInfo"])
    to_dict = lambda reply: MessageToDict(reply, preserving_proto_field_name=True)
    metadata = to_dict(conn.Collector.init({"options": {"a": 1}}))["metadata"]
    expect("Collector.init", metadata["echo"], {"a": 1.0})
    request = {"options": {"count": 3}, "secret_data": {}, "filter": {}}
    rows = [to_dict(row) for row in conn.Collector.collect(request)]
    expect("Collector.collect", [row["resource"]["name"] for row in rows], ["server-0", "server-1", "server-2"])
    expect("get_version", to_dict(conn.ServerInfo.get_version({})), {"version": "9.9.9"})
    try:
        conn.Collector.verify({"options": {}, "secret_data": {}})
        sys.exit("FAILED verify without a key was accepted")
    except ERROR_BASE as error:
        expect("error code", error.error_code, "ERROR_REQUIRED_PARAMETER")
        print("  message", repr(error.message))
    try:
        rows = list(conn.Collector.collect({**request, "options": {"count": 2, "fail": True}}))
        sys.exit("FAILED the stream's error was lost")
    except ERROR_BASE as error:
        expect("stream error", (error.error_code, "nobody may see" in str(error)), ("ERROR_UNKNOWN", False))


if __name__ == "__main__":
    {"plain": plain, "spaceone": spaceone}[sys.argv[1]](sys.argv[2])
