package dev.meshkore.sdk;

import dev.meshkore.sdk.HubCalls.Call;
import dev.meshkore.sdk.HubCalls.Twice;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an agent has at its hub, in test credits, which are worth nothing. Amounts are decimal
/// texts or whole atoms. An id is the caller's own and moves money once: after a lost answer the
/// same is sent again. Thread-safe.
public final class Wallet {
  private final HubCalls calls;
  private final Login login;

  Wallet(HubCalls calls, Login login) {
    this.calls = calls;
    this.login = login;
  }

  /// What it has of each asset.
  public List<Balance> balances() {
    var balances = new ArrayList<Balance>();
    for (JsonNode one : calls.answer(Call.get("/wallet"), login).path("balances")) {
      balances.add(
          new Balance(
              one.path("asset").asString(""),
              one.path("decimals").asInt(0),
              atoms(one.path("available_atoms")),
              atoms(one.path("held_atoms")),
              atoms(one.path("expected_atoms"))));
    }
    return balances;
  }

  /// Pays an agent, for good.
  ///
  /// @param id names the payment: the same id again pays nothing more
  /// @param amount how many credits, as a decimal such as `2.50`
  /// @param about what it is for: a reference of at most 128 visible characters of ASCII, or null
  public Transfer pay(String id, String to, String amount, @Nullable String about) {
    ObjectNode body = Json.object();
    body.put("id", id);
    body.put("to", to);
    body.put("amount", amount);
    if (about != null) {
      body.put("about", about);
    }
    Call call = Call.post("/wallet/transfers", body, Twice.HARMLESS);
    return Transfer.read(approved(calls.answer(call, login)));
  }

  /// One transfer, as it is now.
  public Transfer transfer(String transferId) {
    Call call = Call.get("/wallet/transfers/" + HubCalls.part(transferId));
    return Transfer.read(calls.answer(call, login));
  }

  /// What a [PayingClient] may pay on the hub's ledger, once [MeshKoreAgent#bindKeys] has said
  /// whose wallet it is.
  ///
  /// @param mostPerPayment how many atoms a payment may have
  /// @param mostInAll how many atoms all may have together
  public Allowance allowance(long mostPerPayment, long mostInAll) {
    JsonNode own = calls.answer(Call.get("/wallet/x402"), login);
    return new Allowance(
        own.path("network").asString(""),
        own.path("asset").asString(""),
        BigInteger.valueOf(mostPerPayment),
        BigInteger.valueOf(mostInAll),
        null);
  }

  /// Atoms as the hub writes them: a number, or digits.
  static long atoms(JsonNode json) {
    return json.asLong(0);
  }

  /// An answer that is one, and not that a person must approve the call first.
  ///
  /// @throws ProblemException `approval-required`, with the status 202
  static JsonNode approved(JsonNode answer) {
    if (answer.has("approval_id")) {
      ObjectNode problem = Json.object();
      problem.put("type", "/problems/approval-required");
      problem.put("title", "A person must approve this first");
      problem.put("detail", "The call is kept; once it is approved, the same with its id says so");
      problem.set("approval_id", answer.path("approval_id"));
      throw ProblemException.of(202, problem);
    }
    return answer;
  }
}
