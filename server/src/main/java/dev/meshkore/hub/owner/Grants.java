package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a mandate allows. What it does not name is not allowed.
///
/// @param calls groups of calls, or routes as the contract writes them
/// @param counterparties with whom
/// @param messages how many
/// @param delegationDepth how often it may be handed on
/// @param spend what may be spent, by asset
/// @param reference the one transaction for which that may be spent, if it is for one
record Grants(
    List<String> calls,
    Counterparties counterparties,
    MessageLimits messages,
    int delegationDepth,
    Map<String, SpendLimit> spend,
    Optional<String> reference) {
  /// The most often that any mandate is handed on.
  static final int DEPTH_MAX = 5;

  private static final int CALLS_MAX = 50;
  private static final int ASSETS_MAX = 20;
  private static final int READ_MAX = 4_096;

  /// Thread-safe; what is in it never changes.
  private static final Map<String, Grants> READ =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Grants> eldest) {
              return size() > READ_MAX;
            }
          });

  private static final Pattern ROUTE = Pattern.compile("(POST|PUT|PATCH|DELETE) /[!-~]{0,200}");

  Grants {
    calls = List.copyOf(calls);
    spend = Collections.unmodifiableMap(new TreeMap<>(spend));
  }

  /// Reads what a client or a token says; [Fields#end] is left to the caller.
  static Grants read(Fields fields) {
    List<String> named = fields.texts("calls").orElse(List.of());
    List<String> calls = named.isEmpty() && fields.has("spend") ? named : calls("calls", named);
    Grants grants = read(fields, calls, Optional.empty(), Grants::once);
    if (calls.stream().anyMatch(CallGroup::isOfMessages) && !fields.has("messages")) {
      throw Refused.field(
          "messages", "messages must say how many; {} is as many as the hub lets through");
    }
    return grants;
  }

  /// Reads the calls that somebody wants to allow.
  static List<String> calls(String field, List<String> calls) {
    if (calls.isEmpty() || calls.size() > CALLS_MAX || !calls.stream().allMatch(Grants::isCall)) {
      throw Refused.field(
          field,
          field
              + " must be 1 to "
              + CALLS_MAX
              + " of: "
              + String.join(", ", CallGroup.words())
              + ", *, or a route such as `POST /channels`");
    }
    return calls;
  }

  private static Grants read(
      Fields fields,
      List<String> calls,
      Optional<String> reference,
      BiFunction<SpendLimit, SpendLimit, @Nullable SpendLimit> ofTwo) {
    Counterparties counterparties =
        fields.object("counterparties").map(Counterparties::read).orElse(Counterparties.NONE);
    Optional<MessageLimits> messages = fields.object("messages").map(MessageLimits::read);
    int depth = (int) fields.number("delegation_depth", 0, 0, DEPTH_MAX);
    var spend = new TreeMap<String, SpendLimit>();
    for (Fields one : fields.objects("spend")) {
      SpendLimit limit = SpendLimit.read(one);
      spend.merge(limit.asset(), limit, ofTwo);
      if (spend.size() > ASSETS_MAX) {
        throw Refused.field("spend", "spend must name at most " + ASSETS_MAX + " assets");
      }
    }
    return new Grants(
        calls, counterparties, messages.orElse(MessageLimits.NONE), depth, spend, reference);
  }

  private static boolean isCall(String word) {
    return word.equals("*") || CallGroup.words().contains(word) || ROUTE.matcher(word).matches();
  }

  boolean allowCall(String groupOrRoute) {
    return calls.contains("*") || calls.contains(groupOrRoute);
  }

  /// True where everything that a word stands for is allowed.
  private boolean allowsAll(String call) {
    return allowCall(call) || CallGroup.ofRoute(call).filter(calls::contains).isPresent();
  }

  /// The first field in which these grants are wider than the parent's, which may hand on.
  Optional<String> widerThan(Grants parent) {
    if (!calls.stream().allMatch(parent::allowsAll)) {
      return Optional.of("calls");
    }
    if (!counterparties.isWithin(parent.counterparties)) {
      return Optional.of("counterparties");
    }
    if (!messages.isWithin(parent.messages)) {
      return Optional.of("messages");
    }
    if (delegationDepth >= parent.delegationDepth) {
      return Optional.of("delegation_depth");
    }
    boolean isSpendWithin =
        spend.values().stream()
            .allMatch(own ->
                Optional.ofNullable(parent.spend.get(own.asset()))
                    .filter(own::isWithin)
                    .isPresent());
    return isSpendWithin ? Optional.empty() : Optional.of("spend");
  }

  /// Adds the members to an object.
  void addTo(ObjectNode json) {
    ArrayNode list = json.putArray("calls");
    calls.forEach(list::add);
    json.set("counterparties", counterparties.json());
    json.set("messages", messages.json());
    json.put("delegation_depth", delegationDepth);
    if (!spend.isEmpty()) {
      ArrayNode assets = json.putArray("spend");
      spend.values().forEach(limit -> limit.addTo(assets));
    }
    reference.ifPresent(id -> json.put("reference", id));
  }

  /// As it is kept. One of AP2 may allow no call, but to spend.
  String text() {
    ObjectNode json = Json.object();
    addTo(json);
    return new String(Json.bytes(json), StandardCharsets.UTF_8);
  }

  /// What was stored. Every payment under a mandate asks for it, so the last that were read stay.
  static Grants ofText(String text) {
    return READ.computeIfAbsent(text, Grants::read);
  }

  private static Grants read(String text) {
    Fields fields = Fields.read(text.getBytes(StandardCharsets.UTF_8));
    List<String> calls = fields.texts("calls").orElse(List.of());
    return read(fields, calls, fields.optionalText("reference"), Grants::stricter);
  }

  /// Of two limits of one asset, which could be stored while one could be named in two ways, what
  /// both allow: the one that is within the other, or nothing.
  private static @Nullable SpendLimit stricter(SpendLimit one, SpendLimit other) {
    return one.isWithin(other) ? one : other.isWithin(one) ? other : null;
  }

  private static SpendLimit once(SpendLimit one, SpendLimit other) {
    throw Refused.field("spend", "spend must name each asset once, and " + one.asset() + " is");
  }
}
