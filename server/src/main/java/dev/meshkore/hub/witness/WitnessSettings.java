package dev.meshkore.hub.witness;

import dev.meshkore.hub.audit.SignedNote;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who witnesses this hub's log, and whose logs it witnesses.
///
/// @param witnesses who is asked to sign each head
/// @param logs the keys of the logs whose heads are signed here
public record WitnessSettings(List<Peer> witnesses, List<SignedNote.Verifier> logs) {
  /// A witness.
  ///
  /// @param key that checks what it signs
  /// @param url what comes before `/add-checkpoint`
  public record Peer(SignedNote.Verifier key, URI url) {}

  /// Reads both lists: `VKEY URL, VKEY URL` and `VKEY, VKEY`. What is wrong is told to `mistakes`.
  public static WitnessSettings read(String witnesses, String logs, Consumer<String> mistakes) {
    var peers = new ArrayList<Peer>();
    for (String one : parts(witnesses)) {
      String[] words = one.split("\\s+");
      SignedNote.Verifier key = SignedNote.Verifier.readCosigner(words[0]).orElse(null);
      URI url = url(words.length == 2 ? words[1] : "");
      if (key == null || url == null) {
        mistakes.accept("witnesses=" + one + ": must be keys and addresses, VKEY URL, VKEY URL");
      } else {
        peers.add(new Peer(key, url));
      }
    }
    var keys = new ArrayList<SignedNote.Verifier>();
    for (String one : parts(logs)) {
      SignedNote.Verifier key = SignedNote.Verifier.read(one).orElse(null);
      boolean isTaken = key != null && keys.stream().anyMatch(k -> k.name().equals(key.name()));
      if (key == null || isTaken) {
        mistakes.accept("witness-logs=" + one + ": must be keys of logs, each name once");
      } else {
        keys.add(key);
      }
    }
    return new WitnessSettings(List.copyOf(peers), List.copyOf(keys));
  }

  private static List<String> parts(String text) {
    return List.of(text.split(",")).stream().map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  private static @Nullable URI url(String text) {
    try {
      URI url = URI.create(text.replaceFirst("/+$", ""));
      boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return isHttp && url.getHost() != null && url.getQuery() == null ? url : null;
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}
