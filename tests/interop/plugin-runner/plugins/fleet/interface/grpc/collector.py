from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import ParseDict
from spaceone.api.inventory.plugin import collector_pb2, collector_pb2_grpc
from spaceone.core.error import ERROR_AUTHENTICATE_FAILURE
from spaceone.core.pygrpc import BaseAPI

from fleet.servers import check_secret, regions_of, server

# 1.9 knows nothing of parts, and calls a server one.
knows_tasks = "task_options" in collector_pb2.CollectRequest.DESCRIPTOR.fields_by_name
resource_type = "inventory.CloudService" if knows_tasks else "inventory.Server"


class Collector(BaseAPI, collector_pb2_grpc.CollectorServicer):
    pb2 = collector_pb2
    pb2_grpc = collector_pb2_grpc

    def init(self, request, context):
        self.parse_request(request, context)
        metadata = {"provider": "aws", "supported_resource_type": [resource_type], "concurrency": 2}
        return ParseDict({"metadata": metadata}, collector_pb2.PluginInfo())

    def verify(self, request, context):
        params, _ = self.parse_request(request, context)
        try:
            check_secret(params["secret_data"])
        except PermissionError as error:
            raise ERROR_AUTHENTICATE_FAILURE(message=str(error))
        return Empty()

    def collect(self, request, context):
        params, _ = self.parse_request(request, context)
        options = params["options"]
        check_secret(params["secret_data"])
        region = params.get("task_options", {}).get("region")
        for each in [region] if region else regions_of(options):
            if each == "forbidden":
                raise PermissionError("ec2:DescribeInstances is denied")
            for at in range(int(options.get("count", 3))):
                yield self._message({
                    "state": "SUCCESS",
                    "resource_type": resource_type,
                    "match_rules": {"1": ["reference.resource_id", "provider", "account", "region_code"]},
                    "resource": server(each, at),
                })
            yield self._message({"state": "SUCCESS", "resource_type": "inventory.Region", "resource": {"name": each}})

    @staticmethod
    def _message(fields):
        return ParseDict(fields, collector_pb2.ResourceInfo())
