package dev.meshkore.hub.guard;

import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.identity.Caller;
import java.util.function.Supplier;

/// Lets calls wait for a person where a policy says so.
public interface Holding {
  /// Does what a call asks for. Where that is refused because a person must approve it first, the
  /// exact call is kept, and the answer is 202 with the approval's id; but for a call that says
  /// `hold=false`, for somebody to whom an answer later is of no use.
  ///
  /// @param target the path and query by which the same call is made again
  Response orHold(Request request, Caller.OfAgent caller, String target, Supplier<Response> action);

  /// Refuses an action that is no message unless no policy marks it, or a person approved exactly
  /// this call; that approval is then used up.
  void checkAction(Caller.OfAgent caller, String kind, String target, byte[] body);
}
