package dev.meshkore.hub.calls;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.market.PricedListing;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.x402.LedgerRail;
import dev.meshkore.hub.x402.Paywall;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Settlement;
import dev.meshkore.hub.x402.SignedPayment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Calls of services over HTTP: by any client of x402, which needs no credential of the hub's
/// because it signs what it pays, and by agents from their wallets.
final class CallRoutes {
  static final String BY_SIGNATURE = "POST /services/{service_id}/call";
  static final String FROM_WALLET = "POST /calls";

  private static final int PAGE = 20;
  private static final int PAGE_MAX = 100;

  /// A page ends before what its calls were given and have answered is more than this together.
  private static final long PAGE_CHARACTERS_MAX = 1_000_000;

  private static final int WAIT_SECONDS = 30;
  private static final int WAIT_SECONDS_MAX = 120;
  private static final int REASON_MAX = 400;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");

  private final CallParts parts;
  private final Calls calls;
  private final CallOffers offers;
  private final Optional<ChainDesk> chain;

  CallRoutes(CallParts parts, Calls calls, ChainPaying onChain) {
    this.parts = parts;
    this.calls = calls;
    this.offers = new CallOffers(parts);
    this.chain =
        parts.chain().map(rail -> new ChainDesk(parts, calls, onChain, rail, new ForDesk()));
  }

  CallOffers offers() {
    return offers;
  }

  void addTo(Router router) {
    router
        .getOnly("/services/{service_id}/call", this::bySignature)
        .post("/services/{service_id}/call", this::bySignature)
        .post("/calls", parts.callers().agent(this::fromWallet))
        .get("/calls", parts.callers().reader(this::list))
        .get("/calls/{call_id}", parts.callers().reader(this::show))
        .post("/calls/{call_id}/answer", parts.callers().agent(this::answer))
        .get("/x402/discovery/resources", offers::resources);
  }

  private Response bySignature(Request request) {
    long seconds = waitSeconds(request);
    String id = request.name("service_id");
    Input input = Input.ofBody(request);
    Optional<SignedPayment> payment = parts.paywall().payment(request);
    Optional<LedgerRail.Taken> taken = payment.flatMap(parts.rail()::taken);
    if (taken.isPresent()) {
      return again(taken.get(), id, input, seconds);
    }
    Optional<Response> known = known(payment, id, input, seconds);
    if (known.isPresent()) {
      return known.get();
    }
    PricedListing service = calls.service(id);
    Requirements quote = offers.quote(service);
    Paywall.Resource resource = offers.resource(service);
    if (payment.isEmpty()) {
      return parts.paywall().required("PAYMENT-SIGNATURE header is required", resource, quote);
    }
    if (service.payTo().isPresent()) {
      return chain.orElseThrow().call(service, resource, payment.get(), input, seconds);
    }
    return switch (parts.rail().look(payment.get(), quote, 0)) {
      case LedgerRail.Look.Bad bad ->
          told(
              resource.url(),
              parts.paywall().required(bad.reason(), resource, quote),
              false,
              bad.reason(),
              "",
              bad.payer());
      case LedgerRail.Look.Good good -> paid(service, good.charge(), input, seconds, quote);
    };
  }

  /// The answer to a payment on a chain for a call that is known.
  private Optional<Response> known(
      Optional<SignedPayment> payment, String service, Input input, long seconds) {
    return chain.flatMap(desk ->
        payment.filter(desk::isMeant).flatMap(one -> desk.known(one, service, input, seconds)));
  }

  /// The answer to a payment that was taken before.
  private Response again(LedgerRail.Taken taken, String service, Input input, long seconds) {
    LedgerRail.Charge charge = taken.charge();
    PaidCall call = calls.paidBy(taken.transfer(), service, input);
    try (HeldOpen.Hold _ = held(charge.payer(), seconds)) {
      return became(calls.awaited(call, Duration.ofSeconds(seconds)), charge);
    }
  }

  /// What became of a call.
  private Response became(PaidCall call, LedgerRail.Charge charge) {
    String url = offers.url(call.service());
    String transfer =
        switch (call.way()) {
          case PaidCall.Way.Held held -> "t" + held.transfer();
          case PaidCall.Way.OnChain _ -> "";
        };
    String payer = charge.signed().authorization().from().text();
    return switch (call.state()) {
      case ANSWERED -> {
        Response.Whole answer = Response.json(200, bytes(call.output().orElse("null")));
        yield told(url, answer, true, "", transfer, payer);
      }
      case WAITING, SETTLING -> waiting(call);
      case DECLINED, EXPIRED, UNPAID ->
          told(url, Problems.response(failed(call)), false, "call_failed", transfer, payer);
    };
  }

  private Response paid(
      PricedListing service,
      LedgerRail.Charge charge,
      Input input,
      long seconds,
      Requirements quote) {
    String payer = charge.signed().authorization().from().text();
    Paywall.Resource resource = offers.resource(service);
    // What can be refused is refused before the money is held.
    try (HeldOpen.Hold _ = held(charge.payer(), seconds)) {
      PaidCall call = calls.bySignature(service, charge, input);
      return became(calls.awaited(call, Duration.ofSeconds(seconds)), charge);
    } catch (Refused refused) {
      boolean isForMoney = refused.type() == ProblemType.INSUFFICIENT_FUNDS;
      String reason = isForMoney ? "insufficient_funds" : refused.type().slug();
      Response.Whole answer =
          isForMoney
              ? parts.paywall().required(reason, resource, quote)
              : Problems.response(refused);
      return told(resource.url(), answer, false, reason, "", payer);
    }
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private Response.Whole told(
      String url,
      Response.Whole answer,
      boolean isDone,
      String reason,
      String transaction,
      String payer) {
    var settlement = new Settlement(isDone, reason, transaction, parts.rail().network(), payer);
    return parts.paywall().told(answer, url, settlement);
  }

  /// The money is held, and the seller has time yet.
  private Response waiting(PaidCall call) {
    ObjectNode body = json(call);
    body.remove("input");
    return Response.json(202, body)
        .with("Location", "/calls/" + call.id())
        .with("Retry-After", "1");
  }

  private ObjectNode json(PaidCall call) {
    return json(List.of(call), PaidCall.STRANGER).getFirst();
  }

  /// Calls with what they cost, which their transfers say, or their payments on a chain.
  ///
  /// @param viewer who is shown them
  private List<ObjectNode> json(List<PaidCall> some, long viewer) {
    return CallCosts.read(parts, some).entrySet().stream()
        .map(one ->
            CallJson.json(
                one.getKey(), one.getValue(), parts.agents(), viewer == one.getKey().seller()))
        .toList();
  }

  private static Refused failed(PaidCall call) {
    return new Refused(
        ProblemType.CALL_FAILED,
        (call.state() == PaidCall.State.DECLINED
                ? "The seller declined the call"
                : "The seller did not answer in time")
            + (call.way() instanceof PaidCall.Way.Held
                ? "; the money came back"
                : "; nothing was paid"),
        Map.of("state", call.state().word(), "call_id", call.id()));
  }

  private static long waitSeconds(Request request) {
    return request.query("wait", WAIT_SECONDS, 0, WAIT_SECONDS_MAX);
  }

  private HeldOpen.Hold held(Caller.OfAgent buyer, long seconds) {
    return seconds > 0 ? parts.heldOpen().take(buyer) : HeldOpen.Hold.NONE;
  }

  private Response fromWallet(Request request, Caller.OfAgent caller) {
    long seconds = waitSeconds(request);
    return parts
        .holding()
        .orHold(
            request,
            caller,
            "/calls",
            () -> {
              Fields fields = request.fields();
              String id = fields.text("id");
              if (!ID.matcher(id).matches()) {
                throw Refused.field(
                    "id", "id must be 1 to 64 letters, digits, dots, colons, _ or -");
              }
              String service = fields.text("service_id");
              Money most =
                  fields
                      .object("max")
                      .map(max -> {
                        Money read = MoneyJson.read("max", Asset.CREDIT, max);
                        max.end();
                        return read;
                      })
                      .orElseThrow(() ->
                          Refused.field("max", "max says what you would pay at most, in atoms"));
              fields.has("input");
              fields.end();
              JsonNode input = Json.tree(request.body()).path("input");
              Input given = Input.of(request, input.isMissingNode() ? Json.object() : input);
              try (HeldOpen.Hold _ = held(caller, seconds)) {
                PaidCall call =
                    calls
                        .paidBy(caller, id, service, given)
                        .orElseGet(() ->
                            calls.fromWallet(calls.service(service), caller, id, most, given));
                PaidCall seen = calls.awaited(call, Duration.ofSeconds(seconds));
                return seen.state().isOpen()
                    ? waiting(seen)
                    : Response.json(200, json(List.of(seen), caller.number()).getFirst());
              }
            });
  }

  private Response list(Request request, Caller.OfAgent caller) {
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long below = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    boolean isSeller = isOneOf(request, "role", "seller", "buyer", "buyer");
    boolean onlyWaiting = isOneOf(request, "state", "waiting", "any", "any");
    List<PaidCall> found = calls.page(caller, isSeller, onlyWaiting, below, limit + 1);
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("calls");
    List<PaidCall> page = found.subList(0, Math.min(limit, fitting(found)));
    json(page, caller.number()).forEach(list::add);
    boolean hasMore = found.size() > page.size();
    body.put("next", hasMore ? Long.toString(page.getLast().number()) : null);
    return Response.json(200, body);
  }

  /// How many of the first of these a page has room for; one, however long it is.
  private static int fitting(List<PaidCall> calls) {
    long characters = 0;
    int count = 0;
    for (PaidCall call : calls) {
      characters += call.input().length() + call.output().map(String::length).orElse(0);
      if (count > 0 && characters > PAGE_CHARACTERS_MAX) {
        break;
      }
      count++;
    }
    return count;
  }

  private static boolean isOneOf(
      Request request, String name, String one, String other, String otherwise) {
    String word = request.query(name).orElse(otherwise).toLowerCase(Locale.ROOT);
    if (!word.equals(one) && !word.equals(other)) {
      throw Refused.field(name, name + " must be " + one + " or " + other);
    }
    return word.equals(one);
  }

  private Response show(Request request, Caller.OfAgent caller) {
    PaidCall call = calls.own(caller, request.name("call_id"));
    long seconds = request.query("wait", 0, 0, WAIT_SECONDS_MAX);
    try (HeldOpen.Hold _ = held(caller, seconds)) {
      PaidCall seen = calls.awaited(call, Duration.ofSeconds(seconds));
      ObjectNode body = json(List.of(seen), caller.number()).getFirst();
      if (seen.way() instanceof PaidCall.Way.Held(long transfer)) {
        parts
            .database()
            .read(reader -> parts.batches().of(reader, transfer))
            .ifPresent(batch -> body.put("batch_id", batch));
      }
      return Response.json(200, body);
    }
  }

  private Response answer(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    fields.has("output");
    JsonNode output = Json.tree(request.body()).path("output");
    boolean isAnswer = !output.isMissingNode();
    Optional<String> reason = fields.optionalText("declined");
    fields.end();
    if (isAnswer == reason.isPresent()) {
      throw Refused.field("output", "Give output, or declined with a reason, not both");
    }
    String id = request.name("call_id");
    PaidCall call;
    if (isAnswer) {
      call =
          calls.answer(
              caller,
              id,
              new String(Input.checked("output", Json.bytes(output)), StandardCharsets.UTF_8));
    } else {
      String why = reason.orElseThrow();
      if (why.length() > REASON_MAX) {
        throw Refused.field("declined", "declined must be at most " + REASON_MAX + " characters");
      }
      call = calls.decline(caller, id, why);
    }
    return Response.json(200, json(List.of(call), caller.number()).getFirst());
  }

  private final class ForDesk implements ChainDesk.Answers {
    @Override
    public String url(String service) {
      return offers.url(service);
    }

    @Override
    public Response waiting(PaidCall call) {
      return CallRoutes.this.waiting(call);
    }

    @Override
    public Refused failed(PaidCall call) {
      return CallRoutes.failed(call);
    }
  }
}
