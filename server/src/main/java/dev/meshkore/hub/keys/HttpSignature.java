package dev.meshkore.hub.keys;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Function;

/// One signature over an HTTP request (RFC 9421), as its two headers bring it. Read strictly: one
/// signature, components without parameters, no parameter twice.
public final class HttpSignature {
  /// A request as a signature sees it.
  ///
  /// @param method in upper case
  /// @param hubUrl how the hub is reached, without a slash at the end
  /// @param target the path and query, as they came
  /// @param headers every value of a header, by its name in lower case
  public record Signed(
      String method, String hubUrl, String target, Function<String, List<String>> headers) {
    /// The whole URL.
    public String uri() {
      return hubUrl + target;
    }

    String scheme() {
      return hubUrl.substring(0, hubUrl.indexOf(':'));
    }

    String authority() {
      String rest = hubUrl.substring(hubUrl.indexOf("://") + 3);
      int slash = rest.indexOf('/');
      String authority = slash < 0 ? rest : rest.substring(0, slash);
      String usual = scheme().equals("https") ? ":443" : ":80";
      return authority.endsWith(usual)
          ? authority.substring(0, authority.length() - usual.length())
          : authority;
    }

    /// The path of the whole URL: that of the hub, if it has one, is part of it.
    String path() {
      String whole = requestTarget();
      int mark = whole.indexOf('?');
      return mark < 0 ? whole : whole.substring(0, mark);
    }

    String query() {
      int mark = target.indexOf('?');
      return mark < 0 ? "?" : target.substring(mark);
    }

    boolean hasQuery() {
      return target.indexOf('?') >= 0;
    }

    String requestTarget() {
      String rest = hubUrl.substring(hubUrl.indexOf("://") + 3);
      int slash = rest.indexOf('/');
      return (slash < 0 ? "" : rest.substring(slash)) + target;
    }
  }

  private static final int SIGNATURE_BYTES = 64;
  private static final String ALGORITHM = "ed25519";
  private static final List<String> PARAMETERS =
      List.of("created", "expires", "nonce", "keyid", "alg", "tag");

  private final SequencedSet<String> components;
  private final Map<String, String> parameters;
  private final String canonical;
  private final byte[] signature;

  private HttpSignature(
      SequencedSet<String> components,
      Map<String, String> parameters,
      String canonical,
      byte[] signature) {
    this.components = components;
    this.parameters = parameters;
    this.canonical = canonical;
    this.signature = signature;
  }

  /// Reads the headers `Signature-Input` and `Signature`.
  ///
  /// @throws BadSignature when they hold anything but one signature with what it must have
  public static HttpSignature read(List<String> inputs, List<String> signatures) {
    if (inputs.size() != 1 || signatures.size() != 1) {
      throw new BadSignature("Signature-Input and Signature must be there once each");
    }
    var scan = new FieldScanner(inputs.getFirst());
    String label = scan.key();
    scan.expect('=');
    var components = new LinkedHashSet<String>();
    var canonical = new StringBuilder("(");
    scan.expect('(');
    scan.spaces();
    while (!scan.skip(')')) {
      String component = scan.quoted();
      if (!components.add(component)) {
        throw new BadSignature("Signature-Input names " + component + " twice");
      }
      canonical.append(components.size() > 1 ? " \"" : "\"").append(component).append('"');
      scan.spaces();
    }
    canonical.append(')');
    var parameters = new LinkedHashMap<String, String>();
    while (scan.skip(';')) {
      scan.spaces();
      String name = scan.key();
      scan.expect('=');
      boolean isText = scan.isAt('"');
      String value = isText ? scan.quoted() : scan.wholeNumber();
      boolean wantsText = !name.equals("created") && !name.equals("expires");
      if (!PARAMETERS.contains(name) || isText != wantsText) {
        throw new BadSignature("Signature-Input may have " + String.join(", ", PARAMETERS));
      }
      if (parameters.put(name, value) != null) {
        throw new BadSignature("Signature-Input has " + name + " twice");
      }
      canonical.append(';').append(name).append('=');
      canonical.append(isText ? FieldScanner.quote(value) : value);
    }
    scan.end();
    requireParameters(parameters);
    return new HttpSignature(
        components, parameters, canonical.toString(), signature(label, signatures.getFirst()));
  }

  private static void requireParameters(Map<String, String> parameters) {
    for (String name : List.of("created", "nonce", "keyid")) {
      if (parameters.getOrDefault(name, "").isEmpty()) {
        throw new BadSignature("Signature-Input needs " + name);
      }
    }
    if (!parameters.getOrDefault("alg", ALGORITHM).equals(ALGORITHM)) {
      throw new BadSignature("alg must be ed25519");
    }
  }

  private static byte[] signature(String label, String header) {
    var scan = new FieldScanner(header);
    if (!scan.key().equals(label)) {
      throw new BadSignature("Signature has another name than Signature-Input");
    }
    scan.expect('=');
    byte[] bytes = scan.bytes();
    scan.end();
    if (bytes.length != SIGNATURE_BYTES) {
      throw new BadSignature("Signature must be 64 bytes");
    }
    return bytes;
  }

  /// Whose key it claims to be signed by: `did:key`, `did:wba`, an agent's id, the key in
  /// hexadecimal, or its thumbprint.
  public String keyId() {
    return parameter("keyid");
  }

  /// What makes it one of a kind.
  public String nonce() {
    return parameter("nonce");
  }

  /// When it was made, in seconds since 1970.
  public long createdAt() {
    return Long.parseLong(parameter("created"));
  }

  /// When its maker says that it ends, if so.
  public Optional<Long> expiresAt() {
    return Optional.ofNullable(parameters.get("expires")).map(Long::parseLong);
  }

  /// The 64 bytes of the signature.
  public byte[] signature() {
    return signature.clone();
  }

  /// The bytes that are signed (RFC 9421 §2.5), after it was checked that they bind method, URL and
  /// body.
  ///
  /// @throws BadSignature when they do not, or a component is not there
  public byte[] base(Signed request, byte[] body) {
    requireCoverage(request, body);
    var base = new StringBuilder();
    for (String component : components) {
      base.append('"').append(component).append("\": ");
      base.append(value(request, component)).append('\n');
    }
    base.append("\"@signature-params\": ").append(canonical);
    return base.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private void requireCoverage(Signed request, byte[] body) {
    boolean bindsUrl =
        components.contains("@target-uri")
            || (components.contains("@authority")
                && components.contains("@path")
                && (components.contains("@query") || !request.hasQuery()));
    if (!components.contains("@method") || !bindsUrl) {
      throw new BadSignature(
          "The signature must cover @method, and @target-uri or @authority, @path and @query");
    }
    if (body.length > 0 && !components.contains("content-digest")) {
      throw new BadSignature("The signature of a request with a body must cover content-digest");
    }
    if (components.contains("content-digest")) {
      ContentDigest.require(request.headers().apply("content-digest"), body);
    }
  }

  private static String value(Signed request, String component) {
    return switch (component) {
      case "@method" -> request.method();
      case "@target-uri" -> request.uri();
      case "@authority" -> request.authority();
      case "@scheme" -> request.scheme();
      case "@path" -> request.path();
      case "@query" -> request.query();
      case "@request-target" -> request.requestTarget();
      default -> header(request, component);
    };
  }

  private static String header(Signed request, String name) {
    List<String> values =
        FieldScanner.isFieldName(name) ? request.headers().apply(name) : List.of();
    if (values.isEmpty()) {
      throw new BadSignature("The signature covers " + name + ", which is not there");
    }
    return String.join(", ", values.stream().map(String::strip).toList());
  }

  private String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }
}
