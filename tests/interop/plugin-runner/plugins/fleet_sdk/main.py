from fleet.servers import check_secret, regions_of, server
from spaceone.inventory.plugin.collector.lib import make_cloud_service, make_error_response, make_response
from spaceone.inventory.plugin.collector.lib.server import CollectorPluginServer

app = CollectorPluginServer()


@app.route("Collector.init")
def collector_init(params: dict) -> dict:
    return {"metadata": {"supported_resource_type": ["inventory.CloudService"]}}


@app.route("Collector.verify")
def collector_verify(params: dict) -> None:
    check_secret(params["secret_data"])


@app.route("Collector.collect")
def collector_collect(params: dict) -> dict:
    # No Job.get_tasks: the SDK fails in a way of its own when it is asked for them.
    check_secret(params["secret_data"])
    options = params["options"]
    for region in regions_of(options):
        if region == "forbidden":
            error = PermissionError("ec2:DescribeInstances is denied")
            yield make_error_response(error, "aws", "EC2", "Instance", region_name=region)
            continue
        for at in range(int(options.get("count", 3))):
            yield make_response(
                cloud_service=make_cloud_service(**server(region, at)),
                match_keys=[["reference.resource_id", "provider", "cloud_service_type", "cloud_service_group", "account"]],
            )
