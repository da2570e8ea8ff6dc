"""moto's server, unchanged but for two things.

Instances and databases were launched 40 days ago: moto launches them now and has no setting for another time, and one that
is younger than the window has no history to read.

ListMetrics names a series once: moto 5.2.5 compares dimensions each with each, so that a series with two of them is listed
as often as it has points.
"""

import datetime
import sys

import moto.cloudwatch.models as cloudwatch
import moto.ec2.models.instances as instances
import moto.rds.models as databases
from moto.server import main

now = instances.utcnow
instances.utcnow = databases.utcnow = lambda: now() - datetime.timedelta(days=40)


def names(dimensions):
    return sorted((dimension.name, dimension.value) for dimension in dimensions)


cloudwatch.are_dimensions_same = lambda one, other: names(one) == names(other)

main(sys.argv[1:])
