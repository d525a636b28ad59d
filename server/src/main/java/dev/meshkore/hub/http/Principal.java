package dev.meshkore.hub.http;

/// Somebody who was proved to call. `identity` makes it; a door hands it on with the calls that it
/// makes for its caller, so that a proof which is good once is not needed twice.
public interface Principal {}
