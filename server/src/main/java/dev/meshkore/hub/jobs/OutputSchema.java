package dev.meshkore.hub.jobs;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What delivered JSON must fit. Both the schema and what is held against it are strangers' words,
/// so a schema stands by itself: it refers to nothing, neither elsewhere, which would be called,
/// nor within itself, where a few lines would ask for endless work; and its patterns are matched in
/// linear time.
final class OutputSchema {
  private static final String FIELD = "output_schema";
  private static final String OUTPUT = "output";
  private static final Set<String> REFERRING =
      Set.of("$ref", "$dynamicRef", "$recursiveRef", "$schema", "$id", "$anchor", "$dynamicAnchor");

  /// The library tells of each word that it does not know, and whoever writes one is answered.
  private static final Logger LIBRARY = Logger.getLogger("com.networknt.schema");

  static {
    LIBRARY.setLevel(Level.OFF);
  }

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder
                  .schemaCacheEnabled(false)
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder()
                          .regularExpressionFactory(OutputSchema::pattern)
                          .failFast(true)
                          .build()));

  /// What a schema itself must fit.
  private static final Schema OF_SCHEMAS =
      REGISTRY.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));

  private OutputSchema() {}

  private static RegularExpression pattern(String text) {
    Pattern pattern = Pattern.compile(text);
    return value -> pattern.matcher(value).find();
  }

  /// A schema in the form in which it is signed.
  ///
  /// @throws Refused where it cannot be used
  static ObjectNode checked(ObjectNode given) {
    checkNames(given);
    try {
      JsonNode canonical = Json.tree(Canonical.bytes(given));
      if (OF_SCHEMAS.validate(canonical).isEmpty()) {
        var _ = compiled(canonical);
        return (ObjectNode) canonical;
      }
    } catch (SchemaException
        | UncheckedIOException
        | JacksonException
        | IllegalArgumentException
        | ClassCastException _) {
      // Refused below, like one that says what no schema says.
    }
    throw Refused.field(FIELD, FIELD + " must be a JSON Schema that can be used");
  }

  /// Names of members count wherever they stand, also where they name a property: to tell one from
  /// the other is not worth a mistake.
  private static void checkNames(JsonNode node) {
    for (String name : node.propertyNames()) {
      if (REFERRING.contains(name)) {
        throw Refused.field(FIELD, FIELD + " must stand by itself, without " + name);
      }
    }
    if (node.path("pattern").isString()) {
      checkPattern(node.get("pattern").stringValue());
    }
    node.path("patternProperties").propertyNames().forEach(OutputSchema::checkPattern);
    if (node.isNumber() && !Double.isFinite(node.doubleValue())) {
      throw Refused.field(FIELD, FIELD + " has a number that cannot be kept");
    }
    node.forEach(OutputSchema::checkNames);
  }

  private static void checkPattern(String text) {
    try {
      var _ = Pattern.compile(text);
    } catch (PatternSyntaxException _) {
      throw Refused.field(FIELD, FIELD + " has a pattern that is none, or looks around or back");
    }
  }

  private static Schema compiled(JsonNode schema) {
    Schema compiled = REGISTRY.getSchema(schema);
    compiled.initializeValidators();
    return compiled;
  }

  /// The JSON of a text.
  ///
  /// @throws Refused where it is none
  static JsonNode read(String output) {
    try {
      return Json.tree(output.getBytes(StandardCharsets.UTF_8));
    } catch (JacksonException _) {
      throw Refused.field(OUTPUT, OUTPUT + " must be JSON text");
    }
  }

  /// @throws Refused where it does not fit
  static void check(ObjectNode schema, JsonNode output) {
    List<Error> errors;
    try {
      errors = compiled(schema).validate(output);
    } catch (ArithmeticException | NumberFormatException _) {
      // No decimal holds such a number.
      throw Refused.field(OUTPUT, "output has a number that cannot be checked");
    }
    if (!errors.isEmpty()) {
      Error first = errors.getFirst();
      throw Refused.field(
          OUTPUT,
          "output does not fit the job's output_schema at "
              + cut(String.valueOf(first.getInstanceLocation()))
              + ": "
              + first.getKeyword());
    }
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), 200));
  }
}
