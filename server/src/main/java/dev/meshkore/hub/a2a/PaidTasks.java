package dev.meshkore.hub.a2a;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.market.Market;
import dev.meshkore.hub.market.PricedListing;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tasks that are paid calls of services, by the extension a2a-x402: a message names a service, the
/// task says what it costs, the next message pays, and the task ends with the seller's answer. What
/// is called and paid is `POST /services/{service_id}/call`, asked for inside the process; the
/// seller knows nothing of A2A. Thread-safe.
final class PaidTasks {
  /// A task that nobody pays ends after so long.
  static final Duration UNPAID = Duration.ofDays(1);

  /// As many of a caller's tasks wait for a payment at once.
  private static final int UNPAID_MAX = 1_000;

  /// What a paid task does, so that whoever may not do that by REST does not by A2A.
  private static final Router.Route CALL = new Router.Route("POST", "/services/{service_id}/call");

  /// As many of an agent's newest services are shown and looked at.
  static final int SERVICES_MAX = 50;

  private final Approach approach;
  private final Market market;
  private final Agents agents;
  private final Tasks tasks;
  private final Settling settling;
  private final InstantSource clock;

  PaidTasks(
      Approach approach,
      Market market,
      Agents agents,
      Tasks tasks,
      Settling settling,
      InstantSource clock) {
    this.approach = approach;
    this.market = market;
    this.agents = agents;
    this.tasks = tasks;
    this.settling = settling;
    this.clock = clock;
  }

  /// What an agent sells by the call.
  static List<PricedListing> sold(Market market, long agent) {
    return market.pricedOf(agent, SERVICES_MAX);
  }

  /// The service that a first message calls; empty where it is a message like any other. It names
  /// one; or its agent's card has this skill alone, and its client came to pay.
  ///
  /// @throws Refused when it names what cannot be called
  Optional<PricedListing> wanted(DoorCall call, Outgoing outgoing) {
    JsonNode metadata = outgoing.message().path("metadata");
    JsonNode named = metadata.path(PayWords.SERVICE);
    boolean isNamed = !named.isMissingNode() && !named.isNull();
    if (!isNamed && call.payForm() == null) {
      return Optional.empty();
    }
    if (metadata.has(PayWords.STATUS)) {
      throw Refused.field("taskId", "taskId is required: it says which task is paid");
    }
    if (!isNamed) {
      return only(call);
    }
    if (!named.isString()) {
      throw Refused.field(PayWords.SERVICE, PayWords.SERVICE + " must be the id of a service");
    }
    if (call.payForm() == null) {
      throw new A2aRefused(
          A2aError.EXTENSION_SUPPORT_REQUIRED,
          "A service is paid by an extension; ask for it with the header "
              + PayForm.HEADER
              + ": "
              + PayForm.CURRENT.uri());
    }
    String id = named.stringValue();
    Optional<PricedListing> service = market.priced(id).filter(one -> one.seller() == call.agent());
    if (service.isEmpty()) {
      throw market
          .notNow(id, seller -> seller == call.agent())
          .orElseGet(() ->
              new Refused(
                  ProblemType.UNKNOWN_SERVICE,
                  "The agent has no service of this id that can be called now; its card has"
                      + " those that can"));
    }
    return service;
  }

  private Optional<PricedListing> only(DoorCall call) {
    List<PricedListing> sold = sold(market, call.agent());
    boolean isAll =
        sold.size() == 1
            && agents.find(call.agentId()).filter(one -> one.capabilities().isEmpty()).isPresent();
    return isAll ? Optional.of(sold.getFirst()) : Optional.empty();
  }

  /// Begins a task, and says what it costs. The same message once more is the same task.
  Task begin(
      DoorCall call, Outgoing outgoing, PricedListing service, String taskId, @Nullable Hook hook) {
    call.gates().accept(CALL);
    approach.takeRate(call.by());
    PayForm form = form(call);
    byte[] input = Json.bytes(input(outgoing));
    LocalCalls.Answer answer = settling.ask(service.id(), input, "");
    if (answer.status() != 402) {
      throw new RouteRefused(answer);
    }
    long nowMs = clock.millis();
    String given = outgoing.contextId();
    String contextId = given == null ? TaskIds.contextOf(taskId) : given;
    Task task = Task.called(taskId, call.agent(), call.caller(), contextId, nowMs);
    task.heard(outgoing.kept(taskId, contextId));
    task.become(
        TaskState.INPUT_REQUIRED,
        Texts.ofText(
            "A call of "
                + service.id()
                + " costs "
                + service.price()
                + ". Sign what "
                + PayWords.REQUIRED
                + " says and send it in this task."),
        form.uri(),
        PayWords.saying("payment-required").set(PayWords.REQUIRED, PayWords.required(answer, form)),
        nowMs);
    task.countHooks(hook == null ? 0 : 1);
    String first = TaskIds.first(call.caller(), call.agent(), outgoing.messageId());
    var row = new TaskCall(taskId, service.id(), input, form, "", "", nowMs + UNPAID.toMillis());
    boolean isNew =
        tasks.begin(
            new Intent.Begin(task, task.bytes(), first, hook),
            nowMs,
            (transaction, _) -> {
              if (SqlTaskCalls.unpaid(transaction, call.caller()) >= UNPAID_MAX) {
                throw Refused.later(
                    ProblemType.TOO_MANY_OPEN,
                    UNPAID_MAX + " of your tasks wait for a payment",
                    60);
              }
              SqlTaskCalls.insert(transaction, row, call.caller());
            });
    return isNew ? task : tasks.begunBy(first).orElseThrow(Tasks::ended);
  }

  private static PayForm form(DoorCall call) {
    PayForm form = call.payForm();
    return form == null ? PayForm.CURRENT : form;
  }

  /// What the service is called with: the data of a message that is one part of data, the text of
  /// one that is text, and otherwise all parts.
  private static JsonNode input(Outgoing outgoing) {
    ArrayNode parts = (ArrayNode) outgoing.message().get("parts");
    boolean isOne = parts.size() == 1;
    if (isOne && parts.get(0).has("data")) {
      return parts.get(0).get("data");
    }
    return isOne && parts.get(0).has("text")
        ? parts.get(0).get("text")
        : Json.object().set("parts", parts);
  }

  /// A message in such a task: it pays, or rejects the price.
  Task goOn(DoorCall call, Outgoing outgoing, Task known, @Nullable Hook hook) {
    JsonNode metadata = outgoing.message().path("metadata");
    return switch (PayWords.status(metadata)) {
      case PayWords.SUBMITTED -> submit(call, outgoing, known, hook);
      case PayWords.REJECTED -> reject(call, outgoing, known);
      default ->
          throw new A2aRefused(
              A2aError.UNSUPPORTED_OPERATION,
              "The task is a paid call of a service; a message in it says by "
                  + PayWords.STATUS
                  + " that it is "
                  + PayWords.SUBMITTED
                  + " or "
                  + PayWords.REJECTED);
    };
  }

  private Task submit(DoorCall call, Outgoing outgoing, Task known, @Nullable Hook hook) {
    call.gates().accept(CALL);
    if (!(outgoing.message().at("/metadata").path(PayWords.PAYLOAD) instanceof ObjectNode signed)) {
      throw Refused.field(PayWords.PAYLOAD, PayWords.PAYLOAD + " must be a PaymentPayload of x402");
    }
    approach.takeRate(call.by());
    String payment = PayWords.header(signed);
    ObjectNode said = outgoing.kept(known.id(), known.contextId());
    said.set("metadata", PayWords.saying(PayWords.SUBMITTED));
    Task task =
        tasks.change(
            known.id(),
            clock.millis(),
            (transaction, now) -> {
              TaskCall row = SqlTaskCalls.find(transaction, now.id()).orElseThrow(Tasks::ended);
              if (row.payment().equals(payment)) {
                return;
              }
              if (now.state() != TaskState.INPUT_REQUIRED) {
                throw now.state().isEnd() ? Tasks.ended() : otherPayment();
              }
              if (hook != null) {
                Tasks.put(transaction, now, hook);
              }
              settling.submitted(transaction, now, row, payment, said);
            });
    return task.state().isEnd() ? task : settling.pay(task.id(), payment);
  }

  private static A2aRefused otherPayment() {
    return new A2aRefused(
        A2aError.UNSUPPORTED_OPERATION, "Another payment of the task is being looked at");
  }

  private Task reject(DoorCall call, Outgoing outgoing, Task known) {
    call.gates().accept(CALL);
    approach.takeRate(call.by());
    ObjectNode said = outgoing.kept(known.id(), known.contextId());
    return end(known, PayWords.REJECTED, "The price was rejected; nothing was paid.", said);
  }

  /// Ends a task that is not paid.
  Task cancel(DoorCall call, Task known) {
    call.gates().accept(CALL);
    approach.takeRate(call.by());
    return end(known, PayWords.REJECTED, "The call was canceled; nothing was paid.", null);
  }

  private Task end(Task known, String status, String words, @Nullable ObjectNode said) {
    long nowMs = clock.millis();
    return tasks.change(
        known.id(),
        nowMs,
        (transaction, now) -> {
          if (now.state() != TaskState.INPUT_REQUIRED) {
            throw new A2aRefused(
                A2aError.TASK_NOT_CANCELABLE,
                now.state().isEnd()
                    ? "The task has ended already"
                    : "The call is paid; its seller answers it, or its money comes back in time");
          }
          if (said != null) {
            now.heard(said);
          }
          settling.unpaid(transaction, now, status, words, nowMs);
        });
  }
}
