package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;

/// An attestation of Nostr's NIP-OA: an owner's key says of an agent's key that the agent may act
/// for the owner, under conditions. It is a mandate in another form.
///
/// @param owner the owner's key, x only, in hexadecimal digits
/// @param conditions as they were signed
/// @param signature BIP-340, in hexadecimal digits
/// @param kind the one kind of event it allows, if it says
/// @param after events are made after this second
/// @param before events are made before this second
record NipOa(
    String owner,
    String conditions,
    String signature,
    OptionalLong kind,
    OptionalLong after,
    OptionalLong before) {
  private static final int PARTS = 4;
  private static final int CONDITIONS_MAX = 1_000;
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{128}");
  private static final Pattern CONDITION =
      Pattern.compile("(kind=|created_at[<>])(0|[1-9][0-9]{0,9})");

  /// Reads the tag `["auth", owner, conditions, signature]`.
  static NipOa read(List<String> tag) {
    if (tag.size() != PARTS
        || !tag.getFirst().equals("auth")
        || !KEY.matcher(tag.get(1)).matches()
        || tag.get(2).length() > CONDITIONS_MAX
        || !SIGNATURE.matcher(tag.get(3)).matches()) {
      throw Refused.field(
          "nip_oa", "nip_oa must be [\"auth\", a key, conditions, a signature], as NIP-OA has it");
    }
    OptionalLong kind = OptionalLong.empty();
    OptionalLong after = OptionalLong.empty();
    OptionalLong before = OptionalLong.empty();
    for (String one : tag.get(2).isEmpty() ? new String[0] : tag.get(2).split("&", -1)) {
      Matcher condition = CONDITION.matcher(one);
      if (!condition.matches()) {
        throw MandateToken.invalid("It has a condition that the hub does not know");
      }
      long value = Long.parseLong(condition.group(2));
      switch (condition.group(1)) {
        case "kind=" -> {
          if (kind.isPresent() && kind.getAsLong() != value) {
            throw MandateToken.invalid("No event is of two kinds");
          }
          kind = OptionalLong.of(value);
        }
        case "created_at<" -> before = OptionalLong.of(Math.min(before.orElse(value), value));
        default -> after = OptionalLong.of(Math.max(after.orElse(value), value));
      }
    }
    return new NipOa(tag.get(1), tag.get(2), tag.get(3), kind, after, before);
  }

  /// True where the owner's key has signed this for an agent's key, which is another one.
  boolean isFor(Key agentKey) {
    String text = "nostr:agent-auth:" + agentKey.hex() + ":" + conditions;
    return !agentKey.hex().equals(owner)
        && Key.of(KeyType.SECP256K1, "nip_oa", owner)
            .verifies(text.getBytes(StandardCharsets.UTF_8), HexFormat.of().parseHex(signature));
  }

  byte[] ownerKey() {
    return HexFormat.of().parseHex(owner);
  }

  /// What it allows here. Kinds of events stand for the calls that do the same.
  Grants grants() {
    String call =
        kind.isEmpty()
            ? "*"
            : switch ((int) Math.min(kind.getAsLong(), Integer.MAX_VALUE)) {
              case 0 -> CallGroup.PROFILE.word();
              case 4, 14, 1059 -> CallGroup.SEND.word();
              case 9 -> CallGroup.CHANNELS.word();
              default ->
                  throw MandateToken.invalid("No call here does what its kind of event does");
            };
    return new Grants(
        List.of(call), Counterparties.ALL, MessageLimits.NONE, 0, Map.of(), Optional.empty());
  }

  Instant notBefore(Instant now) {
    return after.isPresent() ? Instant.ofEpochSecond(after.getAsLong() + 1) : now;
  }

  /// One without an end holds as long as any mandate may.
  Instant expiresAt(Instant now) {
    Instant most = now.plus(Mandates.LIFETIME_MAX);
    Optional<Instant> said =
        before.isPresent()
            ? Optional.of(Instant.ofEpochSecond(before.getAsLong()))
            : Optional.empty();
    return said.filter(end -> end.isBefore(most)).orElse(most);
  }

  /// As it is kept, and named by.
  String text(String agentKey) {
    ArrayNode tag = Json.object().putArray("tag");
    tag.add("auth").add(owner).add(conditions).add(signature).add(agentKey);
    return new String(Json.bytes(tag), StandardCharsets.UTF_8);
  }
}
