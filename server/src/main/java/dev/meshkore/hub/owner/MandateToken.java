package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// A mandate as it is signed: a compact JWS of type `mandate+jwt`, EdDSA. One that was handed on
/// holds the one of which it is a part, in `prf`.
///
/// @param text the whole token
/// @param issuer the hub's URL, an owner's id, or the id of the agent that hands it on
/// @param subject the id of the agent that it is for
/// @param audience the URL of the hub where it holds
/// @param notBefore from when on it holds
/// @param expiresAt from when on it is void
/// @param grants what it allows
/// @param parent the token of which it is a part
record MandateToken(
    String text,
    String issuer,
    String subject,
    String audience,
    Instant notBefore,
    Instant expiresAt,
    Grants grants,
    Optional<MandateToken> parent) {
  static final String TYPE = "mandate+jwt";

  private static final int CHARACTERS_MAX = 64 << 10;
  private static final long SECONDS_MAX = 253_402_300_799L;
  private static final int ID_CHARACTERS = 22;
  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9_-]{2,}\\.[A-Za-z0-9_-]{2,}\\.[A-Za-z0-9_-]{86}");

  /// Reads a token and all that it holds. Nothing is believed yet.
  ///
  /// @throws Refused when it is none
  static MandateToken read(String text) {
    if (text.length() > CHARACTERS_MAX) {
      throw invalid("It is longer than " + CHARACTERS_MAX + " characters");
    }
    return read(text, Grants.DEPTH_MAX);
  }

  private static MandateToken read(String text, int depth) {
    if (!FORM.matcher(text).matches()) {
      throw invalid("It is no compact JWS with a signature of 64 bytes");
    }
    if (depth < 0) {
      throw new Refused(
          ProblemType.DELEGATION_REFUSED,
          "A mandate is handed on " + Grants.DEPTH_MAX + " times at most",
          java.util.Map.of("field", "delegation_depth"));
    }
    Fields header = fields(text.substring(0, text.indexOf('.')));
    if (!header.text("alg").equals("EdDSA") || !header.text("typ").equals(TYPE)) {
      throw invalid("Its header must have alg EdDSA and typ " + TYPE);
    }
    header.optionalText("kid");
    header.optionalText("jku");
    header.end();
    Fields claims = fields(text.substring(text.indexOf('.') + 1, text.lastIndexOf('.')));
    Instant issuedAt = Instant.ofEpochSecond(claims.number("iat", 0, SECONDS_MAX));
    Instant notBefore =
        Instant.ofEpochSecond(claims.number("nbf", issuedAt.getEpochSecond(), 0, SECONDS_MAX));
    Instant expiresAt = Instant.ofEpochSecond(claims.number("exp", 0, SECONDS_MAX));
    Fields granted =
        claims.object("grants").orElseThrow(() -> Refused.field("grants", "grants is required"));
    Grants grants = Grants.read(granted);
    granted.end();
    claims.optionalText("jti");
    Optional<String> parent = claims.optionalText("prf");
    Optional<String> actor = claims.object("act").map(MandateToken::actor);
    var token =
        new MandateToken(
            text,
            claims.text("iss"),
            claims.text("sub"),
            claims.text("aud"),
            notBefore,
            expiresAt,
            grants,
            parent.map(inner -> read(inner, depth - 1)));
    claims.end();
    if (actor.isPresent() && !actor.get().equals(token.issuer())) {
      throw invalid("act must name the agent that hands it on");
    }
    return token;
  }

  private static String actor(Fields fields) {
    String actor = fields.text("sub");
    fields.end();
    return actor;
  }

  private static Fields fields(String part) {
    try {
      return Fields.read(Base64.getUrlDecoder().decode(part));
    } catch (IllegalArgumentException _) {
      throw invalid("A part of it is no base64url");
    } catch (Refused refused) {
      throw refused.type() == ProblemType.MALFORMED_JSON
          ? invalid("A part of it is no JSON object")
          : refused;
    }
  }

  /// By which a token is named: nobody can make another one of the same name.
  static String id(String text) {
    return "mnd_" + Secrets.base64Url(Secrets.hash(text)).substring(0, ID_CHARACTERS);
  }

  String id() {
    return id(text);
  }

  /// From the first mandate to this one.
  List<MandateToken> chain() {
    var chain = new ArrayList<MandateToken>(parent.map(MandateToken::chain).orElse(List.of()));
    chain.add(this);
    return chain;
  }

  boolean isSignedBy(Key key) {
    int dot = text.lastIndexOf('.');
    String signature = text.substring(dot + 1);
    byte[] bytes = Base64.getUrlDecoder().decode(signature);
    boolean isCanonical = Secrets.base64Url(bytes).equals(signature);
    byte[] signed = text.substring(0, dot).getBytes(StandardCharsets.US_ASCII);
    return isCanonical && key.verifies(signed, bytes);
  }

  /// The claims of a mandate that is to be signed.
  static byte[] claims(
      String issuer,
      String subject,
      String audience,
      Instant now,
      Instant expiresAt,
      String jti,
      Grants grants) {
    ObjectNode claims = Json.object();
    claims.put("iss", issuer);
    claims.put("sub", subject);
    claims.put("aud", audience);
    claims.put("jti", jti);
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", expiresAt.getEpochSecond());
    grants.addTo(claims.putObject("grants"));
    return Json.bytes(claims);
  }

  static Refused invalid(String detail) {
    return new Refused(ProblemType.MANDATE_INVALID, detail);
  }
}
