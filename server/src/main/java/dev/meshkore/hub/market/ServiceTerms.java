package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a seller says of a service, checked.
///
/// @param kind always there, for a while, or while its seller is online
/// @param quantity what there is of a spot offer, or how many jobs a live service does at once
/// @param inputSchema what it takes, as JSON Schema
/// @param payments ways to pay, as the seller names them
record ServiceTerms(
    Kind kind,
    String name,
    String description,
    String category,
    List<String> tags,
    Price price,
    Sla sla,
    OptionalLong quantity,
    List<String> languages,
    List<String> regions,
    List<String> examples,
    Optional<String> endpoint,
    Optional<ObjectNode> inputSchema,
    Optional<ObjectNode> outputSchema,
    List<Payment> payments) {
  /// How long a service is there.
  enum Kind {
    CATALOG,
    SPOT,
    LIVE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(String field, String word) {
      return Stream.of(values())
          .filter(kind -> kind.word().equals(word))
          .findFirst()
          .orElseThrow(() -> Refused.field(field, field + " must be catalog, spot or live"));
    }
  }

  static final int NAME_MAX = 120;
  static final int DESCRIPTION_MAX = 4_000;
  private static final long QUANTITY_MAX = 1_000_000_000;
  private static final int CAPACITY_MAX = 10_000;
  private static final int PAYMENTS_MAX = 10;

  /// Reads a service; [Fields#end] is left to the caller.
  ///
  /// @param body the same object, for what is kept as it is
  static ServiceTerms read(Fields fields, JsonNode body) {
    Kind kind = Kind.of("kind", fields.optionalText("kind").orElse("catalog"));
    Fields priced =
        fields
            .object("price")
            .orElseThrow(() -> Refused.field("price", "price is required and must be an object"));
    Price price = Price.ofUnit(priced);
    priced.end();
    fields.has("input_schema");
    fields.has("output_schema");
    return new ServiceTerms(
        kind,
        Texts.line(fields, "name", NAME_MAX),
        Texts.required(fields, "description", DESCRIPTION_MAX),
        Texts.category("category", fields.optionalText("category").orElse("other")),
        Texts.tags(fields),
        price,
        Sla.read(fields.object("sla")),
        quantity(fields, kind),
        Texts.languages(fields),
        Texts.regions(fields),
        Texts.examples(fields),
        Texts.url(fields, "endpoint"),
        Texts.schema(body, "input_schema"),
        Texts.schema(body, "output_schema"),
        payments(fields));
  }

  private static OptionalLong quantity(Fields fields, Kind kind) {
    return switch (kind) {
      case CATALOG -> {
        if (fields.has("quantity")) {
          throw Refused.field("quantity", "Only spot offers and live services have a quantity");
        }
        yield OptionalLong.empty();
      }
      case SPOT -> OptionalLong.of(fields.number("quantity", 1, QUANTITY_MAX));
      case LIVE -> OptionalLong.of(fields.number("quantity", 1, 1, CAPACITY_MAX));
    };
  }

  private static List<Payment> payments(Fields fields) {
    List<Fields> given = fields.objects("payments");
    if (given.size() > PAYMENTS_MAX) {
      throw Refused.field("payments", "There may be " + PAYMENTS_MAX + " ways to pay");
    }
    return given.stream().map(Payment::read).toList();
  }

  /// The terms as they were stored.
  static ServiceTerms of(String document) {
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    return read(Fields.read(bytes), Json.tree(bytes));
  }

  /// The terms as they are stored and shown.
  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("kind", kind.word());
    json.put("name", name);
    json.put("description", description);
    json.put("category", category);
    putAll(json, "tags", tags);
    json.set("price", price.json());
    json.set("sla", sla.json());
    quantity.ifPresent(count -> json.put("quantity", count));
    putAll(json, "languages", languages);
    putAll(json, "regions", regions);
    putAll(json, "examples", examples);
    endpoint.ifPresent(url -> json.put("endpoint", url));
    inputSchema.ifPresent(schema -> json.set("input_schema", schema));
    outputSchema.ifPresent(schema -> json.set("output_schema", schema));
    ArrayNode ways = json.putArray("payments");
    payments.forEach(one -> ways.add(one.json()));
    return json;
  }

  private static void putAll(ObjectNode json, String name, List<String> texts) {
    ArrayNode list = json.putArray(name);
    texts.forEach(list::add);
  }

  String document() {
    return new String(Json.bytes(json()), StandardCharsets.UTF_8);
  }

  /// What a search by words looks through.
  String words() {
    return Stream.of(
            Stream.of(name, category, description),
            tags.stream(),
            languages.stream(),
            examples.stream())
        .flatMap(texts -> texts)
        .collect(Collectors.joining("\n"))
        .toLowerCase(Locale.ROOT);
  }
}
