import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.sdk.Allowance;
import dev.meshkore.sdk.Budget;
import dev.meshkore.sdk.EvmWallet;
import dev.meshkore.sdk.PaidResponse;
import dev.meshkore.sdk.PayingClient;
import dev.meshkore.sdk.PaymentDeniedException;
import dev.meshkore.sdk.PaymentRefusedException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Buys what it is told to buy, a line of JSON each, and prints a line each: an agent in Java that pays by the SDK.
/// Its secret is in the environment, as BUYER_SECRET. Wishes of the same `budget` share its limits.
public final class Buyer {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, Budget> BUDGETS = new HashMap<>();

  private Buyer() {}

  public static void main(String[] none) throws Exception {
    String secret = System.getenv("BUYER_SECRET").substring(2);
    EvmWallet wallet = EvmWallet.ofSecret(HexFormat.of().parseHex(secret));
    var wishes = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = wishes.readLine(); line != null; line = wishes.readLine()) {
      JsonNode wish = JSON.readTree(line);
      Budget budget =
          BUDGETS.computeIfAbsent(wish.path("budget").asString(), name -> Budget.of(allowance(wish)));
      try (PayingClient client = PayingClient.of(wallet, budget)) {
        System.out.println(JSON.writeValueAsString(bought(client, wish)));
      }
    }
  }

  private static Allowance allowance(JsonNode wish) {
    Allowance allowance =
        Allowance.of(
            wish.path("network").asString(),
            wish.path("asset").asString(),
            wish.path("most").asLong(),
            wish.path("in_all").asLong());
    return wish.has("gateway") ? allowance.through(wish.path("gateway").asString()) : allowance;
  }

  private static ObjectNode bought(PayingClient client, JsonNode wish) {
    ObjectNode said = JSON.createObjectNode();
    var request = HttpRequest.newBuilder(URI.create(wish.path("url").asString()));
    if (wish.has("body")) {
      request.header("Content-Type", "application/json");
      request.POST(BodyPublishers.ofString(wish.path("body").asString()));
    }
    try {
      PaidResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      said.put("status", answer.status());
      said.put("body", answer.body());
      if (answer.payment() != null) {
        said.put("nonce", answer.payment().nonce());
        said.put("identifier", answer.payment().identifier().orElse(""));
      }
      if (answer.settlement() != null) {
        said.put("success", answer.settlement().isDone());
        said.put("transaction", answer.settlement().transaction());
        said.put("payer", answer.settlement().payer());
      }
    } catch (PaymentDeniedException denied) {
      denied.denials().forEach(one -> said.withArray("denied").add(one.limit().toString()));
    } catch (PaymentRefusedException refused) {
      said.put("refused", refused.reason());
      said.put("in_doubt", refused.isInDoubt());
      said.put("nonce", refused.payment().nonce());
    }
    return said;
  }
}
