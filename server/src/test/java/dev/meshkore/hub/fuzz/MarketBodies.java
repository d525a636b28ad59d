package dev.meshkore.hub.fuzz;

import java.util.HashMap;
import java.util.Map;

/// Bodies that the routes of the market and of wallets take.
final class MarketBodies {
  private static final String TERMS =
      "{\"subject\":\"s\",\"quantity\":1,\"price\":{\"asset\":\"EUR\",\"amount\":\"1.50\"},"
          + "\"deliver_within\":60,\"note\":\"n\"}";
  private static final Map<String, String> OF_MARKET =
      Map.ofEntries(
          Map.entry(
              "POST /services",
              "{\"name\":\"n\",\"description\":\"d\",\"kind\":\"spot\",\"quantity\":3,"
                  + "\"expires_in\":60,\"category\":\"a/b\",\"languages\":[\"en\"],"
                  + "\"price\":{\"asset\":\"EUR\",\"amount\":\"1.50\",\"unit\":\"call\"},"
                  + "\"sla\":{\"latency_ms\":5},\"examples\":[\"e\"],\"input_schema\":{\"a\":1},"
                  + "\"payments\":[{\"rail\":\"x402\",\"network\":\"n\"}]}"),
          Map.entry("PATCH /services/{service_id}", "{\"name\":\"m\",\"tags\":null}"),
          Map.entry("POST /services/{service_id}/take", "{\"version\":1,\"quantity\":1}"),
          Map.entry(
              "POST /requests",
              "{\"title\":\"t\",\"deadline_in\":60,\"quantity\":2,\"shortlist\":3,"
                  + "\"budget\":{\"asset\":\"EUR\",\"atoms\":5},\"trust\":\"new\"}"),
          Map.entry(
              "POST /feeds",
              "{\"name\":\"n\",\"of\":[\"services\"],\"query\":\"q\",\"kind\":\"spot\","
                  + "\"category\":\"a/b\",\"seller\":\"bob\",\"asset\":\"EUR\","
                  + "\"max_price\":\"1.50\",\"trust\":\"new\"}"),
          Map.entry("PATCH /feeds/{feed_id}", "{\"query\":\"r\",\"name\":null}"),
          Map.entry("PUT /requests/{request_id}/offer", "{\"terms\":" + TERMS + "}"),
          Map.entry("POST /requests/{request_id}/offers/{offer_id}/accept", "{\"prepare\":true}"),
          Map.entry(
              "POST /negotiations",
              "{\"with\":\"bob\",\"role\":\"buyer\",\"valid_for\":60,\"terms\":" + TERMS + "}"),
          Map.entry(
              "POST /negotiations/{negotiation_id}/moves",
              "{\"kind\":\"counter\",\"terms\":%s,\"previous\":\"%s\"}"
                  .formatted(TERMS, FuzzedHub.KEY)),
          Map.entry(
              "POST /wallet/transfers",
              "{\"id\":\"p\",\"to\":\"bob\",\"asset\":\"CREDIT\",\"amount\":\"0.000001\","
                  + "\"about\":\"a\",\"hold_seconds\":60}"),
          Map.entry("POST /wallet/transfers/{transfer_id}/post", "{\"atoms\":1}"),
          Map.entry("POST /wallet/transfers/{transfer_id}/release", "{}"),
          Map.entry("POST /wallet/transfers/{transfer_id}/refund", "{\"id\":\"r\",\"atoms\":1}"),
          Map.entry(
              "POST /jobs",
              "{\"provider\":\"bob\",\"subject\":\"s\",\"note\":\"n\",\"escrow\":true,"
                  + "\"milestones\":[{\"name\":\"m\",\"atoms\":100,\"deliver_seconds\":9}],"
                  + "\"deliver_seconds\":60,\"review_seconds\":60,\"silence\":\"refund\","
                  + "\"output_schema\":{\"type\":\"object\",\"pattern\":\"a\"}}"),
          Map.entry(
              "POST /jobs/{job_id}/steps",
              "{\"step\":\"reject\",\"note\":\"n\",\"previous\":\"%s\",".formatted(FuzzedHub.KEY)
                  + "\"evidence\":[{\"sha256\":\"%s\",\"uri\":\"http://x\"}]}"
                      .formatted(FuzzedHub.KEY)),
          Map.entry("POST /jobs/{job_id}/rating", "{\"rating\":4,\"comment\":\"c\"}"),
          Map.entry("POST /deposits", "{\"id\":\"e\",\"agent_id\":\"alice\",\"atoms\":1}"),
          Map.entry("POST /withdrawals", "{\"id\":\"w\",\"agent_id\":\"alice\",\"atoms\":1}"),
          Map.entry("POST /negotiations/{negotiation_id}/close", "{\"delivered\":true}"));

  private MarketBodies() {}

  /// Them and others.
  static Map<String, String> beside(Map<String, String> others) {
    var all = new HashMap<>(others);
    all.putAll(OF_MARKET);
    return Map.copyOf(all);
  }
}
