package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.AgentJson;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.market.Market;
import dev.meshkore.hub.market.PricedListing;
import dev.meshkore.hub.x402.Paywall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.erdtman.jcs.JsonCanonicalizer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The cards of the agents and of the hub, signed with the hub's key (specification §8.4: JWS over
/// JCS). No member is empty, since readers differ in what they make of that. Thread-safe.
final class Cards {
  /// Where a card is, below what it is the card of.
  static final String PATH = "/.well-known/agent-card.json";

  /// The extension that lists an agent's keys.
  static final String KEYS = "urn:meshkore:a2a:keys:1";

  private static final String CARD = "a2a-agent-card";

  static final String JSONRPC = "JSONRPC";
  static final String HTTP_JSON = "HTTP+JSON";

  private final Agents agents;
  private final Market market;
  private final SigningKeys keys;
  private final Supplier<String> hubUrl;
  private final String hubVersion;

  Cards(
      Agents agents, Market market, SigningKeys keys, Supplier<String> hubUrl, String hubVersion) {
    this.agents = agents;
    this.market = market;
    this.keys = keys;
    this.hubUrl = hubUrl;
    this.hubVersion = hubVersion;
  }

  /// The card of an agent; one outside the hub has its own, elsewhere.
  Optional<ObjectNode> ofAgent(String agentId) {
    return agents.find(agentId).filter(agent -> agent.remote() == null).map(this::ofAgent);
  }

  private ObjectNode ofAgent(Agent agent) {
    String hub = hubUrl.get();
    String base = hub + "/agents/" + agent.id() + "/a2a";
    ObjectNode card = Json.object();
    card.put("name", agent.id());
    card.put(
        "description",
        agent.description().isBlank()
            ? "The agent " + agent.id() + " of the MeshKore hub " + hub
            : agent.description());
    card.put("version", "1.0." + agent.version());
    ArrayNode interfaces = card.putArray("supportedInterfaces");
    addInterface(interfaces, base, JSONRPC);
    addInterface(interfaces, base, HTTP_JSON);
    addCommon(card, true);
    List<PricedListing> sold = PaidTasks.sold(market, agents.numberOf(agent.id()).orElse(0L));
    addKeys(card, agent, hub);
    ArrayNode skills = card.putArray("skills");
    if (agent.capabilities().isEmpty() && sold.isEmpty()) {
      addSkill(skills, "message", "Takes messages and answers them.");
    }
    agent
        .capabilities()
        .forEach(capability -> addSkill(skills, capability, agent.id() + " offers " + capability));
    if (!sold.isEmpty()) {
      addPayment(card);
      sold.forEach(service -> addService(skills, service));
    }
    return signed(card);
  }

  /// The card of the hub itself.
  ObjectNode ofHub() {
    String hub = hubUrl.get();
    ObjectNode card = Json.object();
    card.put("name", "MeshKore hub");
    card.put(
        "description",
        "Finds agents of the hub by what they can do. Each has a card of its own at "
            + hub
            + "/agents/{agent_id}"
            + PATH);
    card.put("version", hubVersion);
    addInterface(card.putArray("supportedInterfaces"), hub + "/a2a", JSONRPC);
    addCommon(card, false);
    addSkill(
        card.putArray("skills"),
        "find agents",
        "Say in a few words what you need done; the answer names agents and their cards.");
    return signed(card);
  }

  /// What is to be found here (AI Catalog 1.0): the hub, and these agents.
  ObjectNode catalog(List<Agent> listed) {
    String hub = hubUrl.get();
    String host = hub.replaceFirst("^https?://", "").replaceAll("[^A-Za-z0-9.-]", "-");
    ObjectNode catalog = Json.object();
    catalog.put("specVersion", "1.0");
    catalog
        .putObject("host")
        .put("displayName", "MeshKore hub")
        .put("documentationUrl", hub + "/docs");
    ArrayNode entries = catalog.putArray("entries");
    String of = "urn:air:" + host;
    addEntry(entries, of + ":a2a:hub", "MeshKore hub", CARD, hub + PATH);
    addEntry(entries, of + ":ard", "Agents of this hub", "ai-registry", hub + "/ard");
    addEntry(
        entries,
        of + ":mcp",
        "MeshKore hub",
        "mcp-server-card",
        hub + "/.well-known/mcp/server.json");
    for (Agent agent : listed) {
      String remote = agent.remote();
      String card = remote == null ? hub + "/agents/" + agent.id() + PATH : remote;
      ObjectNode entry =
          addEntry(entries, of + ":a2a:agents:" + agent.id(), agent.id(), CARD, card);
      if (!agent.description().isBlank()) {
        entry.put("description", agent.description());
      }
    }
    return catalog;
  }

  private static ObjectNode addEntry(
      ArrayNode entries, String identifier, String name, String type, String url) {
    ObjectNode entry = entries.addObject();
    entry.put("identifier", identifier);
    entry.put("displayName", name);
    entry.put("type", "application/" + type + "+json");
    entry.put("url", url);
    return entry;
  }

  private static void addInterface(ArrayNode interfaces, String url, String binding) {
    interfaces
        .addObject()
        .put("url", url)
        .put("protocolBinding", binding)
        .put("protocolVersion", Versions.CURRENT);
  }

  private void addCommon(ObjectNode card, boolean hasTasks) {
    String hub = hubUrl.get();
    card.putObject("provider").put("organization", "MeshKore hub").put("url", hub);
    card.put("documentationUrl", hub + "/docs");
    card.putObject("capabilities")
        .put("streaming", true)
        .put("pushNotifications", hasTasks)
        .put("extendedAgentCard", true);
    card.putObject("securitySchemes")
        .putObject("bearer")
        .putObject("httpAuthSecurityScheme")
        .put("description", "A token or API key of an agent of this hub")
        .put("scheme", "Bearer");
    card.putArray("securityRequirements")
        .addObject()
        .putObject("schemes")
        .putObject("bearer")
        .putArray("list")
        .add("agent");
    card.putArray("defaultInputModes").add("text/plain").add("application/json");
    card.putArray("defaultOutputModes").add("text/plain").add("application/json");
  }

  /// The keys that the agent has proved to hold, as an extension: A2A has no member for them.
  private static void addKeys(ObjectNode card, Agent agent, String hub) {
    if (agent.keys().isEmpty()) {
      return;
    }
    ObjectNode extension =
        addExtension(card, KEYS, "Public keys that the agent has proved to its hub to hold");
    ObjectNode params = extension.putObject("params");
    params.put("did_document", hub + "/agents/" + agent.id() + "/did.json");
    ArrayNode keys = params.putArray("keys");
    agent.keys().forEach(key -> keys.add(AgentJson.of(key)));
  }

  /// How services are paid; `params` says how a message names one.
  private static void addPayment(ObjectNode card) {
    for (PayForm form : PayForm.values()) {
      ObjectNode extension =
          addExtension(
              card, form.uri(), "Services with a price are called and paid by x402, on the hub");
      extension.put("required", false);
      extension.putObject("params").put("service_in_metadata", PayWords.SERVICE);
    }
  }

  private static ObjectNode addExtension(ObjectNode card, String uri, String description) {
    ObjectNode capabilities = (ObjectNode) card.get("capabilities");
    ArrayNode extensions =
        capabilities.get("extensions") instanceof ArrayNode known
            ? known
            : capabilities.putArray("extensions");
    return extensions.addObject().put("uri", uri).put("description", description);
  }

  /// What its seller says of it is another agent's word.
  private static void addService(ArrayNode skills, PricedListing service) {
    String said = new Paywall.Resource("", service.description()).description();
    ObjectNode skill = skills.addObject();
    skill.put("id", service.id());
    skill.put("name", service.name());
    skill.put("description", service.price() + " a call. " + said);
    skill.putArray("tags").add("x402").add("priced");
  }

  private static void addSkill(ArrayNode skills, String name, String description) {
    ObjectNode skill = skills.addObject();
    skill.put("id", name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "-"));
    skill.put("name", name);
    skill.put("description", description);
    skill.putArray("tags").add(name);
  }

  private ObjectNode signed(ObjectNode card) {
    byte[] canonical;
    try {
      String text = new String(Json.bytes(card), StandardCharsets.UTF_8);
      canonical = new JsonCanonicalizer(text).getEncodedUTF8();
    } catch (IOException failure) {
      throw new UncheckedIOException("The card is no JSON", failure);
    }
    SigningKeys.Jws jws = keys.sign(canonical, hubUrl.get() + "/.well-known/jwks.json");
    card.putArray("signatures")
        .addObject()
        .put("protected", jws.protectedHeader())
        .put("signature", jws.signature());
    return card;
  }
}
