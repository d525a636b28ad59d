package dev.meshkore.hub.owner;

import java.util.Optional;
import java.util.regex.Pattern;

/// A public site where only the holder of an account can write under its name, as in Nostr's
/// NIP-39. One class for each, because only the site's own addresses prove anything.
sealed interface Platform {
  /// The address of a proof, or empty where the account or the proof has not the site's form.
  Optional<String> address(String account, String proof);

  /// The site of this name.
  ///
  /// @param isPrivateAllowed whether instances on private networks, which have no certificates, are
  ///   asked
  static Optional<Platform> of(String word, boolean isPrivateAllowed) {
    return switch (word) {
      case "github" -> Optional.of(new GitHub());
      case "mastodon" -> Optional.of(new Mastodon(isPrivateAllowed));
      default -> Optional.empty();
    };
  }

  /// A public gist; the proof is its id.
  record GitHub() implements Platform {
    private static final Pattern ACCOUNT =
        Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?");
    private static final Pattern GIST = Pattern.compile("[0-9a-f]{20,40}");

    @Override
    public Optional<String> address(String account, String proof) {
      return ACCOUNT.matcher(account).matches() && GIST.matcher(proof).matches()
          ? Optional.of("https://gist.github.com/" + account + "/" + proof)
          : Optional.empty();
    }
  }

  /// A status of an account such as `example.social/@alice`; the proof is its id.
  record Mastodon(boolean isPrivateAllowed) implements Platform {
    private static final Pattern ACCOUNT =
        Pattern.compile("([a-z0-9.-]{1,253}(:[0-9]{1,5})?)/(@[A-Za-z0-9_]{1,64})");
    private static final Pattern STATUS = Pattern.compile("[0-9]{1,20}");

    @Override
    public Optional<String> address(String account, String proof) {
      var parts = ACCOUNT.matcher(account);
      if (!parts.matches() || !STATUS.matcher(proof).matches()) {
        return Optional.empty();
      }
      boolean hasPort = parts.group(2) != null;
      if (hasPort && !isPrivateAllowed) {
        return Optional.empty();
      }
      return Optional.of((hasPort ? "http://" : "https://") + account + "/" + proof);
    }
  }
}
