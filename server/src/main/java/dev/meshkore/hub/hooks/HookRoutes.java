package dev.meshkore.hub.hooks;

import dev.meshkore.hub.fence.Fence;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers the hooks of coding assistants: new mail is told once to each session, when a prompt
/// begins or when the assistant would stop. Nothing is acknowledged; reading is the assistant's own
/// act.
public final class HookRoutes {
  private static final int AGENTS_MAX = 10_000;
  private static final int SESSIONS_MAX = 32;
  private static final int MESSAGES_MAX = 10;
  private static final int EXPIRED_PAGE = 1_000;
  private static final int PAGES_MAX = 10;

  /// Cursor takes 10,000 characters in line, and Claude Code as many before it writes a file.
  private static final int TEXT_CHARS_MAX = 9_000;

  private static final int FENCED_CHARS_MAX = 8_000;
  private static final byte[] NOTHING_READ = "{\"sequence\":0}".getBytes(StandardCharsets.US_ASCII);

  private final Callers callers;
  private final LocalCalls calls;
  private final Shown shown = new Shown(AGENTS_MAX, SESSIONS_MAX);

  /// Hooks of the agents that these callers are; `calls` reads their mail.
  public HookRoutes(Callers callers, LocalCalls calls) {
    this.callers = callers;
    this.calls = calls;
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router.post("/hooks/{client}", callers.reader(this::hook));
  }

  private Response hook(Request request, Caller.OfAgent caller) {
    Optional<Client> known = Client.of(request.name("client"));
    if (known.isEmpty()) {
      return Problems.unknownPath();
    }
    Client client = known.get();
    Fields input = request.fields();
    String event = input.optionalText("hook_event_name").orElse("");
    return switch (client.moment(event)) {
      case START -> {
        shown.forget(caller.number(), client.session(input));
        yield context(client, event, caller, client.session(input));
      }
      case PROMPT -> context(client, event, caller, client.session(input));
      case STOP ->
          client.mayGoOn(input)
              ? stop(client, caller, client.session(input))
              : Response.json(200, Json.object());
      case END -> {
        shown.forget(caller.number(), client.session(input));
        yield Response.json(200, Json.object());
      }
      case OTHER -> Response.json(200, Json.object());
    };
  }

  /// What is new to a session.
  ///
  /// @param more how many came after the first ones
  /// @param unread how many are not acknowledged
  /// @param first the first messages
  private record Mail(long more, long unread, List<JsonNode> first) {}

  private Response context(Client client, String event, Caller.OfAgent caller, String id) {
    return switch (look(caller, id)) {
      case Look.Nothing _ -> Response.json(200, Json.object());
      case Look.Failed(Response.Whole problem) -> problem;
      case Look.Found(Mail mail) ->
          Response.json(200, client.context(event, text(caller.id(), mail, "")));
    };
  }

  private Response stop(Client client, Caller.OfAgent caller, String id) {
    return switch (look(caller, id)) {
      case Look.Nothing _ -> Response.json(200, Json.object());
      case Look.Failed(Response.Whole problem) -> problem;
      case Look.Found(Mail mail) -> {
        String why = "Mail came while you worked; deal with it if it concerns you, then stop. ";
        ObjectNode answer = client.goOn(text(caller.id(), mail, why));
        yield Response.json(200, answer);
      }
    };
  }

  /// What a look into the inbox found.
  private sealed interface Look {
    record Nothing() implements Look {}

    record Found(Mail mail) implements Look {}

    record Failed(Response.Whole problem) implements Look {}
  }

  private Look look(Caller.OfAgent caller, String id) {
    LocalCalls.Answer marks = calls.call("POST", "/messages/ack", caller, NOTHING_READ);
    if (!marks.isDone()) {
      return new Look.Failed(passedOn(marks));
    }
    long head = marks.json().path("head").longValue();
    long acknowledged = marks.json().path("acknowledged").longValue();
    long number = caller.number();
    long before = shown.advance(number, id, acknowledged, head);
    if (before >= head) {
      return new Look.Nothing();
    }
    long after = before;
    for (int i = 0; i < PAGES_MAX && after < head; i++) {
      // A page without messages held only expired ones, of which more may follow.
      int limit = i == 0 ? MESSAGES_MAX : EXPIRED_PAGE;
      String target = "/messages?acknowledge=false&limit=" + limit + "&after=" + after;
      LocalCalls.Answer page = calls.call("GET", target, caller, null);
      if (!page.isDone()) {
        shown.forget(number, id);
        return new Look.Failed(passedOn(page));
      }
      JsonNode json = page.json();
      List<JsonNode> first = json.path("messages").valueStream().limit(MESSAGES_MAX).toList();
      if (!first.isEmpty()) {
        long more = head - first.getLast().path("sequence").longValue();
        return new Look.Found(new Mail(more, head - acknowledged, first));
      }
      after = json.path("after").longValue();
    }
    return new Look.Nothing();
  }

  private static Response.Whole passedOn(LocalCalls.Answer refused) {
    return new Response.Whole(refused.status(), refused.headers(), refused.body());
  }

  private static String text(String agentId, Mail mail, String why) {
    var text = new StringBuilder(TEXT_CHARS_MAX);
    text.append("MeshKore: new mail for you, ").append(agentId).append(" (");
    text.append(mail.unread()).append(" unread). ").append(why);
    text.append("It stays unread until you acknowledge it. Read, answer and acknowledge with the");
    text.append(" tools of the MCP server `meshkore` (inbox, reply, acknowledge).\n");
    text.append(Fence.messages(mail.first(), FENCED_CHARS_MAX));
    if (mail.more() > 0) {
      text.append("Up to ").append(mail.more());
      text.append(" more messages came after these and are not shown; inbox reads them.\n");
    }
    return text.toString();
  }
}
