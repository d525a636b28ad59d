package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.problem.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// An open mandate of the Agent Payments Protocol, as an SD-JWT with key binding: what an owner's
/// wallet says of an agent's key. It is a mandate in another form. Where the hub does not
/// understand a word of it, or could not keep it, it takes nothing of it.
///
/// @param token as it was presented
/// @param holder the key that it is for
/// @param issuer who says that it signed, if it says
/// @param subject for which agent, if it says
/// @param audience for which hub, if it says
/// @param notBefore from when on it holds
/// @param expiresAt from when on it is void
/// @param grants what it allows here
record OpenMandate(
    SdJwt token,
    PublicJwk holder,
    Optional<String> issuer,
    Optional<String> subject,
    Optional<String> audience,
    Instant notBefore,
    Instant expiresAt,
    Grants grants) {
  /// What AP2 calls a mandate to pay.
  static final String PAYMENT = "mandate.payment.open.1";

  /// What this hub calls one that also names calls.
  static final String CALLS = "dev.meshkore.mandate.open.1";

  private static final String TYPE = "dc+sd-jwt";
  private static final String BINDING_TYPE = "kb+jwt";
  private static final Duration BINDING_AGE_MAX = Duration.ofMinutes(5);
  private static final long SECONDS_MAX = 253_402_300_799L;
  private static final int PAYEES_MAX = 100;
  private static final int NAME_CHARACTERS_MAX = 100;

  /// Reads a presentation. Nothing is believed yet.
  ///
  /// @param hub the hub's URL, under which payees are agents
  static OpenMandate read(String text, String hub) {
    SdJwt token = SdJwt.read(text);
    Fields claims = token.fields();
    String type = claims.text("vct");
    if (!type.equals(PAYMENT) && !type.equals(CALLS)) {
      throw MandateToken.invalid("Its vct must be " + PAYMENT + " or " + CALLS);
    }
    Constraints constraints = new Constraints(hub, type.equals(CALLS));
    claims.objects("constraints").forEach(constraints::read);
    PublicJwk holder =
        claims.object("cnf").map(OpenMandate::holder).orElseThrow(OpenMandate::unbound);
    long issuedAt = claims.number("iat", 0, 0, SECONDS_MAX);
    long notBefore = claims.number("nbf", issuedAt, 0, SECONDS_MAX);
    long expiresAt = claims.number("exp", SECONDS_MAX, 0, SECONDS_MAX);
    claims.optionalText("jti");
    var mandate =
        new OpenMandate(
            token,
            holder,
            claims.optionalText("iss"),
            claims.optionalText("sub"),
            claims.optionalText("aud"),
            latest(Instant.ofEpochSecond(notBefore), constraints.notBefore),
            earliest(Instant.ofEpochSecond(expiresAt), constraints.notAfter),
            constraints.grants());
    claims.end();
    return mandate;
  }

  private static PublicJwk holder(Fields confirmation) {
    PublicJwk key =
        confirmation.object("jwk").map(PublicJwk::read).orElseThrow(OpenMandate::unbound);
    confirmation.end();
    return key;
  }

  private static Refused unbound() {
    return MandateToken.invalid("It must name the agent's key in cnf.jwk");
  }

  private static Instant latest(Instant one, Optional<Instant> other) {
    return other.filter(one::isBefore).orElse(one);
  }

  private static Instant earliest(Instant one, Optional<Instant> other) {
    return other.filter(one::isAfter).orElse(one);
  }

  /// By which it is named. Signatures by ES256 can be changed by anybody into others that hold, so
  /// only what was signed names it: else one mandate would be two, and count twice.
  String id() {
    return MandateToken.id(token.issued().signed());
  }

  /// Sees that the issuer's key has signed it, by its own algorithm.
  void requireIssuer(List<PublicJwk> keys) {
    Fields header = token.issued().header();
    String algorithm = algorithm(header, TYPE);
    boolean isSigned =
        keys.stream()
            .anyMatch(key -> key.algorithm().equals(algorithm) && token.issued().isSignedBy(key));
    if (!isSigned) {
      throw MandateToken.invalid("It is not signed by a key of your owner");
    }
  }

  /// Sees that the holder's key has signed this presentation, now and for this hub, and answers the
  /// nonce that it signed.
  String requireBinding(String hub, Instant now) {
    String algorithm = algorithm(token.binding().header(), BINDING_TYPE);
    if (!holder.algorithm().equals(algorithm) || !token.binding().isSignedBy(holder)) {
      throw MandateToken.invalid("Its key binding is not signed by the key in cnf");
    }
    Fields binding = Fields.read(token.binding().payload());
    Instant signedAt = Instant.ofEpochSecond(binding.number("iat", 0, SECONDS_MAX));
    String audience = binding.text("aud");
    String nonce = binding.text("nonce");
    String hash = binding.text("sd_hash");
    binding.end();
    if (!audience.equals(hub)) {
      throw MandateToken.invalid("The aud of its key binding must be " + hub);
    }
    if (!hash.equals(token.hash())) {
      throw MandateToken.invalid("Its key binding is for another presentation");
    }
    if (Duration.between(signedAt, now).abs().compareTo(BINDING_AGE_MAX) > 0) {
      throw MandateToken.invalid("Its key binding was not signed now");
    }
    return nonce;
  }

  private static String algorithm(Fields header, String type) {
    if (!header.text("typ").equals(type)) {
      throw MandateToken.invalid("The typ of a part of it must be " + type);
    }
    String algorithm = header.text("alg");
    if (!Set.of("EdDSA", "ES256").contains(algorithm)) {
      throw MandateToken.invalid("Its alg must be ES256 or EdDSA");
    }
    header.optionalText("kid");
    header.end();
    return algorithm;
  }

  /// What the constraints leave, read one after the other.
  private static final class Constraints {
    private final String hub;
    private final boolean mayCall;
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Long> spend = new TreeMap<>();
    private List<String> calls = List.of();
    private Optional<Counterparties> counterparties = Optional.empty();
    private Optional<MessageLimits> messages = Optional.empty();
    private Optional<String> reference = Optional.empty();
    private Optional<Instant> notBefore = Optional.empty();
    private Optional<Instant> notAfter = Optional.empty();

    Constraints(String hub, boolean mayCall) {
      this.hub = hub;
      this.mayCall = mayCall;
    }

    void read(Fields one) {
      String type = one.text("type");
      if (!mayCall && !type.startsWith("payment.")) {
        throw notUnderstood(type);
      }
      switch (type) {
        case "payment.budget" -> amount(type, one);
        case "payment.amount_range" -> {
          if (one.number("min", 0, 0, Long.MAX_VALUE) != 0) {
            throw MandateToken.invalid("The hub keeps no least amount: min must be 0");
          }
          amount(type, one);
        }
        case "payment.allowed_payees" -> {
          once("counterparties");
          counterparties = Optional.of(payees(one.objects("allowed")));
        }
        case "payment.execution_date" -> {
          once(type);
          notBefore = one.optionalText("not_before").map(text -> time("not_before", text));
          notAfter = one.optionalText("not_after").map(text -> time("not_after", text));
        }
        case "payment.reference" -> {
          once(type);
          reference = Optional.of(one.text("conditional_transaction_id"));
        }
        case "dev.meshkore.calls" -> {
          once(type);
          calls = Grants.calls("allowed", one.texts("allowed").orElse(List.of()));
        }
        case "dev.meshkore.counterparties" -> {
          once("counterparties");
          counterparties = Optional.of(Counterparties.read(one));
        }
        case "dev.meshkore.messages" -> {
          once(type);
          messages = Optional.of(MessageLimits.read(one));
        }
        default -> throw notUnderstood(type);
      }
      one.end();
    }

    private static Refused notUnderstood(String type) {
      String shown = type.substring(0, Math.min(type.length(), NAME_CHARACTERS_MAX));
      return MandateToken.invalid("The hub does not understand the constraint " + shown + " here");
    }

    /// The hub counts what is spent in all. Who may pay so much each time, but no total, may pay so
    /// much in all here: less than was said, never more.
    private void amount(String type, Fields one) {
      String currency = Asset.canonical(one.text("currency"));
      once(type + " " + currency);
      long most = one.number("max", 0, Long.MAX_VALUE);
      if (!currency.matches("[A-Za-z0-9:._/-]{1,64}")) {
        throw MandateToken.invalid("A currency must be a name");
      }
      spend.merge(currency, most, Math::min);
      if (spend.size() > 1) {
        throw MandateToken.invalid("Its amounts must be of one currency");
      }
    }

    private void once(String what) {
      if (!seen.add(what)) {
        throw MandateToken.invalid("It has two constraints for " + what);
      }
    }

    /// Payees are agents of this hub, by their ids; a website must be the same agent's.
    private Counterparties payees(List<Fields> allowed) {
      if (allowed.size() > PAYEES_MAX) {
        throw MandateToken.invalid("It has more than " + PAYEES_MAX + " payees");
      }
      var ids = new ArrayList<String>();
      for (Fields payee : allowed) {
        String id = payee.text("id");
        Optional<String> website = payee.optionalText("website");
        payee.optionalText("name");
        payee.end();
        if (!AgentId.isValid(id)
            || website.filter(url -> !url.equals(hub + "/agents/" + id)).isPresent()) {
          throw MandateToken.invalid("A payee must be an agent of this hub, by its id");
        }
        ids.add(id);
      }
      return new Counterparties(ids, TrustLevel.NEW);
    }

    private static Instant time(String name, String text) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeParseException _) {
        throw MandateToken.invalid(name + " must be a time by RFC 3339");
      }
    }

    Grants grants() {
      if (mayCall && calls.isEmpty()) {
        throw MandateToken.invalid("It must name calls by dev.meshkore.calls");
      }
      if (messages.isEmpty() && calls.stream().anyMatch(CallGroup::isOfMessages)) {
        throw MandateToken.invalid("It must say how many messages by dev.meshkore.messages");
      }
      Counterparties with =
          counterparties.orElse(mayCall ? Counterparties.NONE : Counterparties.ALL);
      var limits = new TreeMap<String, SpendLimit>();
      spend.forEach((asset, most) -> limits.put(asset, SpendLimit.ofLifetime(asset, most)));
      return new Grants(calls, with, messages.orElse(MessageLimits.NONE), 0, limits, reference);
    }
  }
}
