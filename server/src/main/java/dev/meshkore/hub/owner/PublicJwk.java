package dev.meshkore.hub.owner;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.Refused;
import java.util.Arrays;
import java.util.HexFormat;

/// A public key as the other side of an SD-JWT writes it, with the one algorithm by which it signs.
sealed interface PublicJwk {
  /// The name of its algorithm.
  String algorithm();

  boolean verifies(byte[] text, byte[] signature);

  /// An Ed25519 key, which signs by EdDSA.
  record Ed25519(Key key) implements PublicJwk {
    @Override
    public String algorithm() {
      return "EdDSA";
    }

    @Override
    public boolean verifies(byte[] text, byte[] signature) {
      return key.verifies(text, signature);
    }
  }

  /// A point of P-256, which signs by ES256.
  record P256(ECKey key) implements PublicJwk {
    private static final int COORDINATE_BYTES = 32;
    private static final int BYTES = 65;

    @Override
    public String algorithm() {
      return "ES256";
    }

    @Override
    public boolean verifies(byte[] text, byte[] signature) {
      try {
        var verifier = new ECDSAVerifier(key);
        var header = new JWSHeader(JWSAlgorithm.ES256);
        return verifier.verify(header, text, Base64URL.encode(signature));
      } catch (JOSEException _) {
        return false;
      }
    }

    /// The point without compression (SEC 1): 4, and both coordinates.
    byte[] bytes() {
      byte[] bytes = new byte[BYTES];
      bytes[0] = 4;
      System.arraycopy(key.getX().decode(), 0, bytes, 1, COORDINATE_BYTES);
      System.arraycopy(key.getY().decode(), 0, bytes, 1 + COORDINATE_BYTES, COORDINATE_BYTES);
      return bytes;
    }

    /// Reads a point without compression.
    static P256 of(String field, byte[] bytes) {
      if (bytes.length != BYTES || bytes[0] != 4) {
        throw wrong(field);
      }
      byte[] x = Arrays.copyOfRange(bytes, 1, 1 + COORDINATE_BYTES);
      byte[] y = Arrays.copyOfRange(bytes, 1 + COORDINATE_BYTES, BYTES);
      return of(field, Secrets.base64Url(x), Secrets.base64Url(y));
    }

    private static P256 of(String field, String x, String y) {
      try {
        // The constructor refuses a point that is not on the curve.
        return new P256(
            new ECKey.Builder(Curve.P_256, coordinate(field, x), coordinate(field, y)).build());
      } catch (IllegalStateException | IllegalArgumentException _) {
        throw wrong(field);
      }
    }

    private static Base64URL coordinate(String field, String text) {
      if (SdJwt.CompactJws.bytes(text).length != COORDINATE_BYTES) {
        throw wrong(field);
      }
      return new Base64URL(text);
    }

    private static Refused wrong(String field) {
      return Refused.field(field, field + " must be a point of P-256");
    }
  }

  /// Reads a JWK.
  ///
  /// @throws Refused when it is of another type, or says what the hub does not understand
  static PublicJwk read(Fields jwk) {
    String type = jwk.text("kty");
    String curve = jwk.text("crv");
    String x = jwk.text("x");
    PublicJwk key =
        switch (type + " " + curve) {
          case "OKP Ed25519" -> {
            String hex = HexFormat.of().formatHex(SdJwt.CompactJws.bytes(x));
            yield new Ed25519(Key.of(KeyType.ED25519, "jwk", hex));
          }
          case "EC P-256" -> P256.of("jwk", x, jwk.text("y"));
          default -> throw Refused.field("jwk", "jwk must be of Ed25519 or P-256");
        };
    jwk.optionalText("kid");
    boolean isForSigning = jwk.optionalText("use").orElse("sig").equals("sig");
    if (!isForSigning || !jwk.optionalText("alg").orElse(key.algorithm()).equals(key.algorithm())) {
      throw Refused.field("jwk", "jwk must be a key that signs by " + key.algorithm());
    }
    jwk.end();
    return key;
  }
}
