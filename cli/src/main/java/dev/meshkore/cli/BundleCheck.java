package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meshkore.hub.audit.Checkpoint;
import dev.meshkore.hub.audit.Proofs;
import dev.meshkore.hub.audit.SignedNote;
import java.io.BufferedReader;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Checks a bundle of the audit log with nothing but what is in it, the key, and what the reader
/// knows itself. It takes nothing of the hub on trust: what does not prove itself is a finding.
final class BundleCheck {
  static final String FORM = "meshkore-audit/1";

  private static final int SALT_BYTES = 16;

  /// What the reader knows without the bundle.
  ///
  /// @param vkey the log's key, or null to take the bundle's own
  /// @param earlier a head that was kept from before, or null
  /// @param sent how many messages agents have sent, by agent
  /// @param witnesses keys of witnesses
  /// @param witnessesLeast how many of them must have signed the head
  record Known(
      @Nullable String vkey,
      @Nullable String earlier,
      Map<String, Long> sent,
      Set<String> witnesses,
      int witnessesLeast) {}

  /// Something that is not as it must be.
  ///
  /// @param kind one word: signature, unwitnessed, truncated, partial, rewritten, reordered,
  ///   omitted, forked, unreadable
  /// @param index the leaf, or -1
  /// @param words what is wrong
  record Finding(String kind, long index, String words) {}

  /// What came out.
  ///
  /// @param from the first leaf of the range that the bundle shows
  /// @param to the leaf before which that range ends
  record Result(
      String origin,
      String of,
      long size,
      long from,
      long to,
      long leaves,
      long messages,
      List<Finding> findings) {}

  /// A leaf that is not as it was signed; only with all read is it known whether it was moved.
  private record Changed(long index, String hash) {}

  private final Known known;
  private final List<Finding> findings = new ArrayList<>();
  private final List<byte[]> hashes = new ArrayList<>();
  private final List<Changed> changed = new ArrayList<>();
  private final Map<String, Long> indexByHash = new HashMap<>();
  private final Map<String, Long> sentBy = new HashMap<>();
  private final MessageDigest sha;

  private String origin = "";
  private String of = "";
  private long size;
  private long from;
  private long to;
  private byte[] root = new byte[0];
  private long leaves;
  private long messages;
  private long last = -1;

  BundleCheck(Known known) {
    this.known = known;
    try {
      this.sha = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  Result check(BufferedReader in) throws IOException {
    var line = in.readLine();
    var head = read(line == null ? "" : line);
    if (head == null || !Json.text(head, "bundle").equals(FORM)) {
      add("unreadable", -1, "The file is no bundle of the form " + FORM);
      return result();
    }
    checkHead(head);
    from = head.path("from").asLong(-1);
    var isEnded = false;
    for (line = in.readLine(); line != null; line = in.readLine()) {
      var one = read(line);
      if (one == null) {
        add("unreadable", last + 1, "A line cannot be read");
      } else if (one.has("leaves")) {
        isEnded = true;
        to = one.path("next").isNumber() ? one.path("next").asLong() : size;
        checkEnd(one);
      } else {
        checkLeaf(one);
      }
    }
    if (!isEnded) {
      to = last + 1;
      add("truncated", last + 1, "The file ends before the bundle does");
    }
    if (isEnded && !isWhole() && (from != 0 || to != size)) {
      var words = "The bundle shows the leaves from " + from + " to before " + to;
      add("partial", -1, words + ", of " + size + "; what lies outside is not in it");
    }
    checkTree(head);
    known.sent().forEach((agent, count) -> checkSent(agent, count, -1));
    return result();
  }

  private void checkHead(JsonNode head) {
    of = Json.text(head, "of");
    var vkey = known.vkey() == null ? Json.text(head, "key") : known.vkey();
    var verifier = SignedNote.Verifier.read(vkey).orElse(null);
    var note = Json.text(head, "checkpoint");
    if (verifier == null) {
      add("signature", -1, "The key cannot be read");
      return;
    }
    var signed = verifier.open(note).flatMap(Checkpoint::read).orElse(null);
    if (signed == null || !signed.origin().equals(verifier.name())) {
      add("signature", -1, "The head is not signed by the key of " + verifier.name());
      signed = Checkpoint.read(note.substring(0, note.indexOf("\n\n") + 1)).orElse(null);
    }
    if (signed != null) {
      origin = signed.origin();
      size = signed.size();
      root = signed.root();
    }
    var witnesses = known.witnesses().stream().filter(key -> isWitnessed(key, note)).count();
    if (witnesses < known.witnessesLeast()) {
      var words = witnesses + " of the witnesses have signed the head; ";
      add("unwitnessed", -1, words + known.witnessesLeast() + " are wanted");
    }
  }

  private static boolean isWitnessed(String vkey, String note) {
    return SignedNote.Verifier.readCosigner(vkey).flatMap(key -> key.open(note)).isPresent();
  }

  private void checkLeaf(JsonNode one) {
    var index = one.path("index").asLong(-1);
    if (index <= last || index >= size) {
      add("reordered", index, "Leaf " + index + " stands after leaf " + last);
      return;
    }
    if (isWhole() && index > last + 1) {
      add(
          "truncated",
          last + 1,
          "The leaves " + (last + 1) + " to " + (index - 1) + " are missing");
    }
    last = index;
    leaves++;
    var isThere = one.path("leaf").isString();
    var record = Json.text(one, "leaf");
    var hash = Proofs.leaf(record.getBytes(UTF_8));
    if (isWhole()) {
      checkHash(one, index, isThere, hash);
    } else if (!Proofs.includes(hash, index, path(one.path("proof")), size, root)) {
      add("rewritten", index, "Leaf " + index + " is not the one that was signed");
    }
    if (isThere) {
      checkRecord(one, index, record);
    }
  }

  private void checkHash(JsonNode one, long index, boolean isThere, byte[] hash) {
    var signed = bytes(Json.text(one, "hash"));
    if (hashes.size() == index) {
      hashes.add(signed.length == hash.length ? signed : hash);
    }
    indexByHash.putIfAbsent(text(signed), index);
    if (!isThere) {
      add("truncated", index, "Leaf " + index + " is gone");
    } else if (!Arrays.equals(hash, signed)) {
      changed.add(new Changed(index, text(hash)));
    }
  }

  private void checkRecord(JsonNode one, long index, String record) {
    JsonNode leaf = read(record);
    if (leaf == null) {
      add("unreadable", index, "Leaf " + index + " is no JSON");
      return;
    }
    var salt = one.path("salt");
    var message = one.path("message");
    if (message.isString()) {
      // A salt of another length could take bytes from the message, or give it some.
      byte[] salted = salt.isString() ? bytes(salt.asString()) : new byte[0];
      sha.update(salted);
      var digest = sha.digest(message.asString().getBytes(UTF_8));
      var text = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
      if (salted.length != SALT_BYTES || !text.equals(Json.text(leaf, "digest"))) {
        add("rewritten", index, "The message of leaf " + index + " is not the one that was sent");
      }
    }
    switch (Json.text(leaf, "kind")) {
      case "message" -> {
        messages++;
        sentBy.merge(Json.text(leaf, "from"), 1L, Long::sum);
      }
      case "commitment" -> {
        var actor = Json.text(leaf, "actor");
        if (isWhole() || actor.equals(of)) {
          checkSent(actor, leaf.path("detail").path("sent").asLong(0), index);
        }
      }
      default -> {}
    }
  }

  private void checkSent(String agent, long count, long index) {
    long found = sentBy.getOrDefault(agent, 0L);
    if (found < count) {
      var words = agent + " had sent " + count + " messages, and the log has " + found;
      add("omitted", index, words);
    }
  }

  private void checkEnd(JsonNode end) {
    if (end.path("leaves").asLong(-1) != leaves) {
      var words = "The bundle had " + end.path("leaves").asLong(-1) + " leaves; " + leaves;
      add("truncated", -1, words + " are there");
    }
    if (isWhole() && last + 1 < size) {
      var words = "The leaves from " + (last + 1) + " on are missing; " + size + " were signed";
      add("truncated", last + 1, words);
    }
  }

  private void checkTree(JsonNode head) {
    if (isWhole() && hashes.size() == size && !Arrays.equals(Proofs.root(hashes), root)) {
      add("rewritten", -1, "The leaves' hashes do not lead to the signed root");
    }
    for (var one : changed) {
      var was = indexByHash.get(one.hash());
      if (was == null) {
        add("rewritten", one.index(), "Leaf " + one.index() + " was changed");
      } else {
        add("reordered", one.index(), "Leaf " + one.index() + " stood at " + was);
      }
    }
    var earlier = known.earlier();
    if (earlier != null) {
      checkEarlier(earlier, head);
    }
  }

  private void checkEarlier(String note, JsonNode head) {
    var vkey = known.vkey() == null ? Json.text(head, "key") : known.vkey();
    var kept =
        SignedNote.Verifier.read(vkey)
            .flatMap(key -> key.open(note))
            .flatMap(Checkpoint::read)
            .orElse(null);
    if (kept == null) {
      add("signature", -1, "The head that was kept is not signed by this key");
      return;
    }
    boolean isPart;
    if (isWhole()) {
      isPart =
          kept.size() <= hashes.size()
              && Arrays.equals(Proofs.root(hashes.subList(0, (int) kept.size())), kept.root());
    } else {
      var proof = path(head.path("consistency"));
      isPart = Proofs.extendsTree(kept.size(), kept.root(), size, root, proof);
    }
    if (!isPart) {
      add("forked", kept.size(), "The log does not begin with the head that was kept");
    }
  }

  private boolean isWhole() {
    return of.equals("*");
  }

  private Result result() {
    return new Result(origin, of, size, from, to, leaves, messages, List.copyOf(findings));
  }

  private void add(String kind, long index, String words) {
    findings.add(new Finding(kind, index, words));
  }

  private static @Nullable JsonNode read(String line) {
    try {
      var value = Json.read(line);
      return value.isObject() ? value : null;
    } catch (Json.Unreadable _) {
      return null;
    }
  }

  private static List<byte[]> path(JsonNode array) {
    var path = new ArrayList<byte[]>();
    array.forEach(hash -> path.add(bytes(hash.asString(""))));
    return path;
  }

  private static byte[] bytes(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }

  private static String text(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
