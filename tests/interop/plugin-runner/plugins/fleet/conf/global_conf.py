LOG = {"loggers": {"fleet": {"level": "DEBUG", "handlers": ["console"]}}}
