package dev.meshkore.hub.x402;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import org.erdtman.jcs.JsonCanonicalizer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Checks what `GET /x402/payments/{transfer_id}/proof` answers, from the words of the protocol's
/// document alone: it shares nothing with the hub that made it.
final class SumTreeReader {
  private static final JsonMapper JSON = new JsonMapper();
  private static final BigInteger SUM_MAX = BigInteger.TWO.pow(63).subtract(BigInteger.ONE);

  private SumTreeReader() {}

  /// Nothing where the proof holds, else what is wrong with it.
  static String fault(JsonNode proof, JsonNode hubKeys) {
    try {
      return isSigned((ObjectNode) proof.get("statement"), hubKeys)
          ? wayFault(proof)
          : "not signed by the hub";
    } catch (GeneralSecurityException | IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static String wayFault(JsonNode proof) throws IOException {
    JsonNode leaf = proof.get("leaf");
    JsonNode statement = proof.get("statement");
    byte[] hash = sha256(new byte[] {0}, canonical(leaf));
    BigInteger sum = BigInteger.valueOf(leaf.get("atoms").longValue());
    long index = leaf.get("position").longValue();
    long last = statement.get("count").longValue() - 1;
    if (sum.signum() <= 0 || index < 0 || index > last) {
      return "no such leaf";
    }
    for (JsonNode step : proof.get("path")) {
      if (last == 0) {
        return "the path is too long";
      }
      byte[] other = HexFormat.of().parseHex(step.get("hash").stringValue());
      BigInteger beside = new BigInteger(step.get("sum_atoms").stringValue());
      if (beside.signum() < 0) {
        return "a sum is below nothing";
      }
      boolean isLeft = index % 2 == 1 || index == last;
      if (isLeft != step.get("side").stringValue().equals("left")) {
        return "a step is on the wrong side";
      }
      hash =
          isLeft
              ? sha256(new byte[] {1}, other, eight(beside), hash, eight(sum))
              : sha256(new byte[] {1}, hash, eight(sum), other, eight(beside));
      sum = sum.add(beside);
      if (sum.compareTo(SUM_MAX) > 0) {
        return "a sum is too large";
      }
      while (isLeft && index % 2 == 0 && index != 0) {
        index /= 2;
        last /= 2;
      }
      index /= 2;
      last /= 2;
    }
    if (last != 0) {
      return "the path is too short";
    }
    if (!HexFormat.of().formatHex(hash).equals(statement.get("root").stringValue())) {
      return "another root";
    }
    return sum.toString().equals(statement.get("sum_atoms").stringValue()) ? "" : "another sum";
  }

  private static boolean isSigned(ObjectNode statement, JsonNode hubKeys)
      throws GeneralSecurityException, IOException {
    ObjectNode said = statement.deepCopy();
    JsonNode proof = said.remove("hub_signature");
    String header = proof.get("protected").stringValue();
    JsonNode head = JSON.readTree(Base64.getUrlDecoder().decode(header));
    for (JsonNode key : hubKeys.get("keys")) {
      if (key.get("kid").equals(head.get("kid"))) {
        Signature check = Signature.getInstance("Ed25519");
        check.initVerify(key(Base64.getUrlDecoder().decode(key.get("x").stringValue())));
        String payload = Base64.getUrlEncoder().withoutPadding().encodeToString(canonical(said));
        check.update((header + "." + payload).getBytes(StandardCharsets.US_ASCII));
        return check.verify(Base64.getUrlDecoder().decode(proof.get("signature").stringValue()));
      }
    }
    return false;
  }

  private static PublicKey key(byte[] raw) throws GeneralSecurityException {
    byte[] y = new byte[raw.length];
    for (int i = 0; i < raw.length; i++) {
      y[i] = raw[raw.length - 1 - i];
    }
    boolean isOdd = (y[0] & 0x80) != 0;
    y[0] &= 0x7f;
    var point = new EdECPoint(isOdd, new BigInteger(1, y));
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
  }

  private static byte[] canonical(JsonNode json) throws IOException {
    return new JsonCanonicalizer(json.toString()).getEncodedUTF8();
  }

  private static byte[] eight(BigInteger number) {
    byte[] eight = new byte[8];
    for (int i = 0; i < 8; i++) {
      eight[7 - i] = number.shiftRight(8 * i).byteValue();
    }
    return eight;
  }

  private static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }
}
