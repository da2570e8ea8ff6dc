"""Calls a platform with a token, as its clients do: platform_client.py v1|v2|plain TOKEN ADDRESS. Calls come as answer.py reads them."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "cloudforet"))
from answer import answer_calls


def connect_v2(address, token):
    from spaceone.core.connector.space_connector import SpaceConnector

    connector = SpaceConnector(endpoint=f"grpc://{address}", token=token)
    return lambda method, params: connector.dispatch(method, params)


def connect_v1(address, token):
    from google.protobuf.json_format import MessageToDict
    from spaceone.core import pygrpc

    client = pygrpc.client(endpoint=address, max_message_length=32 * 1024 * 1024)

    def call(method, params):
        resource, verb = method.split(".")
        reply = getattr(getattr(client, resource), verb)(params, metadata=[("token", token)])
        return MessageToDict(reply, preserving_proto_field_name=True)

    return call


def connect_plain(address, token):
    import grpc
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.json_format import MessageToDict, ParseDict
    from google.protobuf.message_factory import GetMessageClass
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

    channel = grpc.insecure_channel(address)
    database = ProtoReflectionDescriptorDatabase(channel)
    pool = DescriptorPool(database)
    services = {name.rsplit(".", 1)[1]: name for name in database.get_services()}

    def call(method, params):
        resource, verb = method.split(".")
        found = pool.FindServiceByName(services[resource]).FindMethodByName(verb)
        rpc = channel.unary_unary(
            f"/{services[resource]}/{verb}",
            lambda message: message.SerializeToString(),
            GetMessageClass(found.output_type).FromString,
        )
        message = ParseDict(params, GetMessageClass(found.input_type)())
        return MessageToDict(rpc(message, timeout=120, metadata=[("token", token)]), preserving_proto_field_name=True)

    return call


def describe(error):
    code = getattr(error, "error_code", "")
    details = getattr(error, "details", None)
    message = details() if callable(details) else str(error)
    return {"code": code, "status": str(getattr(error, "status_code", "")), "message": message}


way, token, address = sys.argv[1:]
answer_calls({"v1": connect_v1, "v2": connect_v2, "plain": connect_plain}[way](address, token), describe)
