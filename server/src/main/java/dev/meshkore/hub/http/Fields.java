package dev.meshkore.hub.http;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/// The members of a JSON object that a client sent, read by name and checked. After all were read,
/// [#end] refuses what is left, so that a misspelt member is noticed.
public final class Fields {
  private final JsonNode object;
  private final Set<String> read = new HashSet<>();

  private Fields(JsonNode object) {
    this.object = object;
  }

  /// Reads one JSON object.
  ///
  /// @throws Refused when the bytes are none
  public static Fields read(byte[] json) {
    if (!Utf8.isJsonText(json)) {
      throw new Refused(ProblemType.MALFORMED_JSON, "The body is not valid UTF-8");
    }
    try {
      JsonNode node = Json.tree(json);
      if (!node.isObject()) {
        throw new Refused(ProblemType.MALFORMED_JSON, "The body must be one JSON object");
      }
      return new Fields(node);
    } catch (StreamConstraintsException _) {
      throw new Refused(ProblemType.MALFORMED_JSON, "The body nests too deep or holds too much");
    } catch (JacksonException failure) {
      throw malformed(failure);
    }
  }

  /// The refusal for JSON that cannot be read, with the place where reading stopped.
  public static Refused malformed(JacksonException failure) {
    long at = failure.getLocation() == null ? -1 : failure.getLocation().getByteOffset();
    String place = at < 0 ? "" : " near byte " + at;
    return new Refused(ProblemType.MALFORMED_JSON, "Reading stopped" + place);
  }

  /// Whether a member is there.
  public boolean has(String name) {
    return member(name).isPresent();
  }

  /// Text that must be there.
  public String text(String name) {
    return optionalText(name)
        .orElseThrow(() -> Refused.field(name, name + " is required and must be text"));
  }

  /// Text that may be absent.
  public Optional<String> optionalText(String name) {
    return member(name)
        .map(node -> {
          if (!node.isString()) {
            throw Refused.field(name, name + " must be text");
          }
          return Utf8.text(name, node.stringValue());
        });
  }

  /// A whole number within bounds that may be absent.
  public long number(String name, long otherwise, long least, long most) {
    return member(name)
        .map(node -> {
          if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw outOfBounds(name, least, most);
          }
          long value = node.longValue();
          if (value < least || value > most) {
            throw outOfBounds(name, least, most);
          }
          return value;
        })
        .orElse(otherwise);
  }

  /// A whole number within bounds that must be there.
  public long number(String name, long least, long most) {
    if (member(name).isEmpty()) {
      throw Refused.field(name, name + " is required");
    }
    return number(name, least, least, most);
  }

  /// True or false that may be absent.
  public boolean flag(String name, boolean otherwise) {
    return member(name)
        .map(node -> {
          if (!node.isBoolean()) {
            throw Refused.field(name, name + " must be true or false");
          }
          return node.booleanValue();
        })
        .orElse(otherwise);
  }

  /// A list of texts that may be absent.
  public Optional<List<String>> texts(String name) {
    return member(name)
        .map(node -> {
          if (!node.isArray()) {
            throw Refused.field(name, name + " must be a list of texts");
          }
          var texts = new ArrayList<String>();
          for (JsonNode item : node) {
            if (!item.isString()) {
              throw Refused.field(name, name + " must be a list of texts");
            }
            texts.add(Utf8.text(name, item.stringValue()));
          }
          return texts;
        });
  }

  /// An object that may be absent; whoever reads it refuses what is left in it, too.
  public Optional<Fields> object(String name) {
    return member(name)
        .map(node -> {
          if (!node.isObject()) {
            throw Refused.field(name, name + " must be an object");
          }
          return new Fields(node);
        });
  }

  /// A list of objects that may be absent.
  public List<Fields> objects(String name) {
    var objects = new ArrayList<Fields>();
    member(name)
        .ifPresent(node -> {
          for (JsonNode item : node) {
            if (!node.isArray() || !item.isObject()) {
              throw Refused.field(name, name + " must be a list of objects");
            }
            objects.add(new Fields(item));
          }
          if (!node.isArray()) {
            throw Refused.field(name, name + " must be a list of objects");
          }
        });
    return objects;
  }

  /// Refuses members that nobody read.
  public void end() {
    for (String name : object.propertyNames()) {
      if (!read.contains(name)) {
        throw Refused.field(name, "There is no field of this name here");
      }
    }
  }

  private Optional<JsonNode> member(String name) {
    read.add(name);
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  private static Refused outOfBounds(String name, long least, long most) {
    return Refused.field(name, name + " must be a whole number from " + least + " to " + most);
  }
}
