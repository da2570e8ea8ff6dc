"""A collector plugin on the plugin SDK of spaceone-inventory."""
