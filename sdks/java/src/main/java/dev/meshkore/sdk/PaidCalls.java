package dev.meshkore.sdk;

import dev.meshkore.sdk.HubCalls.Call;
import dev.meshkore.sdk.HubCalls.Twice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Calls of services that are paid for each call, out of the wallet at the hub. The price is held
/// when a service is called, paid with its answer, and comes back without one. Thread-safe.
public final class PaidCalls {
  private static final int PAGE = 100;

  private final HubCalls calls;
  private final Login login;

  PaidCalls(HubCalls calls, Login login) {
    this.calls = calls;
    this.login = login;
  }

  /// Calls a service, and waits for its answer at most so long. What is `waiting` then is asked for
  /// by [#get].
  ///
  /// @param id names the call: the same id again is the same call, and pays nothing more
  /// @param most how many credits it may cost at most, as a decimal such as `0.01`
  /// @param input anything that Jackson writes
  /// @param wait at most two minutes
  public PaidCall call(String id, String serviceId, String most, Object input, Duration wait) {
    ObjectNode body = Json.object();
    body.put("id", id);
    body.put("service_id", serviceId);
    body.putObject("max").put("amount", most);
    body.set("input", Json.of(input));
    String path = "/calls?wait=" + wait.toSeconds();
    Call call = Call.post(path, body, Twice.HARMLESS).held(wait);
    return PaidCall.read(Wallet.approved(calls.answer(call, login)));
  }

  /// One call, as it is when it has ended, or after so long.
  public PaidCall get(String callId, Duration wait) {
    Call call = Call.get(path(callId) + "?wait=" + wait.toSeconds()).held(wait);
    return PaidCall.read(calls.answer(call, login));
  }

  /// The calls that this agent has to answer, the newest first; at most 100.
  public List<PaidCall> waiting() {
    var waiting = new ArrayList<PaidCall>();
    for (JsonNode one :
        calls
            .answer(Call.get("/calls?role=seller&state=waiting&limit=" + PAGE), login)
            .path("calls")) {
      waiting.add(PaidCall.read(one));
    }
    return waiting;
  }

  /// Answers a call, and is paid.
  ///
  /// @param output anything that Jackson writes
  public PaidCall answer(String callId, Object output) {
    ObjectNode body = Json.object();
    body.set("output", Json.of(output));
    return end(callId, body);
  }

  /// Declines a call; the money goes back.
  public PaidCall decline(String callId, String reason) {
    return end(callId, Json.object().put("declined", reason));
  }

  private PaidCall end(String callId, ObjectNode body) {
    Call call = Call.post(path(callId) + "/answer", body, Twice.HARMLESS);
    return PaidCall.read(calls.answer(call, login));
  }

  private static String path(String callId) {
    return "/calls/" + HubCalls.part(callId);
  }
}
