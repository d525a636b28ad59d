package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Site;
import dev.meshkore.hub.problem.Refused;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A webhook that is told of a task: A2A's TaskPushNotificationConfig. Empty text stands for what
/// was not given.
///
/// @param id its name among those of the task
/// @param url where notifications go
/// @param token sent with each, so that the receiver knows where it comes from
/// @param scheme how the hub authenticates itself there
/// @param credentials by what it does; never logged
record Hook(String id, String url, String token, String scheme, String credentials) {
  private static final int URL_CHARACTERS_MAX = 2_000;
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{0,64}");
  private static final Pattern SECRET = Pattern.compile("[ -~]{0,4000}");

  /// Reads a config and checks that its address may be called.
  ///
  /// @throws Refused when it may not
  static Hook read(JsonNode config, String otherwiseId, OutboundClient outbound) {
    String url =
        Texts.text(config, "url").orElseThrow(() -> Refused.field("url", "url is required"));
    if (url.length() > URL_CHARACTERS_MAX) {
      throw Refused.field("url", "url may have " + URL_CHARACTERS_MAX + " characters");
    }
    try {
      outbound.check(new URI(url));
    } catch (URISyntaxException _) {
      throw Refused.field("url", "url is no address");
    }
    Optional<ObjectNode> authentication = Texts.object(config, "authentication");
    return new Hook(
        Texts.id(config, "id").orElse(otherwiseId),
        url,
        secret(config, "token", SECRET),
        authentication.map(object -> secret(object, "scheme", SCHEME)).orElse(""),
        authentication.map(object -> secret(object, "credentials", SECRET)).orElse(""));
  }

  private static String secret(JsonNode object, String name, Pattern form) {
    String value = Texts.text(object, name).orElse("");
    if (!form.matcher(value).matches()) {
      throw Refused.field(name, name + " holds what no header may hold, or is too long");
    }
    return value;
  }

  /// Whom it belongs to, as far as its address tells.
  String site() {
    return Site.of(URI.create(url));
  }

  /// A2A's object.
  ObjectNode json(String taskId) {
    ObjectNode config = Json.object();
    config.put("id", id);
    config.put("taskId", taskId);
    config.put("url", url);
    if (!token.isEmpty()) {
      config.put("token", token);
    }
    if (!scheme.isEmpty()) {
      ObjectNode authentication = config.putObject("authentication");
      authentication.put("scheme", scheme);
      if (!credentials.isEmpty()) {
        authentication.put("credentials", credentials);
      }
    }
    return config;
  }

  @Override
  public String toString() {
    return "Hook " + id;
  }
}
