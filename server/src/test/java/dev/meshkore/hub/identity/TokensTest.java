package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.store.DatabaseUrl;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TokensTest {
  @TempDir static Path folder;
  private static Hub hub;

  @BeforeAll
  static void open() {
    hub = new Hub(new DatabaseUrl.SqliteFile(folder.resolve("tokens.db")), false);
  }

  @AfterAll
  static void close() {
    hub.close();
  }

  @Test
  void aTokenSpeaksForItsAgent() {
    Tokens.Token token = hub.tokens.issue("bob");
    assertThat(hub.tokens.verify(token.value())).isEqualTo("bob");
    assertThat(hub.tokens.verify(token.value())).isEqualTo("bob");
    assertThat(token.value()).hasSizeLessThan(600);
    assertThat(token.toString()).doesNotContain(token.value());
    assertThat(hub.tokens.issue("bob").value()).isNotEqualTo(token.value());
  }

  @Test
  void theseAreMadeAsTheHubMakesThemOrTheTestBelowProvesNothing() {
    assertThat(hub.tokens.verify(signed(header(), claims()))).isEqualTo("bob");
  }

  static Stream<Arguments> malformed() throws GeneralSecurityException {
    var cases = new LinkedHashMap<String, String>();
    String good = signed(header(), claims());
    String body = good.substring(0, good.lastIndexOf('.'));
    String signature = good.substring(good.lastIndexOf('.') + 1);
    cases.put("empty", "");
    cases.put("dots", "..");
    cases.put("one part", "abc");
    cases.put("no signature", body + ".");
    cases.put("a truncated signature", good.substring(0, good.length() - 1));
    cases.put("a longer signature", good + "A");
    cases.put("padding", good + "==");
    cases.put("a fourth part", good + ".AAAA");
    cases.put("a space", good + " ");
    cases.put("zeros for a signature", body + "." + "A".repeat(86));
    cases.put("a signature written otherwise", body + "." + otherSpelling(signature));
    cases.put("another payload", swapPayload(good, claims().replace("bob", "eve")));
    cases.put("1 MB", body + "A".repeat(1_000_000) + "." + signature);
    cases.put("more than 4 KiB", signed(header(), claims().replace("}", long4096() + "}")));
    for (String none : new String[] {"none", "None", "NONE", "nOnE"}) {
      String header = header().replace("EdDSA", none);
      cases.put("alg " + none, part(header) + "." + part(claims()) + ".");
      cases.put("alg " + none + " signed", signed(header, claims()));
    }
    cases.put("HS256 with the public key", hs256(hub.keys.current().rawPublicKey()));
    cases.put("HS256 with the key in DER", hs256(hub.keys.current().publicKey().getEncoded()));
    cases.put("alg ES256", signed(header().replace("EdDSA", "ES256"), claims()));
    cases.put("alg eddsa", signed(header().replace("EdDSA", "eddsa"), claims()));
    cases.put("no alg", signed(header().replace("\"alg\":\"EdDSA\",", ""), claims()));
    cases.put("an unknown kid", signed(withKid("other"), claims()));
    cases.put("a kid that is a path", signed(withKid("../../etc/passwd"), claims()));
    cases.put("a kid that is SQL", signed(withKid("' OR 1=1 --"), claims()));
    cases.put("an empty kid", signed(withKid(""), claims()));
    cases.put("no kid", signed("{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}", claims()));
    SigningKey own = SigningKey.make(hub.random, SettableTime.START);
    String jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}";
    String x = Secrets.base64Url(own.rawPublicKey());
    cases.put(
        "a key of its own", signed(with("jwk", jwk.formatted(x)), claims(), own.privateKey()));
    cases.put("a key of its own, unused", signed(with("jwk", jwk.formatted(x)), claims()));
    cases.put("jku", signed(with("jku", "\"http://evil.test/jwks\""), claims()));
    cases.put("x5u", signed(with("x5u", "\"http://evil.test/x\""), claims()));
    cases.put("crit", signed(with("crit", "[\"exp\"]"), claims()));
    cases.put("crit of b64", signed(with("crit", "[\"b64\"],\"b64\":false"), claims()));
    cases.put("zip", signed(with("zip", "\"DEF\""), claims()));
    cases.put("another's key", signed(header(), claims(), own.privateKey()));
    cases.put("typ JWT", signed(header().replace("at+jwt", "JWT"), claims()));
    cases.put("no typ", signed(header().replace("\"typ\":\"at+jwt\",", ""), claims()));
    cases.put("exp text", signed(header(), withExp("\"1795358000\"")));
    cases.put("exp with a fraction", signed(header(), withExp("1795358000.5")));
    cases.put("exp with an exponent", signed(header(), withExp("1.8e9")));
    cases.put("exp null", signed(header(), withExp("null")));
    cases.put("exp huge", signed(header(), withExp("1" + "0".repeat(40))));
    cases.put("no exp", signed(header(), claims().replace("\"exp\"", "\"xp\"")));
    cases.put("another iss", signed(header(), claims().replace("iss\":\"http", "iss\":\"https")));
    cases.put("another aud", signed(header(), claims().replace("aud\":\"http", "aud\":\"https")));
    cases.put(
        "aud with a slash",
        signed(header(), claims().replace("hub.test\",\"s", "hub.test/\",\"s")));
    cases.put("no sub", signed(header(), claims().replace("\"sub\"", "\"su\"")));
    cases.put("sub admin", signed(header(), claims().replace("\"bob\"", "\"admin\"")));
    cases.put("claims that are a list", signed(header(), "[]"));
    cases.put("claims that are no JSON", signed(header(), "bob"));
    return cases.entrySet().stream()
        .map(one -> Arguments.argumentSet(one.getKey(), one.getValue()));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesEveryOther(String token) {
    for (int i = 0; i < 2; i++) {
      Hub.assertRefused(ProblemType.UNAUTHENTICATED, () -> hub.tokens.verify(token));
    }
  }

  private static String header() {
    return withKid(hub.keys.current().id());
  }

  private static String withKid(String kid) {
    return "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"" + kid + "\"}";
  }

  private static String with(String member, String json) {
    return header().replace("}", ",\"" + member + "\":" + json + "}");
  }

  private static String claims() {
    long now = SettableTime.START.getEpochSecond();
    return
"""
{"iss":"http://hub.test","aud":"http://hub.test","sub":"bob","jti":"j","iat":%d,"exp":%d}\
"""
        .formatted(now, now + 86_400);
  }

  private static String withExp(String json) {
    return claims().replaceFirst("\"exp\":\\d+", "\"exp\":" + json);
  }

  private static String long4096() {
    return ",\"x\":\"" + "a".repeat(4_096) + "\"";
  }

  private static String signed(String header, String claims) {
    return signed(header, claims, hub.keys.current().privateKey());
  }

  private static String signed(String header, String claims, PrivateKey key) {
    try {
      String input = part(header) + "." + part(claims);
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Secrets.base64Url(signature.sign());
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException(cause);
    }
  }

  private static String hs256(byte[] key) throws GeneralSecurityException {
    String input = part(header().replace("EdDSA", "HS256")) + "." + part(claims());
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return input + "." + Secrets.base64Url(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String swapPayload(String token, String claims) {
    String[] parts = token.split("\\.", -1);
    return parts[0] + "." + part(claims) + "." + parts[2];
  }

  /// The same bytes, with other bits in the four that the last character has to spare.
  private static String otherSpelling(String signature) {
    char last = signature.charAt(signature.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char other = alphabet.charAt(alphabet.indexOf(last) + 1);
    String changed = signature.substring(0, signature.length() - 1) + other;
    assertThat(Base64.getUrlDecoder().decode(changed))
        .isEqualTo(Base64.getUrlDecoder().decode(signature));
    return changed;
  }

  private static String part(String json) {
    return Secrets.base64Url(json.getBytes(StandardCharsets.UTF_8));
  }
}
