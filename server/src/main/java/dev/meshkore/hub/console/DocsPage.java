package dev.meshkore.hub.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Every call of the contract as one page, grouped as the contract groups them.
final class DocsPage {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
  private static final int DEPTH_MAX = 3;
  private static final JsonMapper JSON = new JsonMapper();

  /// One operation, with the parameters that all operations of its path share.
  private record Operation(String method, String path, Node node, List<Node> parameters) {}

  private final Node contract;
  private final StringBuilder html = new StringBuilder();

  private DocsPage(Node contract) {
    this.contract = contract;
  }

  static String of(Node contract, String hubUrl) {
    var page = new DocsPage(contract);
    page.write(hubUrl);
    return Html.page("Every call of this hub", page.html.toString());
  }

  private void write(String hubUrl) {
    Map<String, List<Operation>> byTag = byTag();
    html.append("<h1>Every call</h1><p>This hub is at ").append(Html.code(hubUrl));
    html.append(". The same for machines: <a href=\"/openapi.yaml\">openapi.yaml</a>.</p>");
    html.append("<nav class=\"tags\" aria-label=\"Groups\">");
    contract
        .get("tags")
        .items()
        .map(tag -> Html.escape(tag.text("name")))
        .forEach(name -> html.append("<a href=\"#" + name + "\">" + name + "</a> "));
    html.append("</nav><details><summary>What holds for all calls</summary>");
    html.append(Html.text(contract.get("info").text("description"))).append("</details>");
    contract
        .get("tags")
        .items()
        .forEach(tag -> {
          String name = Html.escape(tag.text("name"));
          html.append("<section id=\"").append(name).append("\"><h2>").append(name);
          html.append("</h2><p>").append(Html.line(tag.text("description"))).append("</p>");
          byTag.getOrDefault(tag.text("name"), List.of()).forEach(this::operation);
          html.append("</section>");
        });
  }

  private Map<String, List<Operation>> byTag() {
    var byTag = new LinkedHashMap<String, List<Operation>>();
    contract
        .get("paths")
        .members()
        .forEach((path, item) -> {
          List<Node> shared = item.get("parameters").items().toList();
          item.members()
              .forEach((method, node) -> {
                if (METHODS.contains(method)) {
                  List<Node> parameters =
                      Stream.concat(shared.stream(), node.get("parameters").items()).toList();
                  var operation = new Operation(method, path, node, parameters);
                  String tag = node.get("tags").items().map(Node::text).findFirst().orElse("");
                  byTag.computeIfAbsent(tag, _ -> new ArrayList<>()).add(operation);
                }
              });
        });
    return byTag;
  }

  private void operation(Operation operation) {
    Node node = operation.node();
    html.append("<details class=\"operation\" id=\"").append(Html.escape(node.text("operationId")));
    html.append("\"><summary><span class=\"method ").append(operation.method()).append("\">");
    html.append(operation.method().toUpperCase(java.util.Locale.ROOT)).append("</span> ");
    html.append(Html.code(operation.path())).append(" <span class=\"what\">");
    html.append(Html.line(node.text("summary"))).append("</span></summary>");
    html.append(Html.text(node.text("description")));
    html.append("<p class=\"who\">").append(whoMayCall(node)).append("</p>");
    if (!operation.parameters().isEmpty()) {
      html.append("<h3>Parameters</h3><dl>");
      for (Node one : operation.parameters()) {
        String place = one.text("in");
        field(one.text("name"), place, one.isTrue("required"), one.get("schema"), one);
        html.append("</dd>");
      }
      html.append("</dl>");
    }
    body(node.get("requestBody").get("content").get("application/json"));
    html.append("<h3>Answers</h3>");
    node.get("responses").members().forEach(this::answer);
    problems(node);
    html.append("</details>");
  }

  private String whoMayCall(Node operation) {
    Node security =
        operation.has("security") ? operation.get("security") : contract.get("security");
    List<Set<String>> ways = security.items().map(way -> way.members().keySet()).toList();
    if (ways.isEmpty()) {
      return "Anybody may call it.";
    }
    String who =
        ways.stream()
            .map(way -> way.contains("admin") ? "the admin" : way.isEmpty() ? "anybody" : "agents")
            .collect(Collectors.joining(" and "));
    return "For " + who + ".";
  }

  private void body(Node content) {
    if (content.isEmpty()) {
      return;
    }
    html.append("<h3>Body</h3>");
    fields(content.get("schema"), DEPTH_MAX);
    examples(content);
  }

  private void fields(Node schema, int depth) {
    Set<String> required = SchemaText.required(schema);
    Map<String, Node> fields = SchemaText.fields(schema);
    if (fields.isEmpty() || depth == 0) {
      return;
    }
    html.append("<dl>");
    fields.forEach((name, field) -> {
      field(name, "", required.contains(name), field, field);
      fields(field.has("items") ? field.get("items") : field, depth - 1);
      html.append("</dd>");
    });
    html.append("</dl>");
  }

  /// Leaves the description open, so that what the field holds can follow.
  private void field(String name, String place, boolean required, Node schema, Node described) {
    html.append("<dt>").append(Html.code(name));
    if (!place.isEmpty()) {
      html.append(" <span class=\"place\">").append(Html.escape(place)).append("</span>");
    }
    if (required) {
      html.append(" <span class=\"required\">required</span>");
    }
    html.append(" <span class=\"type\">").append(Html.escape(SchemaText.of(schema)));
    html.append("</span></dt><dd>");
    String text = described.text("description");
    html.append(Html.line(text.isEmpty() ? schema.text("description") : text));
    String pattern = schema.text("pattern");
    if (!pattern.isEmpty()) {
      html.append(" <span class=\"pattern\">").append(Html.code(pattern)).append("</span>");
    }
  }

  private void answer(String status, Node answer) {
    if (status.endsWith("XX")) {
      return;
    }
    html.append("<details class=\"answer\"><summary>").append(Html.code(status)).append(' ');
    html.append(Html.line(answer.text("description"))).append("</summary>");
    answer
        .get("content")
        .members()
        .forEach((mediaType, content) -> {
          html.append("<p class=\"type\">").append(Html.code(mediaType)).append("</p>");
          fields(content.get("schema"), DEPTH_MAX);
          examples(content);
        });
    html.append("</details>");
  }

  private void examples(Node content) {
    if (content.has("example")) {
      example("", content.get("example"));
    }
    content
        .get("examples")
        .members()
        .values()
        .forEach(one -> example(one.text("summary"), one.get("value")));
  }

  private void example(String summary, Node value) {
    Object plain = value.value();
    String text =
        plain instanceof String line
            ? line
            : JSON.writerWithDefaultPrettyPrinter().writeValueAsString(plain);
    if (!summary.isEmpty()) {
      html.append("<p class=\"caption\">").append(Html.line(summary)).append("</p>");
    }
    html.append("<pre>").append(Html.escape(text.strip())).append("</pre>");
  }

  private void problems(Node operation) {
    String links =
        operation
            .get("x-problems")
            .items()
            .map(slug -> Html.escape(slug.text()))
            .map(slug -> "<a href=\"/problems/" + slug + "\">" + slug + "</a>")
            .collect(Collectors.joining(" "));
    if (!links.isEmpty()) {
      html.append("<h3>Refusals</h3><p class=\"slugs\">").append(links).append("</p>");
    }
  }
}
