"""A collector plugin on spaceone-core alone: 2.x, 1.12 and 1.9. Nobody's servers, the same ones each time."""
