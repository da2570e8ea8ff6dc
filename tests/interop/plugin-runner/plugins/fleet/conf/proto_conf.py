# Where spaceone-core 1.x finds its services.
PROTO = {"fleet.interface.grpc.collector": ["Collector"]}

try:
    import spaceone.api.inventory.plugin.job_pb2  # noqa: F401
    PROTO["fleet.interface.grpc.job"] = ["Job"]
except ImportError:
    pass
