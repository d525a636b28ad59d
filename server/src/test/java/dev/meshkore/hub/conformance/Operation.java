package dev.meshkore.hub.conformance;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The operations of the cases, as `openapi.yaml` maps them to requests.
enum Operation {
  REGISTER("POST", "/register"),
  JOIN("POST", "{url}"),
  INVITE("GET", "{url}"),
  CREATE_INVITE("POST", "/invites"),
  SEND("POST", "/send"),
  MESSAGES("GET", "/messages"),
  ACK("POST", "/messages/ack"),
  HISTORY("GET", "/history/{peer}"),
  RECEIPTS("GET", "/receipts"),
  RECEIPT("GET", "/receipts/{message_id}"),
  AGENTS("GET", "/agents"),
  AGENT("GET", "/agents/{agent_id}"),
  PROFILE("GET", "/profile"),
  UPDATE_PROFILE("PATCH", "/profile"),
  CREATE_CHANNEL("POST", "/channels"),
  CHANNELS("GET", "/channels"),
  CHANNEL("GET", "/channels/{channel_id}"),
  JOIN_CHANNEL("POST", "/channels/{channel_id}/join"),
  LEAVE_CHANNEL("POST", "/channels/{channel_id}/leave"),
  ADD_MEMBER("POST", "/channels/{channel_id}/members"),
  REMOVE_MEMBER("DELETE", "/channels/{channel_id}/members/{agent_id}"),
  SET_ROLE("PUT", "/channels/{channel_id}/members/{agent_id}"),
  CHANNEL_SEND("POST", "/channels/{channel_id}/send"),
  CHANNEL_HISTORY("GET", "/channels/{channel_id}/history"),
  DISCOVER("POST", "/discover"),
  PUBLISH_SERVICE("POST", "/services"),
  SERVICES("GET", "/services"),
  SERVICE("GET", "/services/{service_id}"),
  WITHDRAW_SERVICE("DELETE", "/services/{service_id}"),
  WALLET("GET", "/wallet"),
  PAY("POST", "/wallet/transfers"),
  TRANSFERS("GET", "/wallet/transfers"),
  STATEMENT("GET", "/wallet/statement"),
  TRANSFER("GET", "/wallet/transfers/{transfer_id}"),
  POST_TRANSFER("POST", "/wallet/transfers/{transfer_id}/post"),
  RELEASE_TRANSFER("POST", "/wallet/transfers/{transfer_id}/release"),
  REFUND_TRANSFER("POST", "/wallet/transfers/{transfer_id}/refund"),
  DEPOSIT("POST", "/deposits"),
  MAKE_FEED("POST", "/feeds"),
  FEEDS("GET", "/feeds"),
  CHANGE_FEED("PATCH", "/feeds/{feed_id}"),
  DELETE_FEED("DELETE", "/feeds/{feed_id}");

  private final String method;
  private final String path;

  Operation(String method, String path) {
    this.method = method;
    this.path = path;
  }

  static Operation of(String name) {
    return Arrays.stream(values())
        .filter(it -> it.operationId().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("There is no operation " + name));
  }

  /// The name, as in the cases and in `openapi.yaml`.
  String operationId() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The request: arguments that the path names go there, those of a GET to the query, the others
  /// are the body.
  Request request(ObjectNode arguments) {
    ObjectNode rest = arguments.deepCopy();
    String target = path;
    if (path.equals("{url}")) {
      target = URI.create(rest.remove("url").stringValue()).getRawPath();
    }
    for (String name : arguments.propertyNames()) {
      if (path.contains("{" + name + "}") && rest.has(name)) {
        target = target.replace("{" + name + "}", encode(rest.remove(name)));
      }
    }
    var headers = new TreeMap<String, String>();
    if (method.equals("GET")) {
      headers.put("Accept", "application/json");
      return new Request(method, target + query(rest), headers, Optional.empty());
    }
    if (takesBody()) {
      headers.put("Content-Type", "application/json");
      return new Request(
          method, target, headers, Optional.of(CaseFile.MAPPER.writeValueAsBytes(rest)));
    }
    return new Request(method, target, headers, Optional.empty());
  }

  private boolean takesBody() {
    return this != JOIN_CHANNEL
        && this != LEAVE_CHANNEL
        && this != REMOVE_MEMBER
        && this != WITHDRAW_SERVICE
        && this != DELETE_FEED;
  }

  static String query(ObjectNode arguments) {
    var query = new StringBuilder();
    for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
      query
          .append(query.isEmpty() ? '?' : '&')
          .append(argument.getKey())
          .append('=')
          .append(encode(argument.getValue()));
    }
    return query.toString();
  }

  private static String encode(JsonNode value) {
    return URLEncoder.encode(value.asString(), StandardCharsets.UTF_8).replace("+", "%20");
  }
}
