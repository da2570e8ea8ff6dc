"""The platform's own client, of whichever spaceone-core is installed, connected as that platform connects to its plugins."""
import sys

from answer import answer_calls


def connect_v2(address):
    from spaceone.core.connector.space_connector import SpaceConnector

    connector = SpaceConnector(endpoint=f"grpc://{address}", token="NO_TOKEN")
    return connector.client, connector.dispatch


def connect_v1(address):
    from google.protobuf.json_format import MessageToDict
    from spaceone.core import pygrpc

    client = pygrpc.client(endpoint=address, max_message_length=32 * 1024 * 1024)
    to_dict = lambda reply: MessageToDict(reply, preserving_proto_field_name=True)

    def call(method, params):
        resource, verb = method.split(".")
        reply = getattr(getattr(client, resource), verb)(params)
        return to_dict(reply) if hasattr(reply, "DESCRIPTOR") else map(to_dict, reply)

    return client, call


def describe(error):
    return {"code": getattr(error, "error_code", ""), "status": getattr(error, "status_code", ""), "message": str(error)}


generation, address = sys.argv[1:]
client, call = {"v1": connect_v1, "v2": connect_v2}[generation](address)
answer_calls(lambda method, params: client.api_resources if method == "reflection" else call(method, params), describe)
