package dev.meshkore.hub.courier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Hub;
import dev.meshkore.hub.HubConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class CourierRestartTest {
  @TempDir private Path data;

  private Hub open() throws Exception {
    Map<String, String> settings =
        Map.of("port", "0", "data", data.toString(), "outbound-private", "true");
    return Hub.open(HubConfig.read(settings, Map.of()));
  }

  @Test
  void whatWaitedGoesOutAfterwards() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Mail alice;
    try (Hub hub = open()) {
      alice = Mail.join(hub.newInvite("test"), "alice");
      alice.send("http://127.0.0.1:" + port + "/agent", "hello", "{\"id\":\"k1\"}");
    }
    try (OutsideAgent outside = OutsideAgent.start(port, true, true);
        Hub hub = open()) {
      Mail again = alice.at(hub.url());
      List<JsonNode> answers = again.readUntil(Mail.inState("completed"));
      assertThat(answers).allMatch(one -> one.path("reply_to").asString("").equals("k1"));
      assertThat(outside.messages()).hasSize(1);
    }
  }

  @Test
  void whatWasTakenIsNotSentAgainAndItsEndIsHeard() throws Exception {
    try (OutsideAgent outside = OutsideAgent.start()) {
      Mail alice;
      try (Hub hub = open()) {
        alice = Mail.join(hub.newInvite("test"), "alice");
        alice.send(outside.url(), "wait", "{\"id\":\"k1\"}");
        alice.readUntil(Mail.inState("working"));
      }
      try (Hub hub = open()) {
        Mail again = alice.at(hub.url());
        outside.finish();
        List<JsonNode> answers = again.readUntil(Mail.inState("completed"));
        assertThat(answers).hasSizeLessThanOrEqualTo(2);
        again.send(outside.url(), "chat", "{}");
        assertThat(again.readUntil(Mail.saying("chatting"))).hasSize(1);
        assertThat(outside.messages()).hasSize(2);
      }
    }
  }
}
