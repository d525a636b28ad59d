package dev.meshkore.hub.mcp;

import dev.meshkore.hub.mcp.Definitions.Effect;
import dev.meshkore.hub.mcp.Definitions.Words;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Selling, asking for offers, and coming to an agreement.
final class MarketTools {
  private static final String MONEY =
      """
      {"type":"object","description":"An asset such as EUR, and an amount such as 12.50 as text.",
       "properties":{"asset":{"type":"string"},"amount":{"type":"string"},
       "atoms":{"type":"integer"},"unit":{"type":"string"}},"required":["asset"]}
      """;
  private static final String TERMS =
      """
      {"type":"object","description":"What is put: a subject, a price for all, a quantity, and the \
       seconds within which it is delivered.","properties":{"subject":{"type":"string"},
       "quantity":{"type":"integer"},"price":%s,"deliver_within":{"type":"integer"},
       "note":{"type":"string"}},"required":["subject","price"]}
      """
          .formatted(MONEY);
  private static final String FIND =
      """
      {"query":{"type":"string","maxLength":2000,"description":"What you need, in plain words."},
       "kind":{"type":"string","enum":["catalog","spot","live"]},"category":{"type":"string"},
       "trust":{"type":"string","description":"The least level of a seller."},
       "asset":{"type":"string"},"max_price":{"type":"string"},
       "limit":{"type":"integer","minimum":1,"maximum":100,"default":20},
       "cursor":{"type":"string","description":"The next of the page before."}}
      """;
  private static final String SERVICE =
      """
      {"name":{"type":"string","maxLength":120},"description":{"type":"string","maxLength":4000},
       "kind":{"type":"string","enum":["catalog","spot","live"],"default":"catalog"},
       "category":{"type":"string","description":"Such as language/translation."},
       "price":%s,"quantity":{"type":"integer"},"expires_in":{"type":"integer"},
       "languages":{"type":"array","items":{"type":"string"}},
       "examples":{"type":"array","items":{"type":"string"}}}
      """
          .formatted(MONEY);
  private static final String REQUEST =
      """
      {"title":{"type":"string","maxLength":120},"description":{"type":"string","maxLength":4000},
       "category":{"type":"string"},"quantity":{"type":"integer"},"budget":%s,
       "deliver_within":{"type":"integer"},"languages":{"type":"array","items":{"type":"string"}},
       "deadline_in":{"type":"integer","minimum":1,"maximum":2592000,"default":3600,
        "description":"Seconds until all offers are opened together."}}
      """
          .formatted(MONEY);
  private static final String OFFERS = "{\"request_id\":{\"type\":\"string\"}}";
  private static final String OFFER =
      """
      {"request_id":{"type":"string"},"terms":%s,"signature":{"type":"string"}}
      """
          .formatted(TERMS);
  private static final String NEGOTIATE =
      """
      {"action":{"type":"string","enum":["propose","counter","accept","decline","read","take",
        "accept_offer","delivered","failed"],"description":"propose needs terms and with or \
        service_id; counter, accept and decline need negotiation_id and previous, its head; \
        take needs service_id and version; accept_offer needs request_id and offer_id."},
       "negotiation_id":{"type":"string"},"previous":{"type":"string"},"with":{"type":"string"},
       "service_id":{"type":"string"},"version":{"type":"integer"},"quantity":{"type":"integer"},
       "request_id":{"type":"string"},"offer_id":{"type":"string"},"terms":%s,
       "valid_for":{"type":"integer"},"prepare":{"type":"boolean"},"signature":{"type":"string"}}
      """
          .formatted(TERMS);
  private static final String FEEDS =
      """
      {"action":{"type":"string","enum":["list","add","remove"],"description":"add subscribes to \
        what fits all that is given; remove needs feed_id."},
       "feed_id":{"type":"string"},
       "name":{"type":"string","maxLength":120,"description":"What you call it."},
       "of":{"type":"array","items":{"type":"string","enum":["services","requests"]},
        "description":"Both, if it is not given. kind, seller, asset and max_price are of services \
        alone, buyer is of requests alone."},
       "query":{"type":"string","maxLength":500,"description":"Words, all of which are said; or \
        by meaning, in plain words what you want."},
       "by":{"type":"string","enum":["words","meaning","all"],"default":"words",
        "description":"all: either is enough."},
       "kind":{"type":"string","enum":["catalog","spot","live"]},"category":{"type":"string"},
       "seller":{"type":"string"},"buyer":{"type":"string"},"asset":{"type":"string"},
       "max_price":{"type":"string"},
       "trust":{"type":"string","description":"The least level of a seller or buyer."}}
      """;
  private static final String NOTICE = "{\"notice\":{\"type\":\"string\"}}";
  private static final Map<String, String> QUERY = query();

  private final HubCalls hub;

  MarketTools(HubCalls hub) {
    this.hub = hub;
  }

  private static Map<String, String> query() {
    var names = new LinkedHashMap<String, String>();
    names.put("query", "q");
    List.of("kind", "category", "trust", "asset", "max_price", "limit", "cursor")
        .forEach(name -> names.put(name, name));
    return names;
  }

  Toolset toolset() {
    return new Toolset(
        "market",
        List.of(
            findServices(),
            offers(),
            publishService(),
            requestOffers(),
            makeOffer(),
            deal(),
            feeds()));
  }

  private Tool findServices() {
    return Definitions.tool(
        new Words(
            "find_services",
            "Find services",
            "Find what agents of this hub sell: by plain words, kind, category, price and trust;"
                + " with what the hub measured of each."),
        Effect.READS,
        FIND,
        List.of(),
        NOTICE,
        call -> {
          HubCalls.allow(call.arguments(), List.copyOf(QUERY.keySet()));
          HubCalls.Reply reply =
              hub.get(call.caller(), HubCalls.target("/services", call.arguments(), QUERY));
          return Shown.said(
              reply,
              "services and what their sellers say of them",
              Shown.list(reply.json().path("services")).stream().map(MarketTools::line).toList());
        });
  }

  /// A service in one line.
  private static String line(JsonNode service) {
    JsonNode price = service.path("price");
    return service.path("service_id").asString("")
        + " version "
        + service.path("version").asString("")
        + " by "
        + service.path("seller").path("agent_id").asString("")
        + " ("
        + service.path("seller").path("trust").asString("")
        + "): "
        + price.path("amount").asString("")
        + " "
        + price.path("asset").asString("")
        + " for each "
        + price.path("unit").asString("")
        + (service.path("available").asBoolean(false) ? "" : ", not available now")
        + measured(service.path("measured"))
        + (service.has("copy_of") ? ", a copy of " + service.path("copy_of").asString("") : "")
        + " — "
        + plain(service.path("name"))
        + ": "
        + plain(service.path("description"));
  }

  /// What the hub saw, where it saw something.
  private static String measured(JsonNode seen) {
    var parts = new ArrayList<String>();
    if (seen.has("calls")) {
      parts.add(
          seen.path("calls_answered").asString("")
              + " of "
              + seen.path("calls").asString("")
              + " calls answered"
              + (seen.has("call_ms") ? " in " + seen.path("call_ms").asString("") + " ms" : ""));
    }
    if (seen.path("agreements").asLong(0) > 0) {
      parts.add(
          seen.path("delivered").asString("")
              + " of "
              + seen.path("agreements").asString("")
              + " agreements delivered");
    }
    if (seen.has("online_basis_points")) {
      parts.add(
          "online " + seen.path("online_basis_points").asLong(0) / 100 + " percent of the time");
    }
    return parts.isEmpty() ? "" : ", measured by the hub: " + String.join(", ", parts);
  }

  private static String plain(JsonNode text) {
    return text.asString("").replaceAll("\\s+", " ");
  }

  private Tool offers() {
    return Definitions.tool(
        new Words(
            "offers",
            "Read the short list",
            "Show the offers to your request, best first with reasons; none before its deadline."),
        Effect.READS,
        OFFERS,
        List.of("request_id"),
        NOTICE,
        call -> {
          HubCalls.allow(call.arguments(), List.of("request_id"));
          HubCalls.Reply reply = hub.get(call.caller(), request(call.arguments()) + "/offers");
          return Shown.said(
              reply,
              "offers and what their sellers say",
              Shown.list(reply.json().path("offers")).stream().map(JsonNode::toString).toList());
        });
  }

  private static String request(ObjectNode arguments) {
    return "/requests/" + HubCalls.segment(HubCalls.text(arguments, "request_id"));
  }

  private Tool publishService() {
    return Definitions.tool(
        new Words(
            "publish_service",
            "Sell something",
            "List a service of yours, with its price for each unit, so that others find it."),
        Effect.ADDS,
        SERVICE,
        List.of("name", "description", "price"),
        NOTICE,
        call -> said(hub.post(call.caller(), "/services", call.arguments()), "your service"));
  }

  private Tool requestOffers() {
    return Definitions.tool(
        new Words(
            "request_offers",
            "Ask for offers",
            "Say what you need. Offers stay sealed until the deadline; then read them by offers."),
        Effect.ADDS,
        REQUEST,
        List.of("title"),
        NOTICE,
        call -> said(hub.post(call.caller(), "/requests", call.arguments()), "your request"));
  }

  private Tool makeOffer() {
    return Definitions.tool(
        new Words(
            "make_offer",
            "Make an offer",
            "Seal an offer to a request. It binds you; until the deadline you may replace it."),
        Effect.SETS,
        OFFER,
        List.of("request_id", "terms"),
        NOTICE,
        call -> {
          ObjectNode body = call.arguments().deepCopy();
          String path = request(body) + "/offer";
          body.remove("request_id");
          return said(hub.call(call.caller(), "PUT", path, body), "your offer");
        });
  }

  private Tool deal() {
    return Definitions.tool(
        new Words(
            "negotiate",
            "Negotiate",
            "Propose terms, answer them, take a service at its price or accept an offer. What you"
                + " propose or accept binds you."),
        Effect.ADDS,
        NEGOTIATE,
        List.of("action"),
        NOTICE,
        this::negotiate);
  }

  private Tool feeds() {
    return Definitions.tool(
        new Words(
            "feeds",
            "Hear of what is new",
            "Have new services and requests that fit told in your inbox; list or end that. A"
                + " notice of the hub, feed-matches, holds their ids."),
        Effect.ENDS,
        FEEDS,
        List.of("action"),
        NOTICE,
        this::feeds);
  }

  private McpResult feeds(McpCall call) {
    ObjectNode body = call.arguments().deepCopy();
    String action = HubCalls.text(body, "action");
    body.remove("action");
    return switch (action) {
      case "list" -> {
        HubCalls.allow(body, List.of());
        yield said(hub.get(call.caller(), "/feeds"), "your feeds");
      }
      case "add" -> said(hub.post(call.caller(), "/feeds", body), "your feed");
      case "remove" -> {
        HubCalls.allow(body, List.of("feed_id"));
        String path = "/feeds/" + HubCalls.segment(HubCalls.text(body, "feed_id"));
        yield said(hub.call(call.caller(), "DELETE", path, null), "nothing");
      }
      default -> throw Refused.field("action", "There is no action of this name");
    };
  }

  private McpResult negotiate(McpCall call) {
    ObjectNode body = call.arguments().deepCopy();
    String action = HubCalls.text(body, "action");
    body.remove("action");
    HubCalls.Reply reply =
        switch (action) {
          case "propose" -> hub.post(call.caller(), "/negotiations", body);
          case "read" -> hub.get(call.caller(), negotiation(body));
          case "counter", "accept", "decline" -> {
            String path = negotiation(body) + "/moves";
            yield hub.post(call.caller(), path, body.put("kind", action));
          }
          case "take" -> {
            String service = HubCalls.segment(HubCalls.text(body, "service_id"));
            body.remove("service_id");
            yield hub.post(call.caller(), "/services/" + service + "/take", body);
          }
          case "accept_offer" -> {
            String path =
                request(body)
                    + "/offers/"
                    + HubCalls.segment(HubCalls.text(body, "offer_id"))
                    + "/accept";
            body.remove(List.of("request_id", "offer_id"));
            yield hub.post(call.caller(), path, body);
          }
          case "delivered", "failed" -> {
            String path = negotiation(body) + "/close";
            yield hub.post(call.caller(), path, body.put("delivered", action.equals("delivered")));
          }
          default -> throw Refused.field("action", "There is no action of this name");
        };
    return said(reply, "the negotiation and what its sides say");
  }

  /// Its path; the body keeps it no longer.
  private static String negotiation(ObjectNode body) {
    String id = HubCalls.segment(HubCalls.text(body, "negotiation_id"));
    body.remove("negotiation_id");
    return "/negotiations/" + id;
  }

  private static McpResult said(HubCalls.Reply reply, String about) {
    return Shown.said(reply, about, List.of(reply.json().toString()));
  }
}
