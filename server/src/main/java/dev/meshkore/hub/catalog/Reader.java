package dev.meshkore.hub.catalog;

import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;
import dev.meshkore.hub.scan.Verdict;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes what can be listed of documents: A2A cards, servers of the MCP registry, AI catalogs.
final class Reader {
  /// What a document led to.
  ///
  /// @param found what can be listed
  /// @param skipped what cannot, and why
  record Read(List<Found> found, List<Skipped> skipped) {}

  /// Something that was not listed.
  record Skipped(String name, String reason) {}

  /// Of one catalog, so many entries are looked at.
  static final int ENTRIES_MAX = 50;

  /// So many characters may the documents that one catalog leads to have together.
  static final int LENGTH_MAX = 512 * 1024;

  private static final Pattern SERVER_NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,120}/[A-Za-z0-9][A-Za-z0-9._-]{0,120}");
  private static final String CARD_PATH = "/.well-known/agent-card.json";

  private final Documents documents;
  private final CardSignature signatures;

  Reader(Documents documents) {
    this.documents = documents;
    this.signatures = new CardSignature(documents);
  }

  /// All that an address leads to.
  ///
  /// @throws Refused when nothing is there that can be listed
  Read at(String url) {
    URI address = Documents.uri(url);
    documents.check(url);
    ObjectNode document = documents.get(address);
    if (document.path("entries").isArray()) {
      return catalog(document);
    }
    return new Read(List.of(one(address, document).scanned()), List.of());
  }

  /// One thing of a document that is no catalog. What an agent's address leads to is its card.
  private Found one(URI url, ObjectNode document) {
    if (document.path("supportedInterfaces").isArray() || document.path("skills").isArray()) {
      return card(url, document);
    }
    JsonNode server = document.path("server").isObject() ? document.path("server") : document;
    if (server instanceof ObjectNode inner && isServer(inner)) {
      return server(url.toString(), inner);
    }
    throw Refused.field("url", "The document is no A2A card, AI catalog or MCP server.json");
  }

  /// A server of the MCP registry whose document came with the request.
  ///
  /// @throws Refused when it cannot be listed
  Found server(ObjectNode document) {
    return server("", document).scanned();
  }

  private Found server(String source, ObjectNode document) {
    String name = Texts.text(document, "name", 250);
    if (!SERVER_NAME.matcher(name).matches()) {
      throw Refused.field("name", "name must be of the form com.example/server");
    }
    if (!document.path("version").isString()) {
      throw Refused.field("version", "version is required and must be text");
    }
    for (JsonNode remote : document.path("remotes")) {
      String address = remote.path("url").asString("");
      documents.check(address.replaceAll("\\{[A-Za-z0-9_]{1,40}}", "x"));
    }
    String title = Texts.text(document, "title", 100);
    return new Found(
        Found.Kind.MCP_SERVER,
        source,
        name,
        Texts.text(document, "version", 100),
        joined(title, Texts.text(document, "description", Texts.DESCRIPTION_MAX)),
        List.of(),
        List.of(),
        CardSignature.Worth.UNSIGNED,
        document,
        Verdict.CLEAN);
  }

  private static boolean isServer(ObjectNode document) {
    return document.path("name").isString()
        && (document.path("remotes").isArray()
            || document.path("packages").isArray()
            || document.path("$schema").asString("").contains("server.schema.json"));
  }

  private Found card(URI url, ObjectNode card) {
    var capabilities = new ArrayList<String>();
    var examples = new ArrayList<JsonNode>();
    for (JsonNode skill : card.path("skills")) {
      capabilities.add(Texts.text(skill, "name", 64));
      skill.path("tags").forEach(tag -> capabilities.add(tag.asString("")));
      skill.path("examples").forEach(examples::add);
    }
    String name = Texts.name(card, "name");
    return new Found(
        Found.Kind.A2A_AGENT,
        url.toString(),
        name,
        Texts.text(card, "version", 100),
        joined(name, Texts.text(card, "description", Texts.DESCRIPTION_MAX - 102)),
        Texts.capabilities(capabilities),
        Texts.examples(examples),
        signatures.of(url, card),
        card,
        Verdict.CLEAN);
  }

  private Read catalog(ObjectNode catalog) {
    var found = new ArrayList<Found>();
    var skipped = new ArrayList<Skipped>();
    int count = 0;
    int length = 0;
    for (JsonNode entry : catalog.path("entries")) {
      String name = label(entry, count);
      if (++count > ENTRIES_MAX) {
        skipped.add(new Skipped(name, "Only the first " + ENTRIES_MAX + " entries are read"));
        break;
      }
      try {
        Found next = entry(entry);
        length += next.length();
        if (length > LENGTH_MAX) {
          skipped.add(new Skipped(name, "Its documents are too long together; import them alone"));
          break;
        }
        found.add(next.scanned());
      } catch (Refused refused) {
        skipped.add(new Skipped(name, refused.type().slug() + ": " + refused.detail()));
      }
    }
    return new Read(found, skipped);
  }

  private Found entry(JsonNode entry) {
    String type = entry.path("type").asString("");
    boolean isKnown = type.contains("a2a") || type.contains("mcp-server");
    if (!isKnown) {
      throw Refused.field("type", "Only agents that speak A2A and MCP servers are listed");
    }
    JsonNode data = entry.path("data");
    String url = entry.path("url").asString("");
    if (data instanceof ObjectNode inner && type.contains("mcp-server")) {
      return server("", inner);
    }
    if (url.isEmpty()) {
      throw Refused.field("url", "The entry has no address");
    }
    documents.check(url);
    URI address = Documents.uri(url);
    return one(address, documents.get(address));
  }

  /// An entry's identifier as far as it may be repeated to whoever named the catalog.
  private static String label(JsonNode entry, int at) {
    String name = entry.path("identifier").asString("an entry without identifier");
    String shown = name.replaceAll("[^A-Za-z0-9:._/@-]", "?");
    String start = shown.substring(0, Math.min(shown.length(), 200));
    return Scan.of(Said.link("identifier", start)).isClean() ? start : "entry " + at;
  }

  private static String joined(String name, String description) {
    return name.isEmpty() || description.startsWith(name) ? description : name + "\n" + description;
  }

  /// Where an agent's card is, by an address of the agent.
  static String cardUrl(String url) {
    return url.endsWith(".json") ? url : url.replaceFirst("/+$", "") + CARD_PATH;
  }
}
