# Where spaceone-core 2.x finds its services.
try:
    from spaceone.core.pygrpc.server import GRPCServer
except ImportError:
    app = None
else:
    from fleet.interface.grpc.collector import Collector
    from fleet.interface.grpc.job import Job

    app = GRPCServer()
    app.add_service(Collector)
    app.add_service(Job)
