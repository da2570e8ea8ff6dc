"""What both plugins collect: servers that their options describe."""


def regions_of(options):
    return options.get("regions", ["eu-west-1"])


def server(region, at):
    """Numbers come out of a Struct as floats, and go into one as such."""
    return {
        "provider": "aws",
        "cloud_service_group": "EC2",
        "cloud_service_type": "Instance",
        "account": "123456789012",
        "region_code": region,
        "name": f"web-{at}",
        "instance_type": "m7i.large",
        "reference": {"resource_id": f"i-{region}-{at}", "external_link": f"https://example.com/{at}"},
        "data": {
            "compute": {"instance_state": "RUNNING", "account": "123456789012"},
            "hardware": {"core": 2, "memory": 8.0},
            "monitoring": {"cpu": {"utilization": {"avg": at + 0.5, "max": at + 10}}},
        },
    }


def check_secret(secret_data):
    if secret_data.get("key") != "right":
        raise PermissionError("the key is of no account")
