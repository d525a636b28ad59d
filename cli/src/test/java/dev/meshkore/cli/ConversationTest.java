package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The commands of agents and operators, against a real hub.
@Timeout(60)
final class ConversationTest {
  @TempDir Path place;

  private @Nullable Hub opened;
  private String url = "";
  private String data = "";

  @BeforeEach
  void start() {
    data = place.resolve("data").toString();
    opened = TestHub.open(place.resolve("data"));
    url = hub().url();
  }

  @AfterEach
  void stop() {
    if (opened != null) {
      opened.close();
    }
  }

  @Test
  void anInviteLetsAnAgentIn() throws Exception {
    var invited = shell().run("invite", "--json", "--url", url, "--data", data, "--label", "bob");
    assertThat(invited.code()).as(invited.err()).isZero();
    var invite = Json.text(invited.json(), "url");
    assertThat(invite).startsWith(url + "/join/");

    var joined = shell().run("join", "--json", invite, "--agent", "bob");

    assertThat(joined.code()).as(joined.err()).isZero();
    assertThat(Json.text(joined.json(), "agent_id")).isEqualTo("bob");
    var file = Path.of(Json.text(joined.json(), "profile"));
    assertThat(file).isEqualTo(place.resolve(".config/meshkore/default.json"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(joined.out())
        .doesNotContain(Json.text(Json.read(Files.readString(file)), "api_key"));
  }

  @Test
  void theInviteInWordsIsItsUrlAlone() {
    var invited = shell().run("invite", "--url", url, "--data", data);

    assertThat(invited.out().strip()).startsWith(url + "/join/").doesNotContain("\n");
  }

  @Test
  void aProfileIsNotReplacedUnasked() {
    join("alice", "default");
    var invite = hub().newInvite("second");

    var again = shell().run("join", invite, "--agent", "bob");

    assertThat(again.code()).isEqualTo(Exit.USER.code());
    assertThat(again.err()).contains("--force");
    assertThat(shell().run("join", invite, "--agent", "bob", "--force").code()).isZero();
  }

  @Test
  void anInviteThatIsUsedUpIsAUserErrorWithItsHelp() throws Exception {
    var invited = shell().run("invite", "--json", "--url", url, "--data", data, "--uses", "1");
    var invite = Json.text(invited.json(), "url");
    assertThat(shell().run("join", invite, "--agent", "bob").code()).isZero();

    var again = shell().run("join", invite, "--agent", "carol", "--profile", "carol");

    assertThat(again.code()).isEqualTo(Exit.USER.code());
    assertThat(again.err()).contains("used as often as it may be", "Ask whoever sent it");
    assertThat(place.resolve(".config/meshkore/carol.json")).doesNotExist();
  }

  @Test
  void aMessageIsSentReadAndGone() throws Exception {
    join("alice", "alice");
    join("bob", "bob");

    var sent = shell().run("send", "--json", "--profile", "alice", "bob", "hello", "--id", "k1");
    var repeated =
        shell().run("send", "--json", "--profile", "alice", "bob", "hello", "--id", "k1");

    assertThat(sent.code()).as(sent.err()).isZero();
    assertThat(Json.text(sent.json(), "state")).isEqualTo("queued");
    assertThat(repeated.json().path("sequence")).isEqualTo(sent.json().path("sequence"));
    var kept = shell().run("inbox", "--json", "--profile", "bob", "--keep");
    var read = shell().run("inbox", "--json", "--profile", "bob");
    assertThat(read.out()).isEqualTo(kept.out());
    assertThat(read.out().lines()).hasSize(1);
    assertThat(read.json().path("payload").path("text").asString()).isEqualTo("hello");
    assertThat(shell().run("inbox", "--profile", "bob").out()).contains("No unread messages");
  }

  @Test
  void whatNobodySawStaysUnread() throws Exception {
    join("alice", "alice");
    join("bob", "bob");
    shell().run("send", "--profile", "alice", "bob", "hello");
    var closed = new PipedOutputStream();

    var code = Meshkore.run(shell().surroundings(closed, System.err), "inbox", "--profile", "bob");

    assertThat(code).isEqualTo(Exit.OTHER.code());
    assertThat(shell().run("inbox", "--profile", "bob").out()).contains("hello");
  }

  @Test
  void aPayloadIsSentAsItIs() throws Exception {
    join("alice", "alice");
    join("bob", "bob");

    var sent =
        shell()
            .typing("{\"n\":[1,2,{\"deep\":null}]}")
            .run("send", "--profile", "alice", "bob", "--payload", "-", "--thread", "t1");

    assertThat(sent.code()).as(sent.err()).isZero();
    var read = shell().run("inbox", "--json", "--profile", "bob").json();
    assertThat(Json.line(read.path("payload"))).isEqualTo("{\"n\":[1,2,{\"deep\":null}]}");
    assertThat(Json.text(read, "thread")).isEqualTo("t1");
  }

  @Test
  void anUnknownRecipientIsTheHubsProblem() throws Exception {
    join("alice", "default");

    var human = shell().run("send", "nobody", "hello");
    var json = shell().run("send", "--json", "nobody", "hello");

    assertThat(human.code()).isEqualTo(Exit.USER.code());
    assertThat(human.err()).contains("There is no such recipient", "GET /agents?status=all");
    assertThat(Json.text(json.problem(), "type")).isEqualTo("/problems/unknown-recipient");
    assertThat(json.problem().path("exit").asInt()).isEqualTo(Exit.USER.code());
  }

  @Test
  void aWrongKeyIsAnAuthError() {
    var key = "mk_" + "x".repeat(43);

    var ended = shell().run("inbox", "--url", url, "--agent", "alice", "--key", key);

    assertThat(ended.code()).isEqualTo(Exit.AUTH.code());
    assertThat(ended.err()).contains("The caller is not known").doesNotContain(key);
  }

  @Test
  void theAgentsAreListed() throws Exception {
    join("alice", "alice");
    join("bob", "bob");

    var all = shell().run("agents", "--json", "--all", "--profile", "alice");
    var table = shell().run("agents", "--all", "--profile", "alice");

    assertThat(all.json().path("agents"))
        .extracting(agent -> Json.text(agent, "agent_id"))
        .containsExactly("alice", "bob");
    assertThat(table.out()).contains("AGENT", "alice", "bob");
  }

  @Test
  void followingShowsMessagesAsTheyComeAndReadsThem() throws Exception {
    join("alice", "alice");
    join("bob", "bob");
    shell().run("send", "--profile", "alice", "bob", "before");

    try (var inbox =
        LiveCommand.start(shell(), "inbox", "--follow", "--json", "--profile", "bob")) {
      assertThat(inbox.line()).contains("before");
      shell().run("send", "--profile", "alice", "bob", "after");
      assertThat(inbox.line()).contains("after");
    }
  }

  @Test
  void tailShowsWhoSendsToWhomButNotWhat() throws Exception {
    join("alice", "alice");
    join("bob", "bob");

    try (var tail =
        LiveCommand.start(shell(), "tail", "--count", "1", "--url", url, "--data", data)) {
      assertThat(tail.note()).contains("Watching");
      shell().run("send", "--profile", "alice", "bob", "secret words", "--id", "k9");
      assertThat(tail.line()).contains("alice", "bob", "k9").doesNotContain("secret");
      assertThat(tail.ended()).isZero();
    }
  }

  @Test
  void tailNeedsTheAdminKey() throws Exception {
    var file = Files.writeString(place.resolve("key"), "mka_" + "y".repeat(43));

    var wrong = shell().run("tail", "--url", url, "--admin-key-file", file.toString());
    var missing = shell().run("tail", "--url", url, "--data", place.resolve("no").toString());

    assertThat(wrong.code()).isEqualTo(Exit.AUTH.code());
    assertThat(missing.code()).isEqualTo(Exit.AUTH.code());
    assertThat(missing.err()).contains("does not exist", "--admin-key-file");
  }

  @Test
  void aHubThatIsNotThereIsANetworkError() {
    join("alice", "default");
    hub().close();
    opened = null;

    var ended = shell().run("send", "bob", "hello");
    var followed = shell().run("inbox", "--follow");

    assertThat(ended.code()).isEqualTo(Exit.NETWORK.code());
    assertThat(ended.err()).contains("cannot be reached", "meshkore up");
    assertThat(followed.code()).isEqualTo(Exit.NETWORK.code());
  }

  private Hub hub() {
    return Objects.requireNonNull(opened);
  }

  private Shell shell() {
    return new Shell(place);
  }

  private void join(String agent, String profile) {
    var ended = shell().run("join", hub().newInvite(agent), "--agent", agent, "--profile", profile);
    assertThat(ended.code()).as(ended.err()).isZero();
  }
}
