package dev.meshkore.hub.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// One answer looks at so many entries, whatever it is asked for, and says where to go on.
final class ManyEntriesTest {
  private static final int AGENTS = 1_150;
  private static final int SERVERS = 1_150;

  /// More than one answer looks at.
  private static final int IMPORTS = 10_600;

  /// Adds servers behind the hub's back; the last one by its id is called as no other.
  private static Caller withServers(TestHub hub, int count) {
    Caller asker = Caller.join(hub, "asker");
    hub.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + count
            + ") INSERT INTO import (import_id, kind, importer, source, name, version, description,"
            + " agent_id, marks, signature, document, imported_at, fetched_at)"
            + " SELECT 'imp_000000000000' || (10000000 + i), 'mcp-server', number, '',"
            + " 'org.example' || (i % 7) || '/' || CASE WHEN i = "
            + count
            + " THEN 'zanzibar' ELSE 'tides' END, '1', 'Tables', '', '', 'none', '{}', 1, 1"
            + " FROM agent, n WHERE agent_id = 'asker'");
    return asker;
  }

  private static String last(int count) {
    return "imp_000000000000" + (10_000_000 + count);
  }

  @Test
  void importsAreLookedThroughAPartAtATime() {
    TestHub.onEach(hub -> {
      Caller asker = withServers(hub, IMPORTS);
      for (String filter : List.of("q=zanzibar", "kind=a2a-agent", "q=unsaid")) {
        JsonNode page = asker.get(200, "/imports?" + filter);
        assertThat(page.get("imports")).as(filter).isEmpty();
        assertThat(page.get("next").stringValue()).as(filter).isEqualTo(last(10_000));
        page = asker.get(200, "/imports?" + filter + "&cursor=" + last(10_000));
        assertThat(page.get("next").isNull()).as(filter).isTrue();
        assertThat(page.get("imports")).as(filter).hasSize(filter.endsWith("zanzibar") ? 1 : 0);
      }
      for (String bad : List.of("%00", "x", "imp_", "imp_%ED%A0%80", "imp_" + "F".repeat(20))) {
        asker.get(400, "/imports?cursor=" + bad);
      }
    });
  }

  @Test
  void aSearchLooksThroughAPartOfTheServersAndGoesOnByItsToken() {
    TestHub.onEach(hub -> {
      Caller asker = withServers(hub, IMPORTS);
      String query = "{\"query\":{\"text\":\"zanzibar\"}";
      JsonNode first = asker.post(200, "/ard/search", query + "}");
      assertThat(first.get("results").toString()).doesNotContain("zanzibar");
      String token = first.get("pageToken").stringValue();
      assertThat(token).endsWith(last(10_000));
      JsonNode second = asker.post(200, "/ard/search", query + ",\"pageToken\":\"" + token + "\"}");
      assertThat(second.get("results")).hasSize(1);
      assertThat(second.at("/results/0/displayName").stringValue()).endsWith("/zanzibar");
      assertThat(second.has("pageToken")).isFalse();
      // The best hundred of a part come in pages, and then the next part.
      String all = "{\"query\":{\"text\":\"tides\"},\"pageSize\":100";
      String next = ",\"pageToken\":\"0\"";
      var sizes = new ArrayList<Integer>();
      while (!next.isEmpty()) {
        JsonNode page = asker.post(200, "/ard/search", all + next + "}");
        sizes.add(page.get("results").size());
        next = page.has("pageToken") ? ",\"pageToken\":" + page.get("pageToken") : "";
        assertThat(sizes).hasSizeLessThan(5);
      }
      assertThat(sizes).containsExactly(100, 100);
      for (String bad : List.of("-1", "0~", "0~imp_x", "1234567", "~" + last(1))) {
        asker.post(400, "/ard/search", query + ",\"pageToken\":\"" + bad + "\"}");
      }
    });
  }

  @Test
  void theListIsWalkedToItsEndInEitherOrder() {
    TestHub.onEach(hub -> {
      Caller asker = withServers(hub, SERVERS);
      joined(hub, AGENTS - 1);
      for (String order : List.of("identifier", "displayName")) {
        String by = "/ard/agents?pageSize=97&orderBy=" + order;
        List<JsonNode> all = walked(asker, by, "");
        assertThat(all)
            .extracting(one -> one.get("identifier").stringValue())
            .doesNotHaveDuplicates()
            .hasSize(AGENTS + SERVERS);
        assertThat(all)
            .as(order)
            .isSortedAccordingTo(Comparator.comparing(one -> one.get(order).stringValue()));
      }
    });
  }

  @Test
  void whoeverJoinsMeanwhileMovesNobodyElse() {
    TestHub.onEach(hub -> {
      Caller asker = Caller.join(hub, "m");
      joined(hub, 230);
      String list = "/ard/agents?pageSize=100&filter=metadata.outside%3Dfalse";
      JsonNode first = asker.get(200, list);
      // All before those that were shown, and so many that they fill a page.
      for (int i = 0; i < 120; i++) {
        Caller.join(hub, "a" + i);
      }
      String token = first.get("pageToken").stringValue();
      List<JsonNode> all = new ArrayList<>(first.get("items").valueStream().toList());
      all.addAll(walked(asker, list, "&pageToken=" + token));
      assertThat(all)
          .extracting(one -> one.get("displayName").stringValue())
          .hasSize(231)
          .doesNotHaveDuplicates()
          .noneMatch(name -> name.startsWith("a"));
    });
  }

  @Test
  void whatFitsNothingEndsAfterSoManyEntriesAndGoesOn() {
    TestHub.onEach(hub -> {
      Caller asker = withServers(hub, 2_100);
      String list = "/ard/agents?pageSize=1&filter=description%3Dnothing";
      JsonNode first = asker.get(200, list);
      assertThat(first.get("items")).isEmpty();
      JsonNode second = asker.get(200, list + "&pageToken=" + text(first, "pageToken"));
      assertThat(second.get("items")).isEmpty();
      assertThat(second.has("pageToken")).isFalse();
      assertThat(asker.get(200, "/ard/agents?pageToken=").get("items")).hasSize(20);
      for (String text :
          List.of("x", "\n\n\n", "\n\nimp_x\n", "x\n\n\n", "\nurn:nobody\n\n", "\n\n\n\0")) {
        String bad = Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        int status = text.equals("\n\n\n") ? 200 : 400;
        asker.get(status, list + "&pageToken=" + bad);
      }
      asker.get(400, list + "&pageToken=*");
    });
  }

  @Test
  void facetsSayWhetherEverythingWasCounted() {
    TestHub.onEach(hub -> {
      String body = "{\"resultType\":{\"facets\":[{\"field\":\"type\"}]}}";
      Caller asker = withServers(hub, 999);
      JsonNode all = asker.post(200, "/ard/explore", body);
      assertThat(all.get("complete").booleanValue()).isTrue();
      assertThat(all.at("/facets/type/buckets/0/count").intValue()).isEqualTo(999);
      another(hub, "imp_eeeeeeeeeeeeeeeeeeee");
      assertThat(asker.post(200, "/ard/explore", body).get("complete").booleanValue()).isTrue();
      another(hub, "imp_ffffffffffffffffffff");
      JsonNode some = asker.post(200, "/ard/explore", body);
      assertThat(some.get("complete").booleanValue()).isFalse();
      assertThat(some.at("/facets/type/buckets/0/count").intValue()).isEqualTo(1_000);
    });
  }

  private static void another(TestHub hub, String id) {
    hub.execute(
        "INSERT INTO import SELECT '"
            + id
            + "', kind, importer, source, name, version, description, agent_id, marks, signature,"
            + " document, imported_at, fetched_at FROM import WHERE import_id = '"
            + last(1)
            + "'");
  }

  private static String text(JsonNode node, String member) {
    return node.get(member).stringValue();
  }

  private static List<JsonNode> walked(Caller asker, String list, String token) {
    var all = new ArrayList<JsonNode>();
    String next = token;
    do {
      JsonNode page = asker.get(200, list + next);
      page.get("items").forEach(all::add);
      next = page.has("pageToken") ? "&pageToken=" + text(page, "pageToken") : "";
    } while (!next.isEmpty() && all.size() < 4 * (AGENTS + SERVERS));
    return all;
  }

  private static void joined(TestHub hub, int count) {
    try (ExecutorService threads = Executors.newFixedThreadPool(50)) {
      for (int i = 0; i < count; i++) {
        String id = (i % 2 == 0 ? "m-" : "z-") + i;
        var _ = threads.submit(() -> Caller.join(hub, id));
      }
    }
  }
}
