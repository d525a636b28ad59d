package dev.meshkore.hub.owner;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A public site where only the holder of an account can write under its name, as in Nostr's
/// NIP-39. One class for each, because only the site itself can say whose a text is: on its pages
/// strangers write, too, so it is asked by its interface for programs.
sealed interface Platform {
  /// The address of a proof for people, or empty where the account or the proof has not the site's
  /// form.
  Optional<String> address(String account, String proof);

  /// Where the site tells programs of a proof that has an address.
  URI source(String account, String proof);

  /// Why what the site tells does not show that the account wrote a text; empty where it does.
  Optional<String> missing(JsonNode told, String account, String proof, String text);

  /// The sites that are known.
  ///
  /// @param gitHubApi where GitHub answers programs
  /// @param isPrivateAllowed whether instances on private networks, which have no certificates, are
  ///   asked
  record Sites(String gitHubApi, boolean isPrivateAllowed) {
    Optional<Platform> of(String word) {
      return switch (word) {
        case "github" -> Optional.of(new GitHub(gitHubApi));
        case "mastodon" -> Optional.of(new Mastodon(isPrivateAllowed));
        default -> Optional.empty();
      };
    }
  }

  /// A gist; the proof is its id. What others comment on it is no part of it.
  record GitHub(String api) implements Platform {
    private static final Pattern ACCOUNT =
        Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?");
    private static final Pattern GIST = Pattern.compile("[0-9a-f]{20,40}");

    @Override
    public Optional<String> address(String account, String proof) {
      return ACCOUNT.matcher(account).matches() && GIST.matcher(proof).matches()
          ? Optional.of("https://gist.github.com/" + account + "/" + proof)
          : Optional.empty();
    }

    @Override
    public URI source(String account, String proof) {
      return URI.create(api + "/gists/" + proof);
    }

    @Override
    public Optional<String> missing(JsonNode told, String account, String proof, String text) {
      if (!told.path("id").asString("").equals(proof)
          || !told.path("owner").path("login").asString("").equalsIgnoreCase(account)) {
        return Optional.of("GitHub says that the gist is not " + account + "'s");
      }
      if (isSet(told, "fork_of")) {
        return Optional.of("It is a fork: somebody else may have written it");
      }
      for (JsonNode file : told.path("files")) {
        boolean isWhole = file.path("truncated").isBoolean() && !file.get("truncated").asBoolean();
        if (isWhole && file.path("content").asString("").contains(text)) {
          return Optional.empty();
        }
      }
      return Optional.of("The text is in no file of the gist that GitHub shows as a whole");
    }
  }

  /// A status of an account such as `example.social/@alice`; the proof is its id. What others
  /// answer to it is no part of it, nor is what the account only passes on.
  record Mastodon(boolean isPrivateAllowed) implements Platform {
    private static final Pattern ACCOUNT =
        Pattern.compile("([a-z0-9.-]{1,253}(:[0-9]{1,5})?)/@([A-Za-z0-9_]{1,64})");
    private static final Pattern STATUS = Pattern.compile("[0-9]{1,20}");

    @Override
    public Optional<String> address(String account, String proof) {
      Matcher parts = ACCOUNT.matcher(account);
      boolean isProof =
          parts.matches()
              && STATUS.matcher(proof).matches()
              && (parts.group(2) == null || isPrivateAllowed);
      return isProof ? Optional.of(scheme(parts) + account + "/" + proof) : Optional.empty();
    }

    @Override
    public URI source(String account, String proof) {
      Matcher parts = parts(account);
      return URI.create(scheme(parts) + parts.group(1) + "/api/v1/statuses/" + proof);
    }

    @Override
    public Optional<String> missing(JsonNode told, String account, String proof, String text) {
      String name = parts(account).group(3);
      // The instance names accounts of other instances with an @ in them.
      if (!told.path("id").asString("").equals(proof)
          || !told.path("account").path("acct").asString("").equalsIgnoreCase(name)) {
        return Optional.of("The instance says that the status is not " + name + "'s");
      }
      if (isSet(told, "reblog")) {
        return Optional.of("Somebody else has written it");
      }
      return told.path("content").asString("").contains(text)
          ? Optional.empty()
          : Optional.of("The text is not in the status");
    }

    private static Matcher parts(String account) {
      Matcher parts = ACCOUNT.matcher(account);
      if (!parts.matches()) {
        throw new IllegalArgumentException("No account of an instance: " + account);
      }
      return parts;
    }

    private static String scheme(Matcher parts) {
      return parts.group(2) == null ? "https://" : "http://";
    }
  }

  private static boolean isSet(JsonNode told, String name) {
    return !told.path(name).isMissingNode() && !told.path(name).isNull();
  }
}
