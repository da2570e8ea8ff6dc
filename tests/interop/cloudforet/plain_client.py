"""grpcio without any stubs: all that it knows of the server is what reflection says."""
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from answer import answer_calls

channel = grpc.insecure_channel(sys.argv[1])
database = ProtoReflectionDescriptorDatabase(channel)
pool = DescriptorPool(database)


def reflection():
    services = map(pool.FindServiceByName, database.get_services())
    return {service.name: [method.name for method in service.methods] for service in services}


def call(name, params):
    if name == "reflection":
        return reflection()
    service_name, verb = name.split(".")
    service = next(s for s in map(pool.FindServiceByName, database.get_services()) if s.name == service_name)
    method = service.FindMethodByName(verb)
    make = channel.unary_stream if method.server_streaming else channel.unary_unary
    read = GetMessageClass(method.output_type).FromString
    rpc = make(f"/{service.full_name}/{verb}", request_serializer=lambda message: message.SerializeToString(), response_deserializer=read)
    reply = rpc(ParseDict(params, GetMessageClass(method.input_type)()), timeout=120)
    to_dict = lambda message: MessageToDict(message, preserving_proto_field_name=True)
    return map(to_dict, reply) if method.server_streaming else to_dict(reply)


def describe(error):
    return {"code": "", "status": error.code().name, "message": error.details()} if isinstance(error, grpc.RpcError) else {}


answer_calls(call, describe)
