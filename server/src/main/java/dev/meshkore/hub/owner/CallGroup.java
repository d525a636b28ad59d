package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Router;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Calls that mandates name together. What only reads needs no mandate, nor does what an agent does
/// for its own keys, its own inbox, its mandates, or to be left in peace.
enum CallGroup {
  SEND,
  OUTSIDE,
  CHANNELS,
  PROFILE,
  INVITES,
  MARKET;

  private static final List<String> WORDS = Arrays.stream(values()).map(CallGroup::word).toList();

  /// Stored messages ask within their transaction, by [MandateRule].
  private static final Set<Router.Route> ASK_LATER =
      Set.of(
          new Router.Route("POST", "/send"),
          new Router.Route("POST", "/channels/{channel_id}/send"),
          new Router.Route("POST", "/contacts/{other}"),
          new Router.Route("POST", "/services/{service_id}/take"),
          new Router.Route("PUT", "/requests/{request_id}/offer"),
          new Router.Route("POST", "/requests/{request_id}/offers/{offer_id}/accept"),
          new Router.Route("POST", "/negotiations"),
          new Router.Route("POST", "/negotiations/{negotiation_id}/moves"),
          new Router.Route("POST", "/jobs"),
          new Router.Route("POST", "/jobs/{job_id}/steps"));

  /// An agent answers a request of a contact, or ends it; to ask for one needs a mandate.
  private static final Set<Router.Route> ANSWERS =
      Set.of(
          new Router.Route("PUT", "/contacts/{other}"),
          new Router.Route("DELETE", "/contacts/{other}"));

  private static final List<String> MARKET_PATHS =
      List.of("/services", "/requests", "/negotiations", "/feeds", "/jobs");

  private static final Set<String> FREE =
      Set.of(
          "/messages/ack",
          "/channels/{channel_id}/leave",
          "/mandates/presented",
          "/mandates/{mandate_id}",
          "/owner",
          "/verifications",
          "/verifications/{verification_id}",
          "/verifications/{verification_id}/check",
          "/keys",
          "/keys/challenge",
          "/keys/api-key",
          "/keys/{public_key}",
          "/blocks/{other}",
          "/contacts/policy",
          "/discover",
          "/ard/search",
          "/ard/explore",
          "/audit/commitments",
          "/wallet/transfers",
          "/wallet/transfers/{transfer_id}/post",
          "/wallet/transfers/{transfer_id}/release",
          "/wallet/transfers/{transfer_id}/refund",
          "/calls",
          "/calls/{call_id}/answer",
          "/services/{service_id}/call",
          "/x402/verify",
          "/x402/settle");

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> words() {
    return WORDS;
  }

  static boolean isOfMessages(String call) {
    return call.equals("*")
        || call.equals(SEND.word())
        || call.equals(OUTSIDE.word())
        || call.equals(CHANNELS.word())
        || call.equals(MARKET.word())
        || route(call).filter(ASK_LATER::contains).isPresent();
  }

  /// True where a call needs no mandate, or is asked for one where its message is stored.
  static boolean isFree(Router.Route route) {
    return route.method().equals("GET")
        || FREE.contains(route.pattern())
        || ANSWERS.contains(route)
        || ASK_LATER.contains(route);
  }

  /// The word that allows a route besides the route's own name; "" where there is none.
  static String of(Router.Route route) {
    String pattern = route.pattern();
    if (pattern.equals("/channels") || pattern.startsWith("/channels/")) {
      return CHANNELS.word();
    }
    if (MARKET_PATHS.stream().anyMatch(pattern::startsWith)) {
      return MARKET.word();
    }
    return switch (pattern) {
      case "/profile" -> PROFILE.word();
      case "/invites" -> INVITES.word();
      default -> "";
    };
  }

  /// The word that allows a route, where the text is a route that has one.
  static Optional<String> ofRoute(String text) {
    return route(text).map(CallGroup::of).filter(word -> !word.isEmpty());
  }

  private static Optional<Router.Route> route(String text) {
    int space = text.indexOf(' ');
    return space < 0
        ? Optional.empty()
        : Optional.of(new Router.Route(text.substring(0, space), text.substring(space + 1)));
  }
}
