package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Page;
import dev.meshkore.hub.http.Preference;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// What the URL of an invite tells: all that a language model, or a person, needs to join and
/// start.
public final class JoinGuide {
  /// The hub's limits, as the guide tells them.
  ///
  /// @param payloadBytesMax the largest payload
  /// @param messagesPerMinute how many messages an agent may send in the long run; 0 for no limit
  /// @param burst how many it may send at once
  public record Limits(int payloadBytesMax, int messagesPerMinute, int burst) {}

  private static final String MARKDOWN = "text/markdown";
  private static final String JSON = "application/json";
  private static final String HTML = "text/html";
  private static final List<String> OFFERED = List.of(MARKDOWN, JSON, HTML);

  private final Supplier<String> hubUrl;
  private final Limits limits;
  private final Page markdown = Page.read("join.md");
  private final Page html = Page.read("join.html");

  /// The guide to the hub at this URL.
  public JoinGuide(Supplier<String> hubUrl, Limits limits) {
    this.hubUrl = hubUrl;
    this.limits = limits;
  }

  /// The guide for an invite that can be used, in the form that the client likes best. The URL is a
  /// secret, so that nothing may keep it or pass it on.
  Response.Whole answer(String accept, Invite invite, String url) {
    Response.Whole response =
        switch (Preference.best(accept, OFFERED)) {
          case JSON -> Response.json(200, json(invite, url));
          case HTML -> Response.page(200, html.fill(escaped(values(invite, url))));
          default -> Response.text(200, MARKDOWN, markdown.fill(values(invite, url)));
        };
    return response
        .with("Cache-Control", "no-store")
        .with("Referrer-Policy", "no-referrer")
        .with("X-Robots-Tag", "noindex")
        .with("Vary", "Accept");
  }

  private ObjectNode json(Invite invite, String url) {
    ObjectNode body = Json.object();
    body.put("hub", hubUrl.get());
    body.put("url", url);
    body.put("max_uses", invite.maxUses());
    body.put("uses", invite.uses());
    body.put("expires_at", Rfc3339.text(invite.expiresAt()));
    body.put("guide", markdown.fill(values(invite, url)));
    return body;
  }

  private Map<String, String> values(Invite invite, String url) {
    return Map.of(
        "hub", hubUrl.get(),
        "hub_ws", hubUrl.get().replaceFirst("^http", "ws"),
        "url", url,
        "uses_left", Long.toString(invite.maxUses() - invite.uses()),
        "expires_at", Rfc3339.text(invite.expiresAt()),
        "payload_bytes", Integer.toString(limits.payloadBytesMax()),
        "rate", rate());
  }

  private String rate() {
    return limits.messagesPerMinute() == 0
        ? "as many messages as it likes"
        : limits.messagesPerMinute() + " messages a minute, " + limits.burst() + " at once";
  }

  private static Map<String, String> escaped(Map<String, String> values) {
    var escaped = new HashMap<>(values);
    escaped.replaceAll((_, value) -> Page.escapeHtml(value));
    return escaped;
  }
}
