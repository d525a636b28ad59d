package dev.meshkore.hub.http;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Calls the hub's own routes from inside the process. A door that speaks another protocol does all
/// it does by such calls, so that nothing comes through it that REST would refuse, and every limit,
/// receipt and problem is the same. Thread-safe; a call may block as long as the route may.
public final class LocalCalls {
  private static final byte[] NOTHING = {};

  private final Router router;

  /// Calls the routes of this router.
  public LocalCalls(Router router) {
    this.router = router;
  }

  /// What a route answered.
  ///
  /// @param status the HTTP status
  /// @param headers by name
  /// @param body the bytes, JSON from every route that answers agents
  public record Answer(int status, Map<String, String> headers, byte[] body) {
    /// Whether the route did what was asked.
    public boolean isDone() {
      return status < 400;
    }

    /// The body as JSON; the problem object when [#isDone] is false.
    public JsonNode json() {
      try {
        return Json.own(body);
      } catch (JacksonException failure) {
        throw new IllegalStateException("The route answered no JSON", failure);
      }
    }
  }

  /// Whether there is such a route by now.
  public boolean has(String method, String path) {
    return router.match(method, path) instanceof Router.Match.Found;
  }

  /// Calls a route as somebody who was proved to call before.
  ///
  /// @param target the path and, after `?`, the query, both percent-encoded
  /// @param caller the door's own caller, or null for nobody
  /// @param body JSON, or null for none
  public Answer call(
      String method, String target, @Nullable Principal caller, byte @Nullable [] body) {
    return call(method, target, caller, body, Peer.STAYING);
  }

  /// Calls a route that may wait, for somebody who may leave meanwhile.
  public Answer call(
      String method, String target, @Nullable Principal caller, byte @Nullable [] body, Peer peer) {
    return call(method, target, Map.of(), caller, body, peer);
  }

  /// The same, with headers.
  ///
  /// @param headers by the names that the route asks for
  public Answer call(
      String method,
      String target,
      Map<String, String> headers,
      @Nullable Principal caller,
      byte @Nullable [] body,
      Peer peer) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    Map<String, String> query = mark < 0 ? Map.of() : Percent.query(target.substring(mark + 1));
    Response response =
        switch (router.match(method, path)) {
          case Router.Match.Found found ->
              Answering.answer(
                  found,
                  method,
                  target,
                  query,
                  name -> Optional.ofNullable(headers.get(name)).stream().toList(),
                  body == null ? NOTHING : body,
                  caller,
                  peer);
          case Router.Match.OtherMethods other -> Problems.wrongMethod(other.methods());
          case Router.Match.Unknown _ -> Problems.unknownPath();
        };
    if (response instanceof Response.Whole whole) {
      return new Answer(whole.status(), whole.headers(), whole.body());
    }
    throw new IllegalArgumentException(path + " answers with a stream");
  }
}
