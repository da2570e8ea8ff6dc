from google.protobuf.json_format import ParseDict
from spaceone.api.inventory.plugin import job_pb2, job_pb2_grpc
from spaceone.core.pygrpc import BaseAPI

from fleet.servers import regions_of


class Job(BaseAPI, job_pb2_grpc.JobServicer):
    pb2 = job_pb2
    pb2_grpc = job_pb2_grpc

    def get_tasks(self, request, context):
        params, _ = self.parse_request(request, context)
        tasks = [{"task_options": {"region": region}} for region in regions_of(params["options"])]
        return ParseDict({"tasks": tasks}, job_pb2.TasksInfo())
