package dev.meshkore.hub.mcp;

import dev.meshkore.hub.fence.Fence;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What clients may read and keep in view: the inbox, the profile, the channels.
final class HubResources {
  static final String INBOX = "hub://inbox";

  private static final String CHANNEL = "hub://channels/{id}";
  private static final String TEXT = "text/plain";

  private final HubCalls hub;
  private final Resource.Watch mail;
  private final Completer channelIds;

  /// @param mail tells that a caller's inbox grew
  /// @param channelIds completes the id of a channel
  HubResources(HubCalls hub, Resource.Watch mail, Completer channelIds) {
    this.hub = hub;
    this.mail = mail;
    this.channelIds = channelIds;
  }

  List<Resource> all() {
    return List.of(
        new Resource(
            definition(INBOX, "inbox", "Your unread messages; changes when mail comes", TEXT),
            this::inbox,
            mail),
        new Resource(
            definition("hub://profile", "profile", "What you say of yourself", "application/json"),
            call -> {
              ObjectNode profile = done(hub.get(call.caller(), "/profile"));
              return contents(call, "application/json", profile.toString());
            },
            Resource.NEVER),
        new Resource(
            definition("hub://channels", "channels", "The channels that you can see", TEXT),
            this::channels,
            Resource.NEVER));
  }

  List<ResourceTemplate> templates() {
    ObjectNode definition =
        definition(CHANNEL, "channel", "A channel and its newest messages", TEXT);
    definition.set("uriTemplate", definition.remove("uri"));
    return List.of(new ResourceTemplate(definition, this::channel, channelIds));
  }

  private McpResult inbox(McpCall call) {
    ObjectNode page = done(hub.get(call.caller(), "/messages?limit=100"));
    return contents(
        call, TEXT, Fence.messages(Shown.list(page.path("messages")), Shown.CHARS_DEFAULT));
  }

  private McpResult channels(McpCall call) {
    ObjectNode page = done(hub.get(call.caller(), "/channels?limit=200"));
    List<String> lines =
        Shown.list(page.path("channels")).stream().map(ChannelTools::line).toList();
    String text =
        lines.isEmpty()
            ? "There are no channels."
            : Fence.text("channels", String.join("\n", lines), Shown.CHARS_DEFAULT);
    return contents(call, TEXT, text);
  }

  private McpResult channel(McpCall call) {
    String path = "/channels/" + HubCalls.segment(call.arguments().path("id").asString(""));
    ObjectNode channel = done(hub.get(call.caller(), path));
    String text = Fence.text("a channel", ChannelTools.line(channel), Shown.CHARS_DEFAULT);
    if (channel.has("role") && !channel.path("role").isNull()) {
      ObjectNode page = done(hub.get(call.caller(), path + "/history?limit=20"));
      text += Fence.messages(Shown.list(page.path("messages")), Shown.CHARS_DEFAULT);
    }
    return contents(call, TEXT, text);
  }

  private static ObjectNode definition(String uri, String name, String description, String type) {
    return McpJson.object()
        .put("uri", uri)
        .put("name", name)
        .put("description", description)
        .put("mimeType", type);
  }

  private static McpResult contents(McpCall call, String type, String text) {
    ObjectNode members = McpJson.object();
    ObjectNode content = members.putArray("contents").addObject();
    content.set("uri", call.arguments().get("uri"));
    content.put("mimeType", type).put("text", text);
    return new McpResult.Complete(members);
  }

  /// What a route answered, or its refusal again.
  static ObjectNode done(HubCalls.Reply reply) {
    ObjectNode json = reply.json();
    if (reply.isDone()) {
      return json;
    }
    String slug = json.path("type").asString("").replaceFirst("^/problems/", "");
    Optional<ProblemType> type = ProblemType.of(slug);
    throw new Refused(type.orElse(ProblemType.BUSY), json.path("detail").asString(""));
  }
}
