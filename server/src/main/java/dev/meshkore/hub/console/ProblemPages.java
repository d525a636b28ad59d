package dev.meshkore.hub.console;

import dev.meshkore.hub.http.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The refusals of the contract, for people and for programs.
final class ProblemPages {
  private final Map<String, Node> bySlug = new LinkedHashMap<>();

  ProblemPages(Node registry) {
    registry.get("problems").items().forEach(one -> bySlug.put(one.text("slug"), one));
  }

  ObjectNode json() {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("problems");
    bySlug.values().forEach(one -> list.add(json(one)));
    return body;
  }

  Optional<ObjectNode> json(String slug) {
    return Optional.ofNullable(bySlug.get(slug)).map(ProblemPages::json);
  }

  String page() {
    var html = new StringBuilder("<h1>Every refusal</h1><p>A hub says no in the form of ");
    html.append("<a href=\"https://www.rfc-editor.org/rfc/rfc9457\">RFC 9457</a>: ");
    html.append("<code>type</code> names one of these, <code>detail</code> says what happened.");
    html.append("</p><ul class=\"problems\">");
    bySlug.forEach((slug, one) -> {
      String name = Html.escape(slug);
      html.append("<li><a href=\"/problems/").append(name).append("\">").append(name);
      html.append("</a> <span class=\"status\">").append(Html.escape(one.text("status")));
      html.append("</span><br>").append(Html.line(one.text("title"))).append("</li>");
    });
    return Html.page("Every refusal", html.append("</ul>").toString());
  }

  Optional<String> page(String slug) {
    return Optional.ofNullable(bySlug.get(slug)).map(ProblemPages::page);
  }

  private static String page(Node one) {
    var html = new StringBuilder("<h1>").append(Html.line(one.text("title"))).append("</h1><p>");
    html.append(Html.code(one.text("slug"))).append(" <span class=\"status\">");
    html.append(Html.escape(one.text("status"))).append("</span></p><h2>What to do</h2>");
    html.append(Html.text(one.text("help")));
    html.append("<p>").append(retry(one.text("retry"))).append("</p>");
    if (one.get("members").items().findAny().isPresent()) {
      html.append("<h2>What it carries</h2><ul>");
      one.get("members")
          .items()
          .forEach(member -> html.append("<li>" + Html.code(member.text()) + "</li>"));
      html.append("</ul>");
    }
    html.append("<p class=\"since\">Since ").append(Html.escape(one.text("since")));
    html.append(". <a href=\"/problems\">Every refusal</a></p>");
    return Html.page(one.text("title"), html.toString());
  }

  private static String retry(String retry) {
    return switch (retry) {
      case "never" -> "The same request will never succeed.";
      case "later" -> "The same request may succeed later.";
      default -> "Change something first; the same request fails again.";
    };
  }

  private static ObjectNode json(Node one) {
    ObjectNode body = Json.object();
    body.put("slug", one.text("slug"));
    body.put("type", "/problems/" + one.text("slug"));
    body.put("status", Integer.parseInt(one.text("status")));
    body.put("title", one.text("title"));
    body.put("retry", one.text("retry"));
    body.put("since", one.text("since"));
    if (one.has("members")) {
      ArrayNode members = body.putArray("members");
      one.get("members").items().forEach(member -> members.add(member.text()));
    }
    body.put("help", one.text("help"));
    return body;
  }
}
