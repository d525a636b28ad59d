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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What delivered JSON must fit. Both the schema and what is held against it are strangers' words,
/// so a schema stands by itself: it refers to nothing, neither elsewhere, which would be called,
/// nor within itself, where a few lines would ask for endless work. Its patterns are matched in
/// time that is linear in the text and in what the patterns come to, so together they are bounded,
/// before anything is made of them; and so is what schema and document ask for together.
final class OutputSchema {
  private static final String FIELD = "output_schema";
  private static final String OUTPUT = "output";

  /// What all patterns of a schema come to, in instructions.
  private static final long PROGRAM_MAX = 2_000;

  /// How long they are together: classes of signs are large in memory and small in instructions.
  private static final int PATTERN_CHARS_MAX = 4_000;

  /// Instructions times signs of a document, each as often as it may be asked for.
  private static final long MATCHING_MAX = 40_000_000;

  /// Parts of a schema times parts of a document.
  private static final long CHECKS_MAX = 5_000_000;

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
    checkPatterns(patterns(given));
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
    if (node.isNumber() && !Double.isFinite(node.asDouble(Double.NaN))) {
      throw Refused.field(FIELD, FIELD + " has a number that cannot be kept");
    }
    node.forEach(OutputSchema::checkNames);
  }

  /// Every pattern, as often as it is there.
  private static List<String> patterns(JsonNode node) {
    var found = new ArrayList<String>();
    addPatterns(node, found);
    return found;
  }

  private static void addPatterns(JsonNode node, List<String> found) {
    if (node.path("pattern").isString()) {
      found.add(node.get("pattern").stringValue());
    }
    found.addAll(node.path("patternProperties").propertyNames());
    node.forEach(child -> addPatterns(child, found));
  }

  private static void checkPatterns(List<String> patterns) {
    long sum = patterns.stream().mapToLong(PatternSize::of).reduce(0, OutputSchema::most);
    int chars = patterns.stream().mapToInt(String::length).sum();
    if (sum > PROGRAM_MAX || chars > PATTERN_CHARS_MAX) {
      throw Refused.field(
          FIELD,
          FIELD + " has patterns that come to too much: long, deep, or repeated within repeats");
    }
    if (instructions(patterns) > PROGRAM_MAX) {
      throw Refused.field(FIELD, FIELD + " has patterns that come to too much");
    }
  }

  private static long most(long one, long other) {
    return Math.min(PatternSize.ENDLESS, one + other);
  }

  private static long instructions(List<String> patterns) {
    try {
      return patterns.stream().mapToLong(text -> Pattern.compile(text).programSize()).sum();
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

  /// @throws Refused where it does not fit, or nobody could afford to see whether it does
  static void check(ObjectNode schema, JsonNode output) {
    long chars = Json.bytes(output).length;
    if (chars * instructions(patterns(schema)) > MATCHING_MAX
        || parts(schema) * parts(output) > CHECKS_MAX) {
      throw Refused.field(OUTPUT, "output is too large to be checked against the output_schema");
    }
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

  private static long parts(JsonNode node) {
    long sum = 1;
    for (JsonNode child : node) {
      sum += parts(child);
    }
    return sum;
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), 200));
  }
}
