package dev.meshkore.hub.payments;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ what agents have and pay.
final class WalletRoutes {
  static final String PAY = "POST /wallet/transfers";

  private static final int PAGE = 20;
  private static final int PAGE_MAX = 200;
  private static final long HOLD_SECONDS_MAX = 30L * 24 * 3_600;

  private final PaymentParts parts;
  private final Payments payments;
  private final WalletJson shown;

  WalletRoutes(PaymentParts parts, Payments payments) {
    this.parts = parts;
    this.payments = payments;
    this.shown = new WalletJson(parts.ledger(), parts.agents());
  }

  void addTo(Router router) {
    router
        .get("/wallet", parts.callers().agent(this::wallet))
        .get("/wallet/transfers", parts.callers().agent(this::list))
        .get("/wallet/transfers/{transfer_id}", parts.callers().agent(this::show))
        .post("/wallet/transfers", parts.callers().agent(this::pay))
        .post("/wallet/transfers/{transfer_id}/post", parts.callers().agent(this::post))
        .post("/wallet/transfers/{transfer_id}/release", parts.callers().agent(this::release))
        .post("/wallet/transfers/{transfer_id}/refund", parts.callers().agent(this::refund))
        .post("/deposits", parts.callers().any((request, caller) -> issue(request, caller, true)))
        .post(
            "/withdrawals",
            parts.callers().any((request, caller) -> issue(request, caller, false)));
  }

  private Response wallet(Request request, Caller.OfAgent caller) {
    ObjectNode body = Json.object();
    body.put("agent_id", caller.id());
    ArrayNode list = body.putArray("balances");
    List<Account> accounts =
        parts
            .database()
            .read(reader -> parts.ledger().accounts(reader, Account.Name.ofAgent(caller.number())));
    if (accounts.isEmpty()) {
      accounts = List.of(Account.empty(Account.Name.ofAgent(caller.number()), Asset.CREDIT));
    }
    accounts.forEach(account -> list.add(WalletJson.json(account)));
    return Response.json(200, body);
  }

  private Response list(Request request, Caller.OfAgent caller) {
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long below = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    Account.Name name = Account.Name.ofAgent(caller.number());
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("transfers");
    var last = new long[1];
    boolean isMore =
        parts
            .database()
            .read(reader -> {
              List<Transfer> found = parts.ledger().page(reader, name, below, limit + 1);
              List<Transfer> page = found.subList(0, Math.min(limit, found.size()));
              for (Transfer transfer : page) {
                // What ended another is told with it.
                if (transfer.pending().isEmpty()) {
                  list.add(shown.json(reader, transfer, caller.number()));
                }
                last[0] = transfer.number();
              }
              return found.size() > limit;
            });
    body.put("next", isMore ? Long.toString(last[0]) : null);
    return Response.json(200, body);
  }

  private Response show(Request request, Caller.OfAgent caller) {
    return Response.json(200, shown(caller, WalletJson.number(request.name("transfer_id"))));
  }

  private ObjectNode shown(Caller.OfAgent caller, long number) {
    return parts
        .database()
        .read(reader -> {
          Transfer transfer = payments.first(reader, caller, number);
          return shown.json(reader, transfer, caller.number());
        });
  }

  private Response pay(Request request, Caller.OfAgent caller) {
    var call = new Approach.Call(caller, PAY, "/wallet/transfers", request.body());
    return parts
        .holding()
        .orHold(
            request,
            caller,
            "/wallet/transfers",
            () -> {
              Fields fields = request.fields();
              Wish wish = Wish.read(fields);
              String to = fields.text("to");
              long hold = fields.number("hold_seconds", 0, 0, HOLD_SECONDS_MAX);
              fields.end();
              Payments.Moved moved = payments.pay(call, wish, to, hold);
              return answer(caller, moved);
            });
  }

  private Response post(Request request, Caller.OfAgent caller) {
    String id = request.name("transfer_id");
    long number = WalletJson.number(id);
    String target = "/wallet/transfers/" + id + "/post";
    var call =
        new Approach.Call(
            caller, "POST /wallet/transfers/{transfer_id}/post", target, request.body());
    return parts
        .holding()
        .orHold(
            request,
            caller,
            target,
            () -> {
              Fields fields = request.fields();
              Optional<Money> part = part(fields);
              fields.end();
              return answer(caller, payments.post(call, number, part));
            });
  }

  private Response release(Request request, Caller.OfAgent caller) {
    request.fields().end();
    return answer(caller, payments.release(caller, WalletJson.number(request.name("transfer_id"))));
  }

  private Response refund(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    String id = Wish.id(fields);
    Optional<Money> part = part(fields);
    fields.end();
    return answer(
        caller, payments.refund(caller, WalletJson.number(request.name("transfer_id")), id, part));
  }

  private static Optional<Money> part(Fields fields) {
    if (!fields.has("atoms") && !fields.has("amount")) {
      return Optional.empty();
    }
    Money part = MoneyJson.read("amount", Asset.CREDIT, fields);
    if (part.atoms() == 0) {
      throw Refused.field("amount", "amount must be more than nothing");
    }
    return Optional.of(part);
  }

  private Response answer(Caller.OfAgent caller, Payments.Moved moved) {
    ObjectNode json =
        moved.isNew()
            ? shown.ofNew(moved, caller.number())
            : shown(caller, moved.transfer().number());
    boolean isMade = moved.isNew() && moved.held().isEmpty();
    return Response.json(isMade ? 201 : 200, json);
  }

  /// Test credits are put in and taken out by whoever decides for the agent.
  private Response issue(Request request, Caller caller, boolean isDeposit) {
    Fields fields = request.fields();
    Wish wish = Wish.read(fields);
    String agentId = fields.text("agent_id");
    fields.end();
    String by =
        parts
            .persons()
            .name(caller)
            .orElseThrow(() ->
                new Refused(
                    ProblemType.NOT_ALLOWED,
                    "This is for owners and the operator, not for agents"));
    long agent = parts.agents().numberOf(agentId).orElse(0);
    if (agent == 0 || !parts.persons().mayDecide(caller, agent)) {
      throw new Refused(ProblemType.UNKNOWN_AGENT, "No agent of yours has this agent_id");
    }
    Payments.Moved moved = payments.issue(by, agent, wish, isDeposit);
    ObjectNode json =
        moved.isNew()
            ? shown.ofNew(moved, agent)
            : parts.database().read(reader -> shown.json(reader, moved.transfer(), agent));
    return Response.json(moved.isNew() ? 201 : 200, json);
  }
}
