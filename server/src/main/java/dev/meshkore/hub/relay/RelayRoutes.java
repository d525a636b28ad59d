package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.Holding;
import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Outlet;
import dev.meshkore.hub.http.Peer;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ the relay: sending, inboxes, history and the live streams.
public final class RelayRoutes {
  private static final int POLL_BYTES_MAX = 4 << 20;

  private final Relay relay;
  private final Agents agents;
  private final Callers callers;
  private final DraftReader reader;
  private final Holding holding;
  private final HeldOpen heldOpen;
  private final WebSocketDoor webSocket;

  /// Routes over a relay; `holding` lets calls wait for a person, and `heldOpen` bounds what an
  /// agent lets wait for it.
  public RelayRoutes(
      Relay relay, Agents agents, Callers callers, Holding holding, HeldOpen heldOpen) {
    this.relay = relay;
    this.agents = agents;
    this.callers = callers;
    this.holding = holding;
    this.heldOpen = heldOpen;
    this.reader = new DraftReader();
    this.webSocket = new WebSocketDoor(relay, agents, callers, reader, heldOpen);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router
        .post("/send", callers.agent(this::send))
        .getOnly("/messages", callers.agent(this::messages))
        .post("/messages/ack", callers.reader(this::acknowledge))
        .get("/history/{peer}", callers.agent(this::history))
        .getOnly("/ws", webSocket::open)
        .getOnly("/events", callers.agent(this::events))
        .getOnly("/traffic", callers.admin(_ -> Response.Events.ofSession(relay.traffic()::watch)));
    new ChannelRoutes(relay, agents, reader, holding).addTo(router, callers);
    new ReceiptRoutes(relay, agents).addTo(router, callers);
    new NetworkRoutes(relay, agents).addTo(router, callers);
  }

  private Response send(Request request, Caller.OfAgent caller) {
    Draft draft = reader.readSend(request.json());
    return holding.orHold(
        request, caller, "/send", () -> admitted(relay, caller, () -> relay.send(caller, draft)));
  }

  /// Sends if the caller's rate allows it; the answer tells the rate either way.
  static Response admitted(Relay relay, Caller.OfAgent caller, Supplier<SendOutcome> send) {
    RateLimiter.Decision decision = relay.admit(caller);
    if (!decision.allowed()) {
      return withRate(Problems.response(decision.refusal()), decision);
    }
    try {
      return answer(send.get(), decision);
    } catch (Refused refused) {
      if (refused.type() == ProblemType.APPROVAL_REQUIRED) {
        throw refused;
      }
      return withRate(Problems.response(refused), decision);
    }
  }

  private static Response answer(SendOutcome outcome, RateLimiter.Decision decision) {
    return switch (outcome) {
      case SendOutcome.Accepted accepted -> {
        Sent sent = accepted.sent();
        int status = sent.isDuplicate() ? 200 : 201;
        yield withRate(Response.json(status, Frames.sent(sent, false, null)), decision);
      }
      case SendOutcome.Rejected rejected -> throw rejected.refused();
    };
  }

  private static Response withRate(Response.Whole response, RateLimiter.Decision decision) {
    if (decision.limit() == 0) {
      return response;
    }
    return response
        .with("RateLimit-Policy", "\"messages\";q=" + decision.limit() + ";w=60")
        .with(
            "RateLimit",
            "\"messages\";r=" + decision.remaining() + ";t=" + decision.resetSeconds());
  }

  private Response messages(Request request, Caller.OfAgent caller) {
    Inbox inbox = relay.inbox(caller.number());
    long wait = request.query("wait", 0, 0, 60);
    int limit = (int) request.query("limit", 100, 1, 1_000);
    long given = request.query("after", -1, 0, Long.MAX_VALUE);
    long after = given < 0 ? inbox.acknowledged() : given;
    relay.requireReached(inbox, given);
    boolean acknowledges = acknowledges(request);
    boolean waits = wait > 0 && inbox.head() <= after;
    try (HeldOpen.Hold _ = waits ? heldOpen.take(caller) : HeldOpen.Hold.NONE) {
      relay.presence().polled(caller.number());
      if (acknowledges) {
        relay.acknowledge(inbox, after, true);
      }
      if (waits) {
        await(inbox, after, wait, request.peer());
        relay.presence().polled(caller.number());
      }
    }
    Relay.Page page = relay.read(inbox, after, limit, POLL_BYTES_MAX);
    var out = new ByteArrayOutputStream(4_096);
    messages(out, page.messages(), null);
    String rest =
        ",\"after\":"
            + page.last()
            + ",\"head\":"
            + inbox.head()
            + ",\"more\":"
            + (page.last() < inbox.head())
            + "}";
    out.writeBytes(rest.getBytes(StandardCharsets.US_ASCII));
    return Response.json(200, out.toByteArray());
  }

  /// Whether `after` says that all before it was read, too.
  private static boolean acknowledges(Request request) {
    return switch (request.query("acknowledge").orElse("true")) {
      case "true" -> true;
      case "false" -> false;
      case String _ -> throw Refused.field("acknowledge", "acknowledge must be true or false");
    };
  }

  private static void await(Inbox inbox, long after, long seconds, Peer peer) {
    Runnable stay = peer.onGone(inbox::lookAgain);
    try {
      inbox.awaitAfter(after, Inbox.nanos(seconds), peer::isGone);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Refused(ProblemType.STOPPING, "The hub is stopping; poll again in a few seconds");
    } finally {
      stay.run();
    }
  }

  static void messages(
      ByteArrayOutputStream out, List<Stored> messages, @Nullable List<@Nullable String> states) {
    out.writeBytes("{\"messages\":[".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < messages.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      Frames.message(out, messages.get(i), states == null ? null : states.get(i));
    }
    out.write(']');
  }

  private Response acknowledge(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    long sequence = fields.number("sequence", 0, Long.MAX_VALUE);
    fields.end();
    Inbox inbox = relay.inbox(caller.number());
    relay.acknowledge(inbox, sequence, true);
    ObjectNode answer = Json.object();
    answer.put("acknowledged", inbox.acknowledged());
    answer.put("head", inbox.head());
    return Response.json(200, answer);
  }

  private Response history(Request request, Caller.OfAgent caller) {
    String peerId = request.name("peer");
    long peer =
        agents
            .numberOf(peerId)
            .orElseThrow(
                () -> new Refused(ProblemType.UNKNOWN_AGENT, "There is no agent of this name"));
    int limit = (int) request.query("limit", 50, 1, 200);
    Place before = request.query("before").map(Place::read).orElse(Place.END);
    List<Stored> newestFirst = relay.conversation(caller.number(), peer, before, limit);
    return historyPage(
        newestFirst,
        limit,
        message ->
            message.sender() == caller.number() ? relay.states().of(peer, message).word() : null);
  }

  /// A page of a conversation, oldest first, with the cursor of the page before it.
  static Response historyPage(
      List<Stored> newestFirst, int limit, Function<Stored, @Nullable String> state) {
    List<Stored> page = newestFirst.reversed();
    var states = new ArrayList<@Nullable String>();
    page.forEach(message -> states.add(state.apply(message)));
    var out = new ByteArrayOutputStream(4_096);
    messages(out, page, states);
    String next =
        newestFirst.size() < limit && Stored.bytesOf(newestFirst) < Journal.PAGE_BYTES
            ? "null"
            : "\"" + Place.of(newestFirst.getLast()).cursor() + "\"";
    out.writeBytes((",\"next\":" + next + "}").getBytes(StandardCharsets.US_ASCII));
    return Response.json(200, out.toByteArray());
  }

  private Response events(Request request, Caller.OfAgent caller) {
    Inbox inbox = relay.inbox(caller.number());
    long given =
        request
            .header("last-event-id")
            .map(text -> Request.number("Last-Event-ID", text, 0, Long.MAX_VALUE))
            .orElseGet(() -> request.query("after", -1, 0, Long.MAX_VALUE));
    relay.requireReached(inbox, given);
    long after = given < 0 ? inbox.acknowledged() : given;
    Set<Long> watched = watched(request.query("watch").orElse(""));
    HeldOpen.Hold hold = heldOpen.take(caller);
    return Response.Events.ofSession(
        outlet -> open(caller, inbox, after, watched, outlet), hold::close);
  }

  private void open(
      Caller.OfAgent caller, Inbox inbox, long after, Set<Long> watched, Outlet outlet) {
    outlet.write("welcome", Frames.welcome(caller.id(), inbox.head(), inbox.acknowledged(), after));
    Session session = relay.open(caller, inbox, after, outlet);
    if (!watched.isEmpty()) {
      relay
          .blocking()
          .execute(() -> {
            relay.presence().watch(session, watched);
            outlet.loop().execute(session::pump);
          });
    }
    session.pump();
  }

  private Set<Long> watched(String names) {
    var numbers = new HashSet<Long>();
    for (String name : names.split(",")) {
      if (!name.isBlank() && numbers.size() < 1_000) {
        agents.numberOf(name).ifPresent(numbers::add);
      }
    }
    return numbers;
  }
}
