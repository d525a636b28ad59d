package dev.meshkore.hub.keys;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The older proof of the Agent Network Protocol, in one header: `Authorization: DIDWba v="1.1",
/// did="…", nonce="…", timestamp="…", verification_method="…", signature="…"`. It is signed for a
/// service and a time, and says nothing of the request it comes with.
public final class DidWbaHeader {
  private static final List<String> NAMES =
      List.of("v", "did", "nonce", "timestamp", "verification_method", "signature");

  /// Nothing that JSON would escape, so that the canonical form is the text itself.
  private static final Pattern TEXT = Pattern.compile("[ !#-\\[\\]-~]{1,512}");

  private static final Pattern VERSION = Pattern.compile("1\\.[0-9]");
  private static final String BEFORE_AUDIENCES = "1.0";
  private static final int SIGNATURE_BYTES = 64;

  private final Map<String, String> values;
  private final Instant timestamp;
  private final byte[] signature;

  private DidWbaHeader(Map<String, String> values, Instant timestamp, byte[] signature) {
    this.values = values;
    this.timestamp = timestamp;
    this.signature = signature;
  }

  /// Reads what comes after the name of the scheme.
  ///
  /// @throws BadSignature when it is anything but each member once
  public static DidWbaHeader read(String text) {
    var scan = new FieldScanner(text);
    var values = new LinkedHashMap<String, String>();
    do {
      scan.spaces();
      String name = scan.key();
      scan.expect('=');
      String value = scan.quoted();
      if (!NAMES.contains(name) || !TEXT.matcher(value).matches()) {
        throw new BadSignature("After DIDWba may come " + String.join(", ", NAMES));
      }
      if (values.put(name, value) != null) {
        throw new BadSignature("After DIDWba comes " + name + " twice");
      }
      scan.spaces();
    } while (scan.skip(','));
    scan.end();
    if (values.size() != NAMES.size()) {
      throw new BadSignature("After DIDWba must come " + String.join(", ", NAMES));
    }
    if (!VERSION.matcher(values.getOrDefault("v", "")).matches()) {
      throw new BadSignature("DIDWba is known in versions 1.0 to 1.9");
    }
    return new DidWbaHeader(
        values,
        timestamp(values.getOrDefault("timestamp", "")),
        signature(values.getOrDefault("signature", "")));
  }

  private static Instant timestamp(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException _) {
      throw new BadSignature("timestamp must be a time in UTC, such as 2026-11-21T14:30:00Z");
    }
  }

  private static byte[] signature(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length == SIGNATURE_BYTES) {
        return bytes;
      }
    } catch (IllegalArgumentException _) {
      // Answered below, like one of another length.
    }
    throw new BadSignature("signature must be 64 bytes in base64url");
  }

  /// Who claims to have signed.
  public String did() {
    return values.getOrDefault("did", "");
  }

  /// The name of the key within the document, as a fragment.
  public String verificationMethod() {
    String name = values.getOrDefault("verification_method", "");
    return name.startsWith("#") ? name.substring(1) : name;
  }

  /// What makes it one of a kind.
  public String nonce() {
    return values.getOrDefault("nonce", "");
  }

  /// When it was made.
  public Instant timestamp() {
    return timestamp;
  }

  /// Whether the signature is this key's, made for a service of this name. What is signed is the
  /// SHA-256 of an object in canonical form (RFC 8785).
  public boolean isBy(Key key, String service) {
    return key.verifies(Digests.sha256(signed(service)), signature);
  }

  private byte[] signed(String service) {
    boolean hasAudience = !values.getOrDefault("v", "").equals(BEFORE_AUDIENCES);
    String first = hasAudience ? "{" + member("aud", service) + "," : "{";
    String last = hasAudience ? "" : member("service", service) + ",";
    String text =
        first
            + member("did", did())
            + ","
            + member("nonce", nonce())
            + ","
            + last
            + member("timestamp", values.getOrDefault("timestamp", ""))
            + "}";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String member(String name, String value) {
    return "\"" + name + "\":\"" + value + "\"";
  }
}
