package dev.meshkore.hub.testing;

import fr.acinq.secp256k1.Secp256k1;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.jspecify.annotations.Nullable;

/// Both keys of an agent, from one seed as the contract says, and what it signs with them. Written
/// apart from the hub, with the platform's own Ed25519, so that a mistake is not made twice.
public final class AgentKeyPair {
  private static final String NOTHING = "";

  private final byte[] ed25519;
  private final byte[] secp256k1;

  /// The keys of a seed of 32 bytes.
  public AgentKeyPair(byte[] seed) {
    this.ed25519 = derived(seed, "meshkore/ed25519/1");
    this.secp256k1 = derived(seed, "meshkore/secp256k1/1");
  }

  /// The keys of a seed that is this number.
  public static AgentKeyPair of(int number) {
    byte[] seed = new byte[32];
    seed[31] = (byte) number;
    return new AgentKeyPair(seed);
  }

  /// A request as it is signed; a test changes one to attack.
  ///
  /// @param method in upper case
  /// @param url the whole URL
  /// @param body empty for none
  public record Call(String method, String url, String body) {
    /// A GET.
    public static Call get(String url) {
      return new Call("GET", url, NOTHING);
    }

    /// A POST.
    public static Call post(String url, String body) {
      return new Call("POST", url, body);
    }

    /// The same as a request with these headers.
    public HttpRequest with(Map<String, String> headers) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url))
              .method(method, HttpRequest.BodyPublishers.ofString(body));
      headers.forEach(request::header);
      return request.build();
    }
  }

  /// The Ed25519 key in hexadecimal.
  public String ed25519Hex() {
    return HexFormat.of()
        .formatHex(new Ed25519PrivateKeyParameters(ed25519, 0).generatePublicKey().getEncoded());
  }

  /// The secp256k1 key in hexadecimal, compressed.
  public String secp256k1Hex() {
    Secp256k1 curve = Secp256k1.get();
    return HexFormat.of().formatHex(curve.pubKeyCompress(curve.pubkeyCreate(secp256k1)));
  }

  /// The x coordinate alone.
  public String secp256k1X() {
    return secp256k1Hex().substring(2);
  }

  /// Signs a text with Ed25519, in hexadecimal.
  public String sign(String text) {
    return HexFormat.of().formatHex(signed(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// Signs the hash of a text with secp256k1, in hexadecimal.
  public String signSchnorr(String text) {
    return HexFormat.of().formatHex(schnorr(sha256(text.getBytes(StandardCharsets.UTF_8))));
  }

  /// The headers of an HTTP message signature.
  public Map<String, String> http(Call call, String keyId, long created, String nonce) {
    return http(call, keyId, created, nonce, ";expires=" + (created + 300), null);
  }

  /// The headers of an HTTP message signature with more parameters, or other components.
  public Map<String, String> http(
      Call call,
      String keyId,
      long created,
      String nonce,
      String more,
      @Nullable List<String> components) {
    var headers = new LinkedHashMap<String, String>();
    var covered = new ArrayList<>(List.of("@method", "@target-uri"));
    if (!call.body().isEmpty()) {
      headers.put("Content-Digest", digest(call.body()));
      covered.add("content-digest");
    }
    List<String> names = components == null ? covered : components;
    URI uri = URI.create(call.url());
    var base = new StringBuilder();
    for (String name : names) {
      String value =
          switch (name) {
            case "@method" -> call.method();
            case "@target-uri" -> call.url();
            case "@authority" -> uri.getAuthority();
            case "@path" -> uri.getRawPath();
            case "@query" -> "?" + (uri.getRawQuery() == null ? "" : uri.getRawQuery());
            default -> headers.getOrDefault("Content-Digest", "");
          };
      base.append('"').append(name).append("\": ").append(value).append('\n');
    }
    String parameters =
        "("
            + String.join(" ", names.stream().map(name -> '"' + name + '"').toList())
            + ");created="
            + created
            + ";nonce=\""
            + nonce
            + "\";keyid=\""
            + keyId
            + '"'
            + more;
    base.append("\"@signature-params\": ").append(parameters);
    byte[] signature = signed(base.toString().getBytes(StandardCharsets.UTF_8));
    headers.put("Signature-Input", "sig1=" + parameters);
    headers.put("Signature", "sig1=:" + Base64.getEncoder().encodeToString(signature) + ":");
    return headers;
  }

  /// The header of an event of Nostr for this request.
  public Map<String, String> nostr(Call call, long created) {
    var tags = new ArrayList<>(List.of(List.of("u", call.url()), List.of("method", call.method())));
    if (!call.body().isEmpty()) {
      byte[] hash = sha256(call.body().getBytes(StandardCharsets.UTF_8));
      tags.add(List.of("payload", HexFormat.of().formatHex(hash)));
    }
    return nostr(27_235, created, tags);
  }

  /// The header of any event of Nostr; its texts need no escapes.
  public Map<String, String> nostr(int kind, long created, List<List<String>> tags) {
    String list =
        "["
            + String.join(
                ",", tags.stream().map(tag -> "[\"" + String.join("\",\"", tag) + "\"]").toList())
            + "]";
    String key = secp256k1X();
    String text = "[0,\"" + key + "\"," + created + "," + kind + "," + list + ",\"\"]";
    byte[] id = sha256(text.getBytes(StandardCharsets.UTF_8));
    String event =
        "{\"id\":\""
            + HexFormat.of().formatHex(id)
            + "\",\"pubkey\":\""
            + key
            + "\",\"created_at\":"
            + created
            + ",\"kind\":"
            + kind
            + ",\"tags\":"
            + list
            + ",\"content\":\"\",\"sig\":\""
            + HexFormat.of().formatHex(schnorr(id))
            + "\"}";
    byte[] json = event.getBytes(StandardCharsets.UTF_8);
    return Map.of("Authorization", "Nostr " + Base64.getEncoder().encodeToString(json));
  }

  /// The header of older clients of the Agent Network Protocol, for a service and a time.
  public Map<String, String> didWba(
      String version, String did, String service, String nonce, String timestamp) {
    String first = version.equals("1.0") ? "" : "\"aud\":\"" + service + "\",";
    String last = version.equals("1.0") ? "\"service\":\"" + service + "\"," : "";
    String text =
        ("{" + first + "\"did\":\"" + did + "\",\"nonce\":\"" + nonce + "\",")
            + (last + "\"timestamp\":\"" + timestamp + "\"}");
    byte[] signature = signed(sha256(text.getBytes(StandardCharsets.UTF_8)));
    String value =
        ("DIDWba v=\"" + version + "\", did=\"" + did + "\", nonce=\"" + nonce + "\"")
            + (", timestamp=\"" + timestamp + "\", verification_method=\"key-1\", signature=\"")
            + (Base64.getUrlEncoder().withoutPadding().encodeToString(signature) + "\"");
    return Map.of("Authorization", value);
  }

  /// The value of Content-Digest for a body.
  public static String digest(String body) {
    byte[] hash = sha256(body.getBytes(StandardCharsets.UTF_8));
    return "sha-256=:" + Base64.getEncoder().encodeToString(hash) + ":";
  }

  /// The 64 bytes of an Ed25519 signature.
  public byte[] signed(byte[] message) {
    try {
      KeyFactory factory = KeyFactory.getInstance("Ed25519");
      PrivateKey key =
          factory.generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, ed25519));
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  private byte[] schnorr(byte[] hash) {
    return Secp256k1.get().signSchnorr(hash, secp256k1, new byte[32]);
  }

  private static byte[] derived(byte[] seed, String info) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(Arrays.copyOf(seed, seed.length))
                  .thenExpand(info.getBytes(StandardCharsets.US_ASCII), 32));
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }
}
