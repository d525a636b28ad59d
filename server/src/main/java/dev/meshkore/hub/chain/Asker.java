package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.SignedPayment;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Who asks for a payment to be settled, as far as a request tells. What is signed is in the
/// transaction, for everybody to read before it is in a block; so whoever asks again must say the
/// same around it.
///
/// @param mark a hash of all that the request says
/// @param isSecret whether it says something that nobody finds on the chain
/// @param seat this one request, among all
record Asker(String mark, boolean isSecret, String seat) {
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_-]{16,128}");
  private static final int SEAT_BYTES = 16;
  private static final JsonMapper IN_ORDER =
      JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

  /// Whoever asks this.
  static Asker of(SignedPayment payment, Requirements requirements, RandomGenerator random) {
    ObjectNode words = Json.object();
    words.put("version", payment.version());
    words.put("scheme", payment.scheme());
    words.put("network", payment.network());
    words.put("call", TokenCalls.move(payment.authorization(), payment.signature()));
    words.set("extensions", payment.extensions());
    words.set("requirements", requirements.json());
    return of(words, payment.extensions(), random);
  }

  /// The one owner of a payment: nobody who asks the facilitator can say this.
  static Asker ofOwner(SignedPayment payment, String owner, RandomGenerator random) {
    ObjectNode words = Json.object();
    words.put("call", TokenCalls.move(payment.authorization(), payment.signature()));
    return of(words.put("owner", owner), payment.extensions(), random);
  }

  /// Whoever says these words.
  static Asker of(ObjectNode words, JsonNode extensions, RandomGenerator random) {
    byte[] seat = new byte[SEAT_BYTES];
    random.nextBytes(seat);
    HexFormat hex = HexFormat.of();
    return new Asker(
        hex.formatHex(Keccak.hash(IN_ORDER.writeValueAsBytes(words))),
        hasIdentifier(extensions),
        hex.formatHex(seat));
  }

  /// The id that a buyer gives its payment is between it and the seller.
  private static boolean hasIdentifier(JsonNode extensions) {
    JsonNode id = extensions.path("payment-identifier").path("info").path("id");
    return id.isString() && IDENTIFIER.matcher(id.asString()).matches();
  }
}
