package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.hub.deeds.Canonical;
import java.net.URI;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An agent that does what binds it. One that has keys signs that: the hub shows a text, and it is
/// signed if it says what was asked for, and nothing else. That is so from the first call on, since
/// what waits for a person is made as it was asked for. Of one without keys the hub has to vouch.
final class Signatory implements AutoCloseable {
  private final HubClient hub;
  private final String agentId;
  private final @Nullable KeyFile keys;

  Signatory(HubClient hub, String agentId, @Nullable KeyFile keys) {
    this.hub = hub;
    this.agentId = agentId;
    this.keys = keys;
  }

  /// The agent of a profile.
  static Signatory of(Surroundings here, String profile) {
    var kept = Profile.load(here, profile);
    return new Signatory(
        new HubClient(kept.hub(), kept.apiKey()), kept.agentId(), KeyFile.of(here, profile));
  }

  /// For all that binds nobody.
  HubClient hub() {
    return hub;
  }

  String agentId() {
    return agentId;
  }

  /// Signs a call and makes it.
  JsonNode post(String path, ObjectNode body, Asked asked) {
    return make("POST", path, signed("POST", path, body, asked));
  }

  /// Signs a call and makes it.
  JsonNode put(String path, ObjectNode body, Asked asked) {
    return make("PUT", path, signed("PUT", path, body, asked));
  }

  /// Makes a call that was signed, where there are keys.
  JsonNode made(String path, ObjectNode signed) {
    return make("POST", path, signed);
  }

  /// The body of a call with its signature, where there are keys; else as it is. Nothing is done at
  /// the hub.
  ObjectNode signed(String path, ObjectNode body, Asked asked) {
    return signed("POST", path, body, asked);
  }

  private ObjectNode signed(String method, String path, ObjectNode body, Asked asked) {
    var file = keys;
    if (file == null || !file.exists()) {
      return body;
    }
    var prepared = hub.change(method, path, body.deepCopy().put("prepare", true));
    var canonical = Json.text(prepared, "canonical");
    var shown = readable(canonical);
    var move = Json.object().put("v", 1).put("hub", name(hub.hub())).put("from", agentId);
    asked.addTo(move, shown);
    check(move, canonical, shown);
    var signed = body.deepCopy();
    signed.setAll(asked.besides(shown));
    var signature = file.open().sign(canonical.getBytes(UTF_8));
    return signed.put("signature", HexFormat.of().formatHex(signature));
  }

  @Override
  public void close() {
    hub.close();
  }

  /// As the hub names itself: it is part of what is signed, so that nothing that is signed here
  /// counts elsewhere.
  private static String name(URI hub) {
    return hub.toString().replaceFirst("/+$", "");
  }

  private static JsonNode readable(String canonical) {
    try {
      return Json.read(canonical);
    } catch (Json.Unreadable e) {
      throw other(List.of("it is not JSON"));
    }
  }

  /// The bytes must be those that would have been written here: then nothing is hidden in them.
  private static void check(ObjectNode asked, String canonical, JsonNode shown) {
    var expected = Canonical.text(asked);
    if (expected.equals(canonical)) {
      return;
    }
    var hub = Json.text(shown, "hub");
    if (!hub.isEmpty() && !hub.equals(Json.text(asked, "hub"))) {
      throw new CommandFailed(
          Exit.OTHER,
          "The hub names itself otherwise than the profile",
          MessageText.clean(hub) + ", and not " + Json.text(asked, "hub"),
          "Nothing was signed. If it is the same hub, correct `url` in the profile.");
    }
    throw other(differences("", readable(expected), shown));
  }

  private static List<String> differences(String path, JsonNode asked, JsonNode shown) {
    var names = new LinkedHashSet<>(asked.propertyNames());
    names.addAll(shown.propertyNames());
    var different = new ArrayList<String>();
    for (var name : names) {
      var one = asked.path(name);
      var other = shown.path(name);
      if (one.isObject() && other.isObject()) {
        different.addAll(differences(path + name + ".", one, other));
      } else if (!one.equals(other)) {
        different.add(path + name);
      }
    }
    return different;
  }

  private static CommandFailed other(List<String> different) {
    return new CommandFailed(
        Exit.OTHER,
        "The hub asks to sign something else than was asked for",
        different.isEmpty()
            ? "Its form differs"
            : "It differs in " + MessageText.clean(String.join(", ", different)),
        "Nothing was signed. Update the command line if the hub is newer; else ask its operator.");
  }

  private JsonNode make(String method, String path, ObjectNode signed) {
    try {
      return hub.change(method, path, signed);
    } catch (CommandFailed refused) {
      var file = keys;
      if (refused.is("move-unsigned")) {
        throw refused.explained(
            "The hub knows a key of this agent, and it is not here", withoutKeys(file));
      }
      var field = Json.text(refused.problem(), "field");
      if (file != null && refused.is("invalid-field") && field.equals("signature")) {
        throw refused.explained(
            "The hub does not know the keys of " + file.path() + " as this agent's",
            file.command("keys") + " shows how they stand; `keys new` binds them.");
      }
      throw refused;
    }
  }

  private static String withoutKeys(@Nullable KeyFile file) {
    return file == null
        ? "Give the --profile that has its keys, without --key."
        : "Copy the seed of its keys to "
            + file.path()
            + " (chmod 600). If it is lost, "
            + file.command("keys new --replace")
            + " binds others.";
  }
}
