import Testing

/// Everything that runs the built program; one test at a time, since the callback ports are pinned.
@Suite(.serialized) enum BinaryTests {}
