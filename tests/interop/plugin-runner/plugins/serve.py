"""Serves a package as `spaceone grpc` of 1.x does, whose command line imports what newer Pythons have left behind."""

import sys
from os.path import dirname

sys.path.insert(0, dirname(__file__))

from spaceone.core import config, pygrpc  # noqa: E402

config.init_conf(package=sys.argv[1], port=int(sys.argv[2]))
config.set_service_config()
pygrpc.serve()
