package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One message makes one copy for each member and, for its sender alone, one word of each member
/// and state; what is done again makes nothing more.
final class AmplificationTest {
  private static final int MEMBERS = 20;
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void aChannelsReceiptsGoToTheSenderOnceForEachMemberAndState() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      List<Caller> members = members(hub);
      String ids =
          members.stream().map(one -> "\"" + one.id() + "\"").collect(Collectors.joining(","));
      alice.post(201, "/channels", "{\"channel_id\":\"room\",\"members\":[" + ids + "]}");
      try (TextSocket ofAlice = alice.session();
          TextSocket ofMember = members.getFirst().session()) {
        assertThat(ofAlice.next()).contains("welcome");
        assertThat(ofMember.next()).contains("welcome");
        alice.post(201, "/channels/room/send", "{\"payload\":1}");
        assertThat(ofMember.next()).contains("\"type\":\"message\"");
        members.forEach(AmplificationTest::readAllAgainAndAgain);
        Map<String, Integer> told = told(ofAlice);
        assertThat(told.keySet().stream().filter(one -> one.startsWith("read "))).hasSize(MEMBERS);
        assertThat(told.values()).allMatch(times -> times == 1);
        long version = version(alice);
        members.forEach(AmplificationTest::readAllAgainAndAgain);
        assertThat(version(alice)).isEqualTo(version);
        // A member hears of no receipt: the next that it hears of is a message to itself.
        alice.send(members.getFirst().id(), "after all receipts");
        assertThat(ofMember.next()).contains("after all receipts");
      }
    }
  }

  private static List<Caller> members(TestHub hub) {
    var members = new ArrayList<Caller>();
    for (int i = 0; i < MEMBERS; i++) {
      members.add(Caller.join(hub, "member-" + i));
    }
    return members;
  }

  private static void readAllAgainAndAgain(Caller member) {
    for (int i = 0; i < 5; i++) {
      JsonNode page = member.get(200, "/messages?acknowledge=false");
      assertThat(page.get("head").longValue()).isEqualTo(1);
      member.post(200, "/messages/ack", "{\"sequence\":1}");
      member.post(200, "/messages/ack", "{\"sequence\":0}");
    }
  }

  /// How often each member was named in each state, until all have read.
  private static Map<String, Integer> told(TextSocket socket) {
    var told = new HashMap<String, Integer>();
    long read = 0;
    while (read < MEMBERS) {
      JsonNode frame = JSON.readTree(socket.next());
      assertThat(frame.get("type").stringValue()).isEqualTo("receipt");
      String state = frame.get("state").stringValue();
      for (JsonNode agent : frame.get("agents")) {
        told.merge(state + " " + agent.stringValue(), 1, Integer::sum);
        read += state.equals("read") ? 1 : 0;
      }
    }
    return told;
  }

  private static long version(Caller caller) {
    return caller.get(200, "/receipts?after=0").get("version").longValue();
  }
}
