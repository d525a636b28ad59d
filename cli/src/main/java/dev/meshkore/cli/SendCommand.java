package dev.meshkore.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Sends one message.
@Command(name = "send", description = "Send a message to an agent or a channel.")
final class SendCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final AgentOptions sender = new AgentOptions();

  @Parameters(index = "0", paramLabel = "TO", description = "The agent, or #channel.")
  String to = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TEXT",
      description = "The text; '-' reads it from standard input.")
  @Nullable String text;

  @Option(
      names = "--payload",
      paramLabel = "JSON",
      description = "Any JSON instead of a text; '-' reads it from standard input.")
  @Nullable String payload;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Your id for the message: sent again, it is accepted once.")
  @Nullable String id;

  @Option(names = "--thread", paramLabel = "ID", description = "The conversation it belongs to.")
  @Nullable String thread;

  @Option(names = "--reply-to", paramLabel = "ID", description = "The message it answers.")
  @Nullable String replyTo;

  @Option(
      names = "--expires-in",
      paramLabel = "SECONDS",
      description = "Not handed over after so many seconds.")
  @Nullable Integer expiresIn;

  SendCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var message = Json.object();
    var path = "/send";
    if (to.startsWith("#")) {
      path = "/channels/" + Query.value(to.substring(1)) + "/send";
    } else {
      message.put("to", to);
    }
    message.set("payload", content());
    if (id != null) {
      message.put("id", id);
    }
    if (thread != null) {
      message.put("thread", thread);
    }
    if (replyTo != null) {
      message.put("reply_to", replyTo);
    }
    if (expiresIn != null) {
      message.put("expires_in", expiresIn);
    }
    try (var client = sender.client(here)) {
      var answer = client.post(path, message);
      here.out().println(common.json ? Json.line(answer) : summary(answer));
    }
    return Exit.OK.code();
  }

  private String summary(JsonNode answer) {
    if (answer.has("approval_id")) {
      return "It waits for a person: " + Json.text(answer, "approval_id");
    }
    var line =
        here.green(Json.text(answer, "state")) + "  " + Json.text(answer, "id") + "  to " + to;
    return answer.has("sequence")
        ? line + ", number " + answer.path("sequence").asString() + " in its inbox"
        : line + ", " + answer.path("recipients").asString() + " recipients";
  }

  private JsonNode content() {
    var givenText = text;
    var givenPayload = payload;
    if ((givenText == null) == (givenPayload == null)) {
      throw new CommandFailed(
          Exit.USER,
          givenText == null ? "There is nothing to send" : "Both a text and --payload are given",
          "",
          "Give one of them: meshkore send bob 'hello', or --payload '{\"text\":\"hello\"}'.");
    }
    if (givenText != null) {
      var read = givenText.equals("-") ? Input.all(here) : givenText;
      return Json.object().put("text", read);
    }
    try {
      return Json.read("-".equals(givenPayload) ? Input.all(here) : String.valueOf(givenPayload));
    } catch (Json.Unreadable e) {
      throw new CommandFailed(
          Exit.USER,
          "The payload is not JSON",
          String.valueOf(e.getMessage()),
          "Give a plain text as the second argument, or valid JSON to --payload.");
    }
  }
}
